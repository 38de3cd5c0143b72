import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../../src/base/failure.js';
import type { Kind } from '../../../../src/kinds/kind.js';
import { eventsFile } from '../../../../src/kinds/program/program-events.js';
import { readHistory } from '../../../../src/kinds/program/typed/read-history.js';
import { readMetrics } from '../../../../src/kinds/program/typed/read-metrics.js';
import { readRanks } from '../../../../src/kinds/program/typed/read-ranks.js';
import { type Row, withDatabase } from '../../../../src/tables/database.js';
import { numberedFiles } from '../../../../src/tables/numbered-steps.js';
import { parquetFile } from '../../../../src/tables/parquet.js';
import { type ContextOptions, kindContext } from '../../../support/kind-context.js';
import { type SplitFiles, writeSmallSplit } from '../../../support/small-episodes.js';

type Inputs = NonNullable<ContextOptions['inputs']>;

let folder = '';
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-typed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The table that a kind makes of a text that a program wrote, and what it says of it. */
async function read(kind: Kind, text: string | Uint8Array, path = 'out.json', inputs: Inputs = {}) {
  files += 1;
  const own = join(folder, `${files}`);
  const file = join(folder, `${files}.in`);
  writeFileSync(file, text);
  const context = kindContext({ folder: own, parameters: { port: 'it', path }, inputs: { file, ...inputs } });
  await (await kind.load()).run(context);
  const rows = await withDatabase({ threads: 1 }, (database) =>
    database.rows(`FROM ${parquetFile(join(own, 'it'))}`),
  );
  const notes = context.logged.filter((line) => line.startsWith(path));
  return { rows, notes, bytes: readFileSync(join(own, 'it')), path: join(own, 'it') };
}

async function rowsOf(kind: Kind, text: string | Uint8Array, inputs?: Inputs): Promise<readonly Row[]> {
  return (await read(kind, text, undefined, inputs)).rows;
}

/** What is said against a text, with its hint. */
async function refusal(
  kind: Kind,
  text: string | Uint8Array,
  path?: string,
  inputs?: Inputs,
): Promise<string> {
  const error = await read(kind, text, path, inputs).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FailureError);
  const { reason, message, hint = '' } = (error as FailureError).failure;
  expect(reason).toBe('bad-data');
  expect(hint).not.toBe('');
  return message;
}

describe('metrics that a program wrote', () => {
  it('are an object of numbers, whatever their names', async () => {
    expect(await rowsOf(readMetrics, '{"val loss": 0.5,\n "accuracy": 1}\n')).toEqual([
      { metric: 'accuracy', value: 1 },
      { metric: 'val loss', value: 0.5 },
    ]);
  });

  it('are rows in JSON, JSON lines, CSV and parquet alike, whose further columns are settings', async () => {
    const rows = [
      { metric: 'f1', value: 0.5, n: 10, fold: 1, threshold: 0.25, name: 'a' },
      { metric: 'f1', value: 0.75, n: 12, fold: 2, threshold: 1, name: '007' },
    ];
    const json = await rowsOf(readMetrics, JSON.stringify(rows, null, 2));
    expect(json).toEqual(rows);
    const lines = rows.map((row) => JSON.stringify(row)).join('\r\n');
    expect(await rowsOf(readMetrics, lines)).toEqual(rows);
    const csv = 'metric,value,n,fold,threshold,name\nf1,0.5,10,1,0.25,"a"\n\nf1,7.5e-1,12,2,1,007\n';
    expect(await rowsOf(readMetrics, csv)).toEqual(rows);
    const { bytes } = await read(readMetrics, JSON.stringify(rows));
    expect(await rowsOf(readMetrics, bytes)).toEqual(rows);
    expect((await read(readMetrics, bytes)).bytes.equals(bytes)).toBe(true);
  });

  it('keep what is no number, as Python writes it, and say so', async () => {
    const { rows, notes } = await read(readMetrics, '{"loss": NaN, "NaN": 1, "low": -Infinity}', 'm.json');
    expect(rows).toEqual([
      { metric: 'NaN', value: 1 },
      { metric: 'loss', value: Number.NaN },
      { metric: 'low', value: Number.NEGATIVE_INFINITY },
    ]);
    expect(notes).toEqual([
      'm.json, loss: loss is no number, so nothing can be chosen by it',
      'm.json, low: low is -Infinity, so nothing can be chosen by it',
    ]);
    expect((await read(readMetrics, 'metric,value\na,\n')).notes[0]).toContain('line 2: a is no number');
  });

  it('may have the column without a name in which pandas counts rows, which is left out', async () => {
    const { rows, notes } = await read(readMetrics, ',metric,value\n0,loss,1\n1,acc,2\n', 'm.csv');
    expect(rows).toEqual([
      { metric: 'acc', value: 2 },
      { metric: 'loss', value: 1 },
    ]);
    expect(notes).toEqual(['m.csv: the column without a name only counts the rows, and is left out']);
  });

  it.each([
    ['', 'm.json: is empty'],
    [' \n', 'm.json: holds nothing but spaces'],
    ['{"a": 0.5', 'm.json: is cut off: its JSON has no end'],
    ['{"a": 0.5,}', 'm.json:1: is no JSON'],
    ['{}', 'm.json: has no metrics'],
    ['[]', 'm.json: has no metrics'],
    ['[1]', 'm.json: row 1 is 1 and no object'],
    ['{"a": "0.5"}', 'm.json: a is "0.5", and a metric is a number'],
    ['{"val": {"a": 0.5}}', 'm.json: val is {"a":0.5}, and a metric is a number'],
    ['[{"metric": "a"}]', 'm.json: row 1 has no column value, only metric'],
    ['[{"metric": 3, "value": 1}]', 'm.json: row 1, column metric: 3 is no name'],
    [
      '{"metric":"a","value":1}\n{"metric":"b","value":"x"}',
      'm.json: line 2, column value: "x" is no number',
    ],
    ['{"metric":"a","value":1}\n{"metric":"b","val', 'm.json:2: is cut off: its JSON has no end'],
    ['metric,value,n\na,1,2.5\n', 'm.json: line 2, column n: 2.5 is no count'],
    ['metric,value\na,1\nb', 'm.json:3: has 1 cells, and the header 2'],
    ['metric,value\n"a,1\n', 'm.json:2: a quotation mark is not closed'],
    ['accuracy 0.5\n', 'm.json: has no column metric, only "accuracy 0.5"'],
    ['{"": 1}', 'm.json: has a metric without a name'],
    [',metric,value\na,loss,1\n', 'm.json:1: has a column without a name'],
    ['[{"metric":"a","value":1,"":2}]', 'm.json: has a column without a name'],
    ['metric,value,low,high\na,0.5,0.9,0.1\n', 'm.json: line 2, column low: low is 0.9, and high is 0.1'],
    [
      'metric,value,low\na,0.5,0.1\n',
      'm.json: line 2, column low: an interval has two ends, and there is only one of low and high',
    ],
    [
      'metric,value,low,high\na,0.5,0.6,0.7\n',
      'm.json: line 2, column low: the value 0.5 is not between low 0.6 and high 0.7',
    ],
    [
      'metric,value,fold\na,1,1\nb,1,1\na,2,1\n',
      'm.json: line 4 has a once more, for the same settings as line 2',
    ],
    ['[{"metric":"a","value":1,"lr":1,"LR":2}]', 'm.json: the columns LR and lr differ in case alone'],
    ['[{"metric":"a","value":1,"lr":[1]}]', 'm.json: row 1, column lr: [1] is no single value'],
    ['PAR1 and nothing else', 'm.json: cannot be read'],
    ['\0\x01\x02', 'm.json: is neither parquet nor text'],
  ])('are refused where they are none, with the place: %j', async (text, message) => {
    expect(await refusal(readMetrics, text, 'm.json')).toBe(message);
  });
});

it.each([
  ['{"a\u00e9": 0.5}', 'm.json:1: is not UTF-8'],
  ['metric,value\na,1\n\u00e9,2\n', 'm.json:3: is not UTF-8'],
])('a text in another encoding is refused, with the line: %j', async (text, message) => {
  expect(await refusal(readMetrics, Buffer.from(text, 'latin1'), 'm.json')).toBe(message);
  expect(await rowsOf(readMetrics, text)).not.toEqual([]);
});

describe('the curve that a program wrote', () => {
  const wide = [
    { iteration: 1, acc: null, loss: 0.5 },
    { iteration: 2, acc: 0.25, loss: 0.4 },
  ];

  it('is long or wide, by step, iteration or epoch, in any order of rows', async () => {
    const long = 'step,name,value\n2,acc,0.25\n1,loss,0.5\n2,loss,0.4\n';
    expect(await rowsOf(readHistory, long)).toEqual(wide);
    for (const step of ['step', 'iteration', 'epoch']) {
      const lines = `{"${step}":1,"loss":0.5}\n{"${step}":2,"loss":0.4,"acc":0.25}\n`;
      expect(await rowsOf(readHistory, lines)).toEqual(wide);
    }
    expect(
      await rowsOf(
        readHistory,
        '{"step":1,"values":{"loss":0.5}}\n{"step":2,"values":{"loss":0.4,"acc":0.25}}',
      ),
    ).toEqual(wide);
  });

  it('may have its values of one step on several rows, as loggers write them', async () => {
    const csv = 'epoch,step,acc,loss\n0,1,,0.5\n0,2,0.25,\n0,2,,0.4\n';
    expect(await rowsOf(readHistory, csv)).toEqual(
      wide
        .map((row) => ({ ...row, epoch: 0 }))
        .map(({ iteration, acc, epoch, loss }) => ({ iteration, acc, epoch, loss })),
    );
  });

  it('is made of what a program told while it ran: its last word on a step, whatever else it said', async () => {
    const lines = [
      '{"step":1,"total":3,"unit":"epochs","loss":0.7}',
      '{"step":1,"loss":0.5,"note":"x"}',
      '{"step":2,"total":3}',
      'no JSON',
      '{"step":2,"loss":0.4,"val":{"acc":NaN}}',
      '{"step":3,"lo',
    ];
    const { rows } = await read(readHistory, lines.join('\n'), eventsFile);
    expect(rows).toEqual([
      { iteration: 1, loss: 0.5, 'val.acc': null },
      { iteration: 2, loss: 0.4, 'val.acc': Number.NaN },
    ]);
    expect(await refusal(readHistory, '{"step":1}\n', eventsFile)).toBe('KSHOT_EVENTS: was sent no figures');
  });

  it('carries that kshot has numbered its steps where the program names none of them', async () => {
    const isNumbered = async (lines: string) => {
      const { path } = await read(readHistory, lines, eventsFile);
      return await withDatabase({ threads: 1 }, async (database) =>
        (await numberedFiles(database, [path])).has(path),
      );
    };
    expect(await isNumbered('{"total":2}\n{"loss":2}\n{"loss":1}\n')).toBe(true);
    expect(await isNumbered('{"step":3}\n{"loss":2}\n{"loss":1}\n')).toBe(false);
    expect(await isNumbered('{"loss":2}\n{"step":4,"loss":1}\n')).toBe(false);
  });

  it('keeps every point where steps are no whole numbers from 0: numbered, with the step as a value', async () => {
    const lines = [0.5, -1, 1.5].map((step) => JSON.stringify({ step, loss: 2 * step })).join('\n');
    const numbered = [
      { iteration: 1, step: -1, loss: -2 },
      { iteration: 2, step: 0.5, loss: 1 },
      { iteration: 3, step: 1.5, loss: 3 },
    ];
    const { rows, notes } = await read(readHistory, lines, 'c.jsonl');
    expect(rows).toEqual(numbered);
    expect(notes).toEqual([
      'c.jsonl: its steps are no whole numbers from 0: they are numbered from 1 to 3, and kept as the value step',
    ]);
    expect((await read(readHistory, lines, eventsFile)).rows).toEqual(numbered);
  });

  it('keeps a loss that is no number, and leaves out what holds none, which it says', async () => {
    const { rows, notes } = await read(readHistory, '{"step":1,"loss":NaN,"time":"12:00"}\n', 'c.jsonl');
    expect(rows).toEqual([{ iteration: 1, loss: Number.NaN }]);
    expect(notes).toEqual(['c.jsonl: time is left out of the curve: it holds no numbers']);
  });

  it.each([
    ['{"loss":1}\n{"loss":2}\n', 'c.jsonl: line 1 has no step, only loss'],
    ['{"step":"x","loss":1}', 'c.jsonl: row 1, column step: "x" is no number'],
    ['{"step":1,"":1}', 'c.jsonl: has a value without a name'],
    ['{"step":1,"Iteration":1}', 'c.jsonl: has a value Iteration, which is what kshot calls the step'],
    ['step,loss\n1,1\n1,2\n', 'c.jsonl: line 3 has a second value of loss at step 1: 2 after 1'],
    ['step,loss\n1,1\n2', 'c.jsonl:3: has 1 cells, and the header 2'],
    ['step\n1\n', 'c.jsonl: has no values'],
    ['{"step":1,"Loss":1,"loss":2}', 'c.jsonl: the value loss has the name of another, but for its case'],
  ])('is refused where it is none, with the place: %j', async (text, message) => {
    expect(await refusal(readHistory, text, 'c.jsonl')).toBe(message);
  });
});

describe('ranks that a program wrote', () => {
  let split: Promise<SplitFiles> | undefined;
  // Users 0 and 2 have one episode of pairs, 1 has two that share pairs.
  const given = () => (split ??= writeSmallSplit(folder, { users: 3, items: 12, k: 2, q: 2 }));
  const ranked = async (text: string) => await rowsOf(readRanks, text, { episodes: await given() });
  const said = async (text: string) => await refusal(readRanks, text, 'r.csv', { episodes: await given() });
  const lines = (rows: readonly (readonly number[])[], head = 'pair_id,rank') =>
    [head, ...rows.map((row) => row.join(','))].join('\n');

  async function queries(): Promise<readonly { episode: number; user: string; pairs: readonly number[] }[]> {
    const { episodes } = await given();
    const rows = await withDatabase({ threads: 1 }, (database) =>
      database.rows(`FROM ${parquetFile(episodes)} ORDER BY episode_id`),
    );
    return rows.map((row) => ({
      episode: Number(row['episode_id']),
      user: String(row['user_id']),
      pairs: row['query_pair_ids'] as readonly number[],
    }));
  }

  it('have the user and the episode of every query pair, in any order of rows', async () => {
    const all = await queries();
    const pairs = [...new Set(all.flatMap((one) => one.pairs))].reverse();
    const rows = await ranked(lines(pairs.map((pair) => [pair, 1 + (pair % 5)])));
    expect(
      rows.map(({ episode_id, user_id, pair_id, rank }) => [episode_id, user_id, pair_id, rank]),
    ).toEqual(
      all.flatMap(({ episode, user, pairs: own }) =>
        own.map((pair) => [episode, user, pair, 1 + (pair % 5)]),
      ),
    );
    expect(rows.every(({ k, steps, label }) => k === null && steps === null && label !== null)).toBe(true);
  });

  it('may be texts that say numbers, in JSON as in CSV', async () => {
    const pairs = [...new Set((await queries()).flatMap((one) => one.pairs))];
    const asTexts = (rank: string) => JSON.stringify(pairs.map((pair) => ({ pair_id: `${pair}`, rank })));
    expect((await ranked(asTexts('2'))).every((row) => row['rank'] === 2)).toBe(true);
    expect(await said(asTexts('first'))).toBe('r.csv: row 1, column rank: "first" is no whole number');
  });

  it('may be told apart by episode', async () => {
    const all = await queries();
    const text = lines(
      all.flatMap(({ episode, pairs }) => pairs.map((pair) => [episode, pair, 1 + episode])),
      'episode_id,pair_id,rank',
    );
    expect((await ranked(text)).every((row) => row['rank'] === 1 + Number(row['episode_id']))).toBe(true);
  });

  it('are refused where a pair is missing, comes twice, is of the support or of other episodes, or has no such rank', async () => {
    const all = await queries();
    const pairs = [...new Set(all.flatMap((one) => one.pairs))];
    const rows = pairs.map((pair) => [pair, 1]);
    const [first = 0] = pairs;
    expect(await said(lines(rows.slice(1)))).toBe(
      `r.csv: has no rank of pair ${first}, a query pair of episode 0 (user user-0)`,
    );
    expect(await said(lines([...rows, [first, 2]]))).toBe(
      `r.csv: line ${rows.length + 2} ranks pair ${first} once more, after line 2`,
    );
    expect(await said(lines([...rows, [0, 1]]))).toBe(
      `r.csv: line ${rows.length + 2} ranks pair 0, which is a support pair`,
    );
    expect(await said(lines([...rows, [999, 1]]))).toBe(
      `r.csv: line ${rows.length + 2} ranks pair 999, which is no query pair of these episodes`,
    );
    expect(await said(lines([[first, 13], ...rows.slice(1)]))).toBe(
      'r.csv: line 2, column rank: 13 is no rank among 12 items',
    );
    expect(await said(lines([[first, 0.5], ...rows.slice(1)]))).toBe(
      'r.csv: line 2, column rank: "0.5" is no whole number',
    );
    expect(await said('pair,rank\n1,1\n')).toBe('r.csv: line 2 has no column pair_id, only pair, rank');
  });
});
