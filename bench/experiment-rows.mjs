// Tables in Markdown of runs of pipelines/seeds.yaml, each `{ name, report, recommended }`: its report.json, and the rows
// of its step `recommended`.

/** Accuracy@1 with its interval, and MRR, of each model; over what the interval is, and from how much it was chosen. */
export function modelsTable(runs) {
  const heads = runs.map(({ name, report }) => `${name} (${usersOf(report)} users, ${minutes(report)})`);
  return table(
    ['model', 'interval over', 'tuned over', ...heads],
    namesOf(runs).map((model) => {
      const rows = runs.map(({ report }) => rowOf(report, model));
      const { unit, units, tuned_over } = rows.find((row) => row !== undefined);
      return [
        `\`${model}\``,
        unit === 'users' ? 'users' : `${units} ${unit}`,
        tuned_over ?? '-',
        ...rows.map((row) => (row === undefined ? '' : cellOf(row))),
      ];
    }),
  );
}

/** Accuracy@1 of each model minus that of the one that leads. */
export function differencesTable(runs) {
  return table(
    ['minus the model that leads', ...runs.map(({ name }) => name)],
    namesOf(runs).map((model) => [
      `\`${model}\``,
      ...runs.map(({ report }) => {
        const found = rowOf(report, model)?.metrics['accuracy@1'];
        if (found === undefined) return '';
        const beside = found.beside_leader;
        // Only the leader has none.
        if (beside === undefined || beside === null) return 'leads';
        const told =
          { yes: 'distinguishable', no: 'not distinguishable' }[beside.distinguishable] ?? 'no verdict';
        return `${three(beside.difference)}${interval(beside.difference_interval)}, ${told} (${beside.over})`;
      }),
    ]),
  );
}

/** What the query pairs of test users ask for. */
export function dataTable(runs) {
  const asked = runs.map(({ report }) => Object.values(report.data_fingerprints)[0]?.cold_start?.test);
  const share = (column) =>
    asked.map((test) => (test === undefined ? '' : percent(test[column] / test.query_pairs)));
  return table(
    ['', ...runs.map(({ name }) => name)],
    [
      ["labels that stand in the episode's own support pairs", ...share('labels_in_support')],
      ['labels that no train user ever took', ...share('labels_not_in_train')],
      [
        'pairs of train that are later than what is asked, on average',
        ...asked.map((test) => (test === undefined ? '' : percent(test.train_pairs_later))),
      ],
    ],
  );
}

/** Coverage, Gini coefficient and mean popularity of what each model recommends. */
export function recommendedTable(runs) {
  const models = [...new Set(runs.flatMap(({ recommended }) => recommended.map(({ model }) => model)))];
  return table(
    ['coverage@10, gini@10, mean popularity@10', ...runs.map(({ name }) => name)],
    models.map((model) => [
      `\`${model}\``,
      ...runs.map(({ recommended }) =>
        ['coverage@10', 'gini@10', 'mean_popularity@10']
          .map((metric) => recommended.find((row) => row.model === model && row.metric === metric)?.value)
          .flatMap((value, index) => (value === undefined ? [] : [value.toFixed(index === 2 ? 1 : 2)]))
          .join(', '),
      ),
    ]),
  );
}

function rowsOf(report) {
  return report.summaries.filter(({ node }) => node === 'summary');
}

/** In the order in which the summary has them, by accuracy@1. */
function namesOf(runs) {
  const accuracy = (row) => row.metrics['accuracy@1']?.value ?? 0;
  const names = runs.flatMap(({ report }) =>
    rowsOf(report)
      .toSorted((one, other) => accuracy(one) - accuracy(other))
      .map(({ model }) => model),
  );
  return [...new Set(names)];
}

function rowOf(report, model) {
  return rowsOf(report).find((row) => row.model === model);
}

function usersOf(report) {
  return Math.max(...rowsOf(report).map(({ users }) => users));
}

function minutes({ seconds }) {
  return seconds < 60 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}

function cellOf({ metrics }) {
  const { value, interval: ends } = metrics['accuracy@1'];
  return `${three(value)}${interval(ends)}, ${three(metrics.mrr.value)}`;
}

function three(value) {
  return value === null ? '-' : value.toFixed(3);
}

function interval(ends) {
  return ends === null || ends === undefined ? '' : ` [${ends.map((end) => end.toFixed(3)).join(', ')}]`;
}

function percent(share) {
  return `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return `${[line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
