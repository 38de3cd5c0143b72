import { describe, expect, it } from 'vitest';
import { kshot } from '../../support/kshot.js';
import { temporaryProject } from '../../support/temporary-project.js';

const rows = JSON.stringify([
  { k: 1, metric: 'mrr', value: 0.25 },
  { k: 3, metric: 'mrr', value: 0.5 },
  { k: 1, metric: 'hit', value: 0.125 },
  { k: 3, metric: 'hit', value: 1 },
]);

function project(content: string, ports = '{ rows: made.rows, one: one.value }') {
  return temporaryProject({
    files: {
      'rows.json': rows,
      'pipelines/d.yaml': `version: 1
name: d
steps:
  made: { kind: command, with: { argv: [cp, rows.json, out.json], files: [rows.json], outputs: { rows: out.json } } }
  one: { kind: value, with: { lr: 0.02 } }
  text: { kind: command, with: { argv: [cp, rows.json, a.json], files: [rows.json], outputs: { a: a.json, b: b.json } } }
  doc:
    kind: document
    in: ${ports}
    with:
      content: ${content}
publish: { doc.document: d.json }
`,
    },
  });
}

describe('document', () => {
  it('puts figures into a layout, in the order in which it is written', async () => {
    const made = project(
      `{ z: 1, lr: { from: one, value: lr }, a: [{ from: rows, where: { k: 3, metric: [mrr, hit] }, by: metric }, x], ks: { from: rows, count: k }, all: { from: rows, by: [k, metric] } }`,
    );
    const run = await kshot(made, ['run', 'doc']);
    expect(run.stderr).toContain('1 written');
    expect(made.read('d.json')).toBe(
      `${JSON.stringify(
        {
          z: 1,
          lr: 0.02,
          a: [{ mrr: 0.5, hit: 1 }, 'x'],
          ks: 2,
          all: { 1: { mrr: 0.25, hit: 0.125 }, 3: { mrr: 0.5, hit: 1 } },
        },
        null,
        2,
      )}\n`,
    );
    // Another order of names is another document.
    made.edit('pipelines/d.yaml', 'z: 1, lr: { from: one, value: lr }', 'lr: { from: one, value: lr }, z: 1');
    await kshot(made, ['run', 'doc']);
    expect(Object.keys(JSON.parse(made.read('d.json')) as object).slice(0, 2)).toEqual(['lr', 'z']);
  });

  it.each([
    ['{ a: { from: rows, where: { k: 7 } }, b: { from: one, value: lr } }', 'has k 7', 'k is 1, 3'],
    [
      '{ a: { from: rows, where: { k: 1 } }, b: { from: one, value: lr } }',
      '2 rows fit one place',
      'metric is mrr, hit',
    ],
    [
      '{ a: { from: rows, value: valeu }, b: { from: one, value: lr } }',
      'has no column valeu',
      'it has k, metric, value',
    ],
  ])('fails where a block has no figure of its own: %s', async (content, message, detail) => {
    const run = await kshot(project(content), ['run', 'doc']);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain(detail);
  });

  it.each([
    ['{ a: { from: rows }, b: { from: two } }', 'from is two, which is not among the inputs rows, one'],
    ['{ a: { from: rows, column: k }, b: { from: one } }', 'a block has no column'],
    ['{ a: { from: rows, value: k, count: k }, b: { from: one } }', 'a value or a count, not both'],
    ['{ a: { from: rows } }', 'nothing in the content is from one'],
  ])('is refused at planning: %s', async (content, message) => {
    const plan = await kshot(project(content), ['plan']);
    expect(plan.exitCode).toBe(2);
    expect(plan.stderr).toContain(message);
  });

  it('wants one file at each input', async () => {
    const plan = await kshot(project('{ a: { from: rows } }', '{ rows: text }'), ['plan']);
    expect(plan.exitCode).toBe(2);
    expect(plan.stderr).toMatch(/text\.a or text\.b/);
  });
});
