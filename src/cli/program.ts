import { Command, InvalidArgumentError, Option } from 'commander';
import { kshotVersion } from '../run/kshot-version.js';
import type { CommonOptions } from './terminal.js';

/** A command's implementation: options, then arguments; resolves to the exit code. */
type Implementation<Options, Arguments extends readonly unknown[]> = (
  options: Options & CommonOptions,
  ...args: Arguments
) => Promise<number>;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It is a whole number from 1.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('It is a whole number from 0.');
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400))
    throw new InvalidArgumentError('It is a number of seconds, up to a day.');
  return value;
}

const targets = [
  '[targets...]',
  'steps or nodes to stop at (default: all); before them, a pipeline FILE ending in .yaml',
] as const;
const usageOfTargets = '[options] [FILE] [targets...]';

/**
 * The command line. Each command's module is imported when the command is given, so that none pays for another.
 * `done` is told the exit code.
 */
export function createProgram(done: (exitCode: number) => void): Command {
  const program = new Command('kshot')
    .description(
      'Few-shot and meta-learning experiments as a graph: run what changed, keep every result, ask SQL.',
    )
    .version(kshotVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(text), outputError: () => undefined })
    .addHelpText('after', '\nExample:\n  kshot run pipelines/maml_residual.yaml --set params.iterations=200');

  const command = (name: string, parent: Command = program) =>
    parent
      .command(name)
      .exitOverride()
      .configureOutput({ writeErr: (text) => void process.stderr.write(text), outputError: () => undefined })
      .helpOption('-h, --help', 'print help')
      .option('--root <folder>', 'the project (default: the nearest folder upwards that holds pipelines/)')
      .option('--json', 'machine-readable output on stdout')
      .option('--quiet', 'nothing on stderr but failures')
      .option('--no-color', 'no colour');

  /** Connects a command to its module: arguments first, then options, as commander gives them. */
  const connect = <Options, Arguments extends readonly unknown[]>(
    target: Command,
    load: () => Promise<Implementation<Options, Arguments>>,
  ) =>
    target.action(async (...given: unknown[]) => {
      const args = given.slice(0, -2) as unknown as Arguments;
      const options = given.at(-2) as Options & CommonOptions;
      const implementation = await load();
      done(await implementation(options, ...args));
    });

  const pipelineOptions = (target: Command) =>
    target
      .option('--set <path=yaml>', 'override params.NAME or steps.NAME.with.NAME (repeatable)', collect)
      .option('--engine <name>', 'compute with this engine');
  const forceOption = () =>
    new Option(
      '--force [step]',
      'run again although there is a result: all, or --force=STEP (repeatable)',
    ).argParser(collect);

  connect(
    pipelineOptions(command('run'))
      .summary('run the steps whose result is not there yet')
      .description('Runs the steps whose result is not there yet, as many at once as slots allow.')
      .argument(...targets)
      .usage(usageOfTargets)
      .option('-j, --jobs <slots>', 'CPU slots (default: cores)', positiveInteger)
      .option('-k, --keep-going', 'after a failure, go on with what does not depend on it')
      .addOption(forceOption())
      .option('--tag <name>', 'name of the run (default: UTC time and a suffix)')
      .option('-n, --dry-run', 'print the plan and stop')
      .addHelpText(
        'after',
        '\nExamples:\n  kshot run\n  kshot run pipelines/maml_residual.yaml tune --set params.k=10 -j 4\n  kshot run --force=validate --json > events.ndjson',
      ),
    async () => (await import('./commands/run.js')).run,
  );
  connect(
    pipelineOptions(command('plan'))
      .summary('say what a run would do')
      .description(
        'Says of every node whether a run would compute it (run), has it (hit), or cannot know yet (depends).',
      )
      .argument(...targets)
      .usage(usageOfTargets)
      .addOption(forceOption())
      .addHelpText('after', '\nExample:\n  kshot plan --set steps.meta_train.with.outer_lr=0.002'),
    async () => (await import('./commands/plan.js')).plan,
  );
  connect(
    pipelineOptions(command('status'))
      .summary('the plan, with the times of the last run')
      .description('The plan, with what the last run of this pipeline did and how long it took.')
      .argument(...targets)
      .usage(usageOfTargets)
      .option('--check', 'exit 4 where a node is not a hit, for scripts')
      .addHelpText('after', '\nExample:\n  kshot status --check && echo up to date'),
    async () => (await import('./commands/status.js')).status,
  );
  connect(
    pipelineOptions(command('dag'))
      .summary('the graph of steps, with the splits that flow')
      .description(
        'Prints the graph of steps, and from which splits (train, val, test) what flows is computed.',
      )
      .argument(...targets)
      .usage(usageOfTargets)
      .addOption(
        new Option('--format <format>', 'how the graph is printed').choices([
          'text',
          'mermaid',
          'dot',
          'json',
        ]),
      )
      .addHelpText('after', '\nExample:\n  kshot dag --format dot | dot -Tsvg > graph.svg'),
    async () => (await import('./commands/dag.js')).dag,
  );
  connect(
    pipelineOptions(command('explain'))
      .summary('say why a step would run')
      .description(
        'Prints the exact difference between the key that a step has now and the one that it had last.',
      )
      .argument('<STEP>', 'a step or a node such as tune[inner_lr=0.02]')
      .argument('[FILE]', 'a pipeline ending in .yaml')
      .addHelpText(
        'after',
        '\nExample:\n  kshot explain meta_train@200 --set steps.meta_train.with.outer_lr=0.002',
      ),
    async () => (await import('./commands/explain.js')).explain,
  );
  connect(
    command('sql')
      .summary('ask SQL about the results of all runs')
      .description(
        'Answers one SELECT or EXPLAIN over the tables runs, steps, params, metrics, history, ranks, drift, drift_summary, summary and lineage, and over latest_... of the last run. Nothing else can be read, and nothing can be written.',
      )
      .argument('<QUERY>', 'one statement in the SQL of DuckDB')
      .addOption(
        new Option('--format <format>', 'how rows are printed').choices(['table', 'csv', 'json', 'markdown']),
      )
      .option('--timeout <seconds>', 'end the query after this time', seconds, 60)
      .addHelpText(
        'after',
        '\nExample:\n  kshot sql "SELECT node, value FROM latest_metrics WHERE metric = \'recall@5\' ORDER BY value DESC"',
      ),
    async () => (await import('./commands/sql.js')).sql,
  );
  connect(
    command('results')
      .summary('the metrics of a run')
      .description('The metrics of a run as a table; rows computed from test data are marked.')
      .argument('[RUN]', 'tag of a run, or PIPELINE/TAG (default: the latest)')
      .addHelpText('after', '\nExample:\n  kshot results maml_residual/20260107-101500-ab12'),
    async () => (await import('./commands/results.js')).results,
  );
  connect(
    command('logs')
      .summary('the log of a step in its last execution')
      .description('Prints the log that a step wrote when it was last executed.')
      .argument('<STEP>', 'a step or a node')
      .option('--run <run>', 'tag of the run (default: the latest that has a log of it)')
      .addHelpText('after', '\nExample:\n  kshot logs meta_train@200'),
    async () => (await import('./commands/logs.js')).logs,
  );
  connect(
    command('gc')
      .summary('remove what no recent run needs')
      .description(
        'Removes from the cache what none of the last distinct results of any pipeline reaches, and says of which runs and steps it was. Running again without a change pushes nothing out.',
      )
      .option('-n, --dry-run', 'say what would be removed')
      .option('--keep <runs>', 'how many distinct results of each pipeline to keep', wholeNumber, 5)
      .addHelpText('after', '\nExample:\n  kshot gc --dry-run --keep 2'),
    async () => (await import('./commands/gc.js')).gc,
  );
  const cache = program
    .command('cache')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(text), outputError: () => undefined })
    .summary('look after the cache')
    .description('Looks after the cache.')
    .helpCommand(false)
    .addHelpText('after', '\nExample:\n  kshot cache verify');
  connect(
    command('verify', cache)
      .summary('check every byte of the cache and of the results of runs')
      .description(
        'Reads every object of the cache, where a bad one is set aside, so that its step runs again, and the files of all runs.',
      )
      .addHelpText('after', '\nExample:\n  kshot cache verify --json'),
    async () => (await import('./commands/cache-verify.js')).cacheVerify,
  );
  connect(
    command('doctor')
      .summary('say what is here and what is missing')
      .description(
        'Says which engine computes and why each other cannot, what the machine, the project and its cache are like, and the versions of all parts; exit 36 where something that kshot needs is missing.',
      )
      .addHelpText('after', '\nExample:\n  kshot doctor --json'),
    async () => (await import('./commands/doctor.js')).doctor,
  );
  connect(
    command('schema')
      .summary('write the JSON Schemas of pipelines and events')
      .description('Writes schemas/*.json, which editors use to complete and check pipelines.')
      .option('--check', 'write nothing; exit 1 where a file is not as it would be written')
      .addHelpText('after', '\nExample:\n  kshot schema --check'),
    async () => (await import('./commands/schema.js')).schema,
  );
  return program;
}
