import { type Command, Option } from 'commander';
import {
  type CommandBuilder,
  collect,
  formatOption,
  positiveInteger,
  pythonOption,
} from './command-builder.js';

const targets = [
  '[targets...]',
  'steps or nodes to stop at (default: all); before them, a pipeline FILE ending in .yaml',
] as const;
const usageOfTargets = '[options] [FILE] [targets...]';

const pipelineOptions = (target: Command) =>
  target
    .option(
      '--set <path=yaml>',
      'override params.NAME, steps.NAME.with.NAME or steps.NAME.matrix.NAME (repeatable)',
      collect,
    )
    .option('--engine <name>', 'compute with this engine')
    .addOption(pythonOption())
    .addOption(
      new Option(
        '--executor <name>',
        'run steps on this machine or as jobs of Slurm (default: `executor:` of kshot.yaml, else local)',
      ).choices(['local', 'slurm']),
    );

const forceOption = () =>
  new Option(
    '--force [step]',
    'run again although there is a result: all, or --force=STEP (repeatable)',
  ).argParser(collect);

/** Adds the commands that plan a pipeline, and the one that runs it. */
export function addPlanningCommands(builder: CommandBuilder): void {
  const { command, connect } = builder;
  connect(
    pipelineOptions(
      command('run', {
        summary: 'run the steps whose result is not there yet',
        description: 'Runs the steps whose result is not there yet, as many at once as slots allow.',
        examples: [
          'kshot run',
          'kshot run pipelines/maml_residual.yaml tune --set params.k=10 -j 4',
          'kshot run --force=validate --json > events.ndjson',
        ],
      }),
    )
      .argument(...targets)
      .usage(usageOfTargets)
      .option('-j, --jobs <slots>', 'CPU slots (default: cores)', positiveInteger)
      .option('-k, --keep-going', 'after a failure, go on with what does not depend on it')
      .addOption(forceOption())
      .option('--tag <name>', 'name of the run (default: UTC time and a suffix)')
      .option('-n, --dry-run', 'print the plan and stop')
      .option('--in-process', 'execute steps in this process, one by one, for debuggers and profilers')
      .option('--verbose', 'say what is decided of each node, and why (as with KSHOT_DEBUG=1)'),
    async () => (await import('./commands/run.js')).run,
  );
  connect(
    pipelineOptions(
      command('plan', {
        summary: 'say what a run would do',
        description:
          'Says of every node whether a run would compute it (run), has it (hit), or cannot know yet (depends).',
        examples: ['kshot plan --set steps.meta_train.with.outer_lr=0.002'],
      }),
    )
      .argument(...targets)
      .usage(usageOfTargets)
      .addOption(forceOption()),
    async () => (await import('./commands/plan.js')).plan,
  );
  connect(
    pipelineOptions(
      command('status', {
        summary: 'the plan, with the times of the last run',
        description: 'The plan, with what the last run of this pipeline did and how long it took.',
        examples: ['kshot status --check && echo up to date'],
      }),
    )
      .argument(...targets)
      .usage(usageOfTargets)
      .option('--check', 'exit 4 where a node is not a hit, for scripts'),
    async () => (await import('./commands/status.js')).status,
  );
  connect(
    pipelineOptions(
      command('dag', {
        summary: 'the graph of steps, with the splits that flow',
        description:
          'Prints the graph of steps, and from which splits (train, val, test) what flows is computed.',
        examples: ['kshot dag --format dot | dot -Tsvg > graph.svg'],
      }),
    )
      .argument(...targets)
      .usage(usageOfTargets)
      .addOption(formatOption('how the graph is printed', ['text', 'mermaid', 'dot', 'json'])),
    async () => (await import('./commands/dag.js')).dag,
  );
  addStepCommands(builder);
}

/** Commands that tell of one step. */
function addStepCommands({ command, connect }: CommandBuilder): void {
  connect(
    pipelineOptions(
      command('explain', {
        summary: 'say why a step would run',
        description:
          'Prints the exact difference between the key that a step has now and the one that it had last.',
        examples: ['kshot explain meta_train@200 --set steps.meta_train.with.outer_lr=0.002'],
      }),
    )
      .argument('<STEP>', 'a step or a node such as tune[inner_lr=0.02]')
      .argument('[FILE]', 'a pipeline ending in .yaml'),
    async () => (await import('./commands/explain.js')).explain,
  );
  connect(
    pipelineOptions(
      command('audit', {
        summary: 'say what a program reads that is in no key',
        description:
          'Runs the program of a step under strace and lists what it read that is in no key, with the line to add to the pipeline. What the program gives is thrown away.',
        examples: ['kshot audit train pipelines/own.yaml'],
      }),
    )
      .argument('<STEP>', 'a step of kind command or python, or one of its nodes')
      .argument('[FILE]', 'a pipeline ending in .yaml'),
    async () => (await import('./commands/audit.js')).audit,
  );
}
