import { type CommandBuilder, formatOption, seconds } from './command-builder.js';

/** Adds the commands that show what runs found. */
export function addResultCommands({ command, connect }: CommandBuilder): void {
  connect(
    command('results', {
      summary: 'the metrics of a run',
      description: 'The metrics of a run as a table; rows computed from test data are marked.',
      examples: ['kshot results maml_residual/20260107-101500-ab12'],
    }).argument('[RUN]', 'tag of a run, or PIPELINE/TAG (default: the latest)'),
    async () => (await import('./commands/results.js')).results,
  );
  connect(
    command('sql', {
      summary: 'ask SQL about the results of all runs',
      description:
        'Answers one SELECT or EXPLAIN over the tables runs, steps, params, metrics, history, ranks, drift, drift_summary, summary and lineage, and over latest_... of the last run. Nothing else can be read, and nothing can be written.',
      examples: [
        'kshot sql "SELECT node, value FROM latest_metrics WHERE metric = \'recall@5\' ORDER BY value DESC"',
      ],
    })
      .argument('<QUERY>', 'one statement in the SQL of DuckDB')
      .addOption(formatOption('how rows are printed', ['table', 'csv', 'json', 'markdown']))
      .option('--timeout <seconds>', 'end the query after this time', seconds, 60),
    async () => (await import('./commands/sql.js')).sql,
  );
  connect(
    command('logs', {
      summary: 'the log of a step in its last execution',
      description: 'Prints the log that a step wrote when it was last executed.',
      examples: ['kshot logs meta_train@200'],
    })
      .argument('<STEP>', 'a step or a node')
      .option('--run <run>', 'tag of the run (default: the latest that has a log of it)'),
    async () => (await import('./commands/logs.js')).logs,
  );
}
