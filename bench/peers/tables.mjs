// The measured figures as tables of Markdown.

import { median } from '../median.mjs';
import { changes } from './cases.mjs';

const seconds = (value) => value.toFixed(value < 10 ? 1 : 0);

/** What a whole sweep trains: nine trainings of ten epochs. */
const epochsOfAll = 90;

/** Rows of cells as a table of Markdown, the first row as its head. */
export function table([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function time(results, name, which) {
  const timed = results[name].times.map((times) => times[which]).filter(Boolean);
  if (timed.length === 0) return '';
  return `${seconds(median(timed.map(({ wall }) => wall)))} (${seconds(median(timed.map(({ cpu }) => cpu)))})`;
}

/** The median over the repeats of cold time to that of the bare loop in the same repeat. */
function ratio(results, name) {
  if (results.bare === undefined) return '';
  const ratios = results[name].times.map(({ cold }, at) => cold.wall / results.bare.times[at].cold.wall);
  return median(ratios).toFixed(2);
}

/** What ran after a change, and whether that was too little or too much. */
function ran(kase, did) {
  if (did === undefined) return 'as for any';
  if (kase.refused) return did.exit === 0 ? `runs: ${did.epoch} epochs` : `refused, exit ${did.exit}`;
  if (did.exit !== 0) return `exit ${did.exit}`;
  const verdict = did.epoch < kase.epochs ? ', **stale**' : did.epoch > kase.epochs ? ', needless' : '';
  return `${did.epoch} + ${did.evaluate}${verdict}`;
}

function afterKill({ killed, over, after, right }) {
  const orphans = over.epoch - killed.epoch;
  return [
    `${over.epoch + after.epoch - epochsOfAll} of ${over.epoch} epochs again`,
    orphans > 0 ? `${orphans} epochs went on without it` : '',
    after.recovered ? 'after one more command' : '',
    after.exit !== 0 ? `exit ${after.exit}` : right ? '' : '**another result**',
  ]
    .filter(Boolean)
    .join('; ');
}

function afterHalf({ left, after, right }) {
  const found = left.length > 0 ? `${left.length} half files in place` : 'none in place';
  const then =
    after.exit !== 0 ? `then exit ${after.exit}` : right ? 'then right' : 'then **another result**';
  return [found, then, after.recovered ? 'after one more command' : ''].filter(Boolean).join('; ');
}

/** Lines and times; what runs again after each change; what is left after a kill. */
export function tables(results) {
  const names = Object.keys(results);
  const tried = names.filter((name) => results[name].changed !== undefined);
  const row = (title, cell) => [title, ...names.map(cell)];
  const triedRow = (title, cell) => [title, ...tried.map(cell)];
  const head = (list) => ['', ...list.map((name) => results[name].title)];
  const made = [
    [
      head(names),
      row('lines to write: declarations + Python', (name) => {
        const { declared, python } = results[name].lines;
        return `${declared} + ${python}`;
      }),
      row('cold, seconds (of CPU time)', (name) => time(results, name, 'cold')),
      row('cold, times the loop', (name) => ratio(results, name)),
      row('nothing to do, seconds (of CPU time)', (name) => time(results, name, 'again')),
    ],
  ];
  if (tried.length === 0) return made;
  return [
    ...made,
    [
      head(tried),
      ...changes.map((kase) => triedRow(kase.name, (name) => ran(kase, results[name].changed[kase.name]))),
      triedRow('`kill -9` of the tool', (name) => afterKill(results[name].killed)),
      triedRow('`kill -9` of all, in a write', (name) => afterHalf(results[name].half)),
    ],
  ];
}
