import { type CommandBuilder, formatOption, inches, seconds } from './command-builder.js';
import { formNames } from './output-form.js';

const run =
  'a tag, PIPELINE/TAG, PIPELINE (its latest run) or latest; ~N is the N-th before, as in latest~1 (default: latest)';

/** Adds the commands that show what runs found. */
export function addResultCommands(builder: CommandBuilder): void {
  addFigureCommands(builder);
  addQueryCommands(builder);
  addStepResults(builder);
}

/** Commands that show all figures of a run. */
function addFigureCommands({ command, connect }: CommandBuilder): void {
  connect(
    command('results', {
      summary: 'the metrics of a run',
      description:
        'The metrics of a run as a table; rows computed from test data are marked. With --format or --output its headline table alone, for a paper: the summaries, else the metrics; csv and json have whole numbers, with the ends of intervals in columns of their own.',
      examples: [
        'kshot results',
        'kshot results maml_residual~1',
        'kshot results --format latex',
        'kshot results --output paper/table.tex',
      ],
    })
      .argument('[RUN]', run)
      .addOption(formatOption('the headline table in this form', formNames))
      .option('-o, --output <path>', 'write the headline table to a file, in the form that its ending says')
      .option('--metrics', 'the metrics of all nodes, in the place of the summaries'),
    async () => (await import('./commands/results.js')).results,
  );
  connect(
    command('diff', {
      summary: 'what differs between two runs',
      description:
        'Compares the parameters, environment, steps and metrics of two runs, of one pipeline or of two, and says of each metric whether its difference can be told from none: paired by query pair where both runs ranked the same.',
      examples: ['kshot diff', 'kshot diff maml_residual~1 maml_residual', 'kshot diff before after --json'],
    })
      .argument('[BEFORE]', 'a run, as for results (default: the run of the same pipeline before AFTER)')
      .argument('[AFTER]', 'a run (default: the latest)')
      .option(
        '--metric <name>',
        `list the differences of this metric, or of all (default: the first that differs)`,
      ),
    async () => (await import('./commands/diff.js')).diff,
  );
  connect(
    command('report', {
      summary: 'the report of a run as one HTML page',
      description:
        'Makes report.html and its figures again from the verified files of a run, and prints the path of the page: one file that needs no network.',
      examples: [
        'kshot report --open',
        'kshot report maml_residual~1',
        'kshot report --pdf paper/figures --width 6.9',
      ],
    })
      .argument('[RUN]', run)
      .option('--pdf <folder>', 'write its figures as PDF, too, with type of 8 points')
      .option('--width <inches>', 'of these: a column of two is 3.3 wide (default), a page 6.9', inches)
      .option('--open', 'open it with what this machine opens pages with'),
    async () => (await import('./commands/report.js')).report,
  );
}

/** The command that answers questions. */
function addQueryCommands({ command, connect }: CommandBuilder): void {
  connect(
    command('sql', {
      summary: 'ask SQL about the results of all runs',
      description:
        'Answers one SELECT or EXPLAIN over the tables runs, steps, params, metrics, history, ranks, drift, drift_summary, summary, breakdown and lineage, and over latest_... of the last run. Nothing else can be read, and nothing can be written.',
      examples: [
        'kshot sql "SELECT node, value FROM latest_metrics WHERE metric = \'recall@5\' ORDER BY value DESC"',
        'kshot sql -f paper/table.sql --output paper/table.tex',
        'kshot sql "FROM latest_ranks" --output ranks.parquet',
      ],
    })
      .argument('[QUERY]', 'one statement in the SQL of DuckDB')
      .option('-f, --file <path>', 'read the query from a file; - is standard input')
      .option('-o, --output <path>', 'write the rows to a file; its ending says the form, parquet too')
      .addOption(formatOption('how rows are printed', formNames))
      .option('--timeout <seconds>', 'end the query after this time', seconds, 60),
    async () => (await import('./commands/sql.js')).sql,
  );
}

/** Commands that bring out what one step left. */
function addStepResults({ command, connect }: CommandBuilder): void {
  connect(
    command('get', {
      summary: 'an output of a step, written to a file',
      description:
        'Writes what a step gave, its bytes verified, of the latest run that lists the step; says so where the pipeline as it stands would give something else. The ending of the file says the form of rows: csv, md, tex, json or parquet.',
      examples: [
        'kshot get best.chosen -o model.pt',
        'kshot get summary.summary -o results/summary.csv',
        "kshot get train.segments.model -o 'checkpoints/{label}.pt'",
      ],
    })
      .argument(
        '<OUTPUT>',
        'STEP.PORT or STEP[NAME=VALUE].PORT, as inputs of a pipeline name it, or NODE.PORT as results does',
      )
      .option(
        '-o, --output <file>',
        'where to, over what is there; of a list with {label}, or a folder FOLDER/ (default: - for stdout)',
      )
      .option('--run <run>', 'a run, as for results (default: the latest that lists the step)'),
    async () => (await import('./commands/get.js')).get,
  );
  connect(
    command('logs', {
      summary: 'the log of a step in its last execution',
      description:
        'Prints the log that a step wrote when it was last executed, in a run that has ended or is under way.',
      examples: ['kshot logs meta_train@200', "kshot logs 'train[lr=0.1]'", 'kshot logs meta_train --follow'],
    })
      .argument('<STEP>', 'a step or a node')
      .option('--run <run>', 'a run, as for results (default: the latest that lists the step)')
      .option('-f, --follow', 'go on printing what a run under way writes, until it ends'),
    async () => (await import('./commands/logs.js')).logs,
  );
  connect(
    command('shell', {
      summary: 'a shell where a program failed',
      description:
        "Opens your shell in the folder that is kept of a step's program which failed or was cancelled, with the environment that it had, and says with which command it was started. State is a copy: what is done there changes nothing that a run goes on from.",
      examples: ['kshot shell train', 'sh -c "$(kshot shell \'train[lr=0.1]\' --print)"'],
    })
      .argument('<STEP>', 'a step or a node')
      .option('--run <run>', 'a run, as for results (default: the latest in which it failed)')
      .option('--print', 'print the commands that lead there and start it, as where there is no terminal'),
    async () => (await import('./commands/shell.js')).shell,
  );
}
