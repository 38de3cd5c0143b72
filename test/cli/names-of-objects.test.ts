import { describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

/** Names that every object of JavaScript has, and a user may choose: a race has constructors. */
const script = `
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
const { constructor: team, toString: lap, valueOf: factor } = JSON.parse(readFileSync(process.env.KSHOT_PARAMS, 'utf8'));
for (const name of ['constructor', 'toString', 'valueOf'])
  if (!statSync(name).isFile()) throw new Error(name + ' is no file');
if (process.env.constructor !== '1' || process.env.toString !== 'z') throw new Error('env');
writeFileSync('model.txt', team + ' ' + lap);
writeFileSync('metrics.json', JSON.stringify({ constructor: team / 10 + lap / 100, toString: factor }));
const curve = [1, 2, 3].map((step) => ({ step, toString: step, ...(step === 2 ? {} : { hasOwnProperty: team / step }) }));
writeFileSync('curve.jsonl', curve.map((row) => JSON.stringify(row)).join('\\n'));
writeFileSync('table.json', JSON.stringify([{ lap: 1 }, { lap: 2, constructor: 'Ferrari' }]));
writeFileSync('events.txt', '');
appendFileSync(process.env.KSHOT_EVENTS, JSON.stringify({ step: 1, values: { constructor: team } }) + '\\n');
`;

const pipeline = `
version: 1
name: names
params: { constructor: 2 }
steps:
  constant: { kind: value, with: { constructor: "\${params.constructor}", toString: { valueOf: 1 } } }
  hasOwnProperty:
    kind: command
    in: { constructor: constant.value, toString: constant.value, valueOf: constant.value }
    matrix: { constructor: [1, 2], toString: [1, 2] }
    with:
      argv: [node, measure.mjs]
      files: [measure.mjs]
      params: { constructor: 1, toString: 1, valueOf: 3 }
      env: { constructor: 1, toString: z }
      outputs:
        constructor: { path: metrics.json, as: metrics }
        toString: { path: curve.jsonl, as: history }
        valueOf: { path: table.json, as: table }
        model: model.txt
  best:
    kind: select
    in: { rows: hasOwnProperty.constructor, candidates: hasOwnProperty.model }
    with: { metric: constructor, mode: max, settings: [constructor], average: [toString] }
  constructor:
    kind: command
    in: { settings: best.settings, constructor: constant.value, toString: hasOwnProperty.valueOf }
    with:
      argv: [sh, -c, 'cat $KSHOT_PARAMS > params.txt; printf "constructor,metric,value\\nFerrari,toString,1\\n,toString,3\\n" > rows.csv']
      params: { constructor: 9 }
      outputs: { toString: params.txt, valueOf: { path: rows.csv, as: metrics } }
  sum:
    kind: summary
    in: { toString: 'hasOwnProperty[constructor=1,toString=1].constructor', constructor: 'hasOwnProperty[constructor=2].constructor' }
    with: { baseline: toString }
  page:
    kind: document
    in: { constructor: 'hasOwnProperty[constructor=1,toString=1].valueOf' }
    with:
      content: { laps: { from: constructor, by: [constructor], value: lap } }
`;

const changes = [
  ['params: { constructor: 2 }', 'params: { constructor: 3 }'],
  ['toString: { valueOf: 1 }', 'valueOf: { toString: 1 }'],
  ['params: { constructor: 9 }', 'params: { c: 9 }'],
  ['{ settings: best.settings, constructor', '{ constructor'],
  ['toString: params.txt', 'text: params.txt'],
] as const;

describe('names that every object has', () => {
  const project = temporaryProject({ files: { 'pipelines/names.yaml': pipeline, 'measure.mjs': script } });
  const done = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await kshot(project, args);
    expect({ args, stderr, exitCode }).toMatchObject({ args, exitCode: 0 });
    return stdout + stderr;
  };
  const sql = async (text: string) => JSON.parse(await done('sql', text, '--json')) as unknown;

  it('name params, axes, inputs, outputs, variables, steps, metrics, columns and models as any other does', async () => {
    expect(await done('plan')).toContain('1 run + 0 hit');
    expect(await done('run', '--tag', 'constructor')).toContain('0 hit');
    expect(JSON.parse(await done('get', 'constructor.toString'))).toEqual({ constructor: 2 });
    expect(JSON.parse(await done('get', 'page.document'))).toEqual({ laps: { null: 1, Ferrari: 2 } });
    expect(await done('cache', 'verify')).toContain('all good');
    expect(project.read('artifacts/names/constructor/report.html')).toContain('constructor');
  });

  it('have their figures in results, SQL and pictures', async () => {
    const { metrics, summaries } = JSON.parse(await done('results', '--json')) as {
      metrics: { settings: object; values: object }[];
      summaries: { model: string; metrics: { [name: string]: { value: number } } }[];
    };
    expect(metrics.map(({ settings, values }) => [settings, values])).toEqual<[object, object][]>([
      [
        { constructor: '1', toString: 1, valueOf: 3 },
        { constructor: 0.11, toString: 3 },
      ],
      [
        { constructor: '1', toString: 2, valueOf: 3 },
        { constructor: 0.12000000000000001, toString: 3 },
      ],
      [
        { constructor: '2', toString: 1, valueOf: 3 },
        { constructor: 0.21000000000000002, toString: 3 },
      ],
      [
        { constructor: '2', toString: 2, valueOf: 3 },
        { constructor: 0.22, toString: 3 },
      ],
      [{ constructor: 'Ferrari' }, { toString: 1 }],
      [{}, { toString: 3 }],
    ]);
    expect(summaries.map(({ model, metrics: found }) => [model, Object.keys(found)])).toEqual([
      ['toString', ['constructor', 'toString']],
      ['constructor', ['constructor', 'toString']],
    ]);
    expect(await done('results')).toMatch(/^node +constructor +toString +valueOf +constructor_ +toString_/m);
    // What no ending of a form is, though objects have a property of that name.
    expect(await kshot(project, ['results', '-o', 'rows.constructor'])).toMatchObject({ exitCode: 2 });
    expect(
      await sql(
        'SELECT iteration, "hasOwnProperty", "toString_" FROM history WHERE "constructor" = 2 AND "toString" = 1 ORDER BY ALL',
      ),
    ).toEqual([
      { iteration: 1, hasOwnProperty: 2, toString_: 1 },
      { iteration: 2, hasOwnProperty: null, toString_: 2 },
      { iteration: 3, hasOwnProperty: 2 / 3, toString_: 3 },
    ]);
    expect(await sql('SELECT 1 AS constructor, 2 AS constructor')).toEqual([
      { constructor: 1, 'constructor:1': 2 },
    ]);
    const figures = project.read('artifacts/names/constructor/report.html').match(/<figure/g) ?? [];
    expect(figures.length).toBeGreaterThan(2);
    await done('report', 'constructor');
  });

  it('can be taken and given up: plan, explain, run and diff tell of it', async () => {
    for (const [from, to] of changes) project.edit('pipelines/names.yaml', from, to);
    const plan = await done('plan');
    expect(plan).toContain('with.constructor 2 -> 3; with.toString removed, was {"valueOf":1}');
    expect(await done('explain', 'constructor')).toMatch(
      /with\.params\.constructor removed, was 2\n.*with\.params\.c added: 9\n.*with\.outputs\.toString removed/,
    );
    await done('run', '--tag', 'toString');
    const differences = await done('diff', 'constructor', 'toString');
    expect(differences).toMatch(/steps\.constructor\.with\.params\.constructor +9 -> absent/);
    expect(differences).toMatch(/steps\.constant\.with\.constructor +2 -> 3/);
    expect(await done('runs', 'rename', 'toString', 'valueOf')).toContain('valueOf');
    expect(await done('cache', 'verify')).toContain('all good');
  });
});

describe('the one name that objects of JavaScript do not keep', () => {
  const step = (more: string) => `version: 1\nsteps:\n  s:\n    kind: command\n${more}`;
  const command = (more: string) => step(`    with: { argv: [cat, x], ${more} }\n`);

  it.each([
    ['a param', command('params: { __proto__: 1 }')],
    ['a variable', command('env: { __proto__: 1 }')],
    ['an output', command('outputs: { __proto__: x }')],
    ['an input', step('    in: { __proto__: a.value }\n    with: { argv: [cat, x] }\n')],
    ['an axis', step('    matrix: { __proto__: [1] }\n    with: { argv: [cat, x] }\n')],
    ['a value', 'version: 1\nsteps:\n  s: { kind: value, with: { a: [{ __proto__: 7 }] } }\n'],
    ['a param of the pipeline', 'version: 1\nparams: { __proto__: 7 }\nsteps: {}\n'],
  ])('is refused as the name of %s, with its place', async (_, text) => {
    const project = temporaryProject({ files: { 'pipelines/p.yaml': text } });
    const { exitCode, stderr } = await kshot(project, ['plan']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2 });
    expect(stderr).toMatch(
      /pipelines\/p\.yaml:\d+:\d+: __proto__ is a word of JavaScript, and no name\n.*__proto__.*\n +\| +\^{9}\n +hint: write another name/,
    );
  });

  it.each([
    ['a metric', 'metrics', '{"__proto__": 1}'],
    ['the metric of a row', 'metrics', 'metric,value\n__proto__,1\n'],
    ['a column', 'metrics', '__proto__,metric,value\n1,a,1\n'],
    ['a column of a table', 'table', '[{"__proto__": 1, "a": 2}]'],
    ['a value of a curve', 'history', '{"step": 1, "name": "__proto__", "value": 1}'],
    ['a value inside of a curve', 'history', '{"step": 1, "values": {"__proto__": 1}}'],
    ['a setting', 'settings', '{"__proto__": 1}'],
  ])('is refused in a file of a program as %s', async (_, as, text) => {
    const project = temporaryProject({
      files: {
        'pipelines/p.yaml': step(
          `    with: { argv: [cp, given, out], files: [given], outputs: { o: { path: out, as: ${as} } } }\n`,
        ),
        given: text,
      },
    });
    const { exitCode, stderr } = await kshot(project, ['run']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 });
    expect(stderr).toContain('out: has the name __proto__, which is a word of JavaScript, and no name');
    expect(stderr).toContain('hint: write another name');
  });
});
