import { describe, expect, it } from 'vitest';
import type { SummaryRow } from '../../src/artifacts/summary/summary-rows.js';
import { cautionsOf } from '../../src/report/cautions.js';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

/** One counts from 1 in each of its segments, the other leaves it to kshot to count. */
const counting = `version: 1
name: counting
steps:
  train:
    kind: command
    with:
      shell: true
      argv: 'echo {epochs} > "$KSHOT_STATE/n"; printf "step,loss\\n1,{epochs}.5\\n2,{epochs}.2\\n" > c.csv'
      params: { epochs: 4 }
      outputs: { curve: { path: c.csv, as: history } }
    segments: { of: epochs, every: 2 }
  told:
    kind: command
    with:
      shell: true
      argv: 'echo {epochs} > "$KSHOT_STATE/n"; printf "{ \\"loss\\": {epochs} }\\n{ \\"loss\\": 0.5 }\\n" >> "$KSHOT_EVENTS"'
      params: { epochs: 4 }
      outputs: { curve: { as: history } }
    segments: { of: epochs, every: 2 }
`;

const row = (node: string, users: number, unit = 'users'): SummaryRow => ({
  node,
  role: 'test',
  model: 'gru',
  k: null,
  steps: null,
  inner_lr: null,
  unit,
  units: unit === 'users' ? users : 3,
  n: 10 * users,
  users,
  baseline: null,
  metrics: {},
});

describe('cautions', () => {
  it('say of how few users the figures of a summary are, once each, unless they are over seeds', () => {
    const summaries = [row('a', 9), row('a', 9), row('b', 29), row('c', 30), row('d', 5, 'seeds')];
    expect(cautionsOf({ metrics: [], summaries }, [])).toEqual([
      'a: its figures are over 9 users, fewer than 10, so nothing is said of which models differ',
      'b: its figures are over 29 users, fewer than 30, so another draw of users may well turn the order',
    ]);
  });

  it('are in the reports of a run whose curves count anew, and of one that found its results there', async () => {
    const project = temporaryProject({ files: { 'pipelines/counting.yaml': counting } });
    for (const tag of ['first', 'again']) {
      await kshot(project, ['run', '--tag', tag]);
      const report = JSON.parse(project.read(`artifacts/counting/${tag}/report.json`)) as {
        cautions?: string[];
      };
      expect(report.cautions).toEqual([
        expect.stringMatching(/^train@4: its curve has other values for the steps of the segment before/),
      ]);
    }
    await kshot(project, ['get', 'told.curve', '-o', 'curve.csv']);
    expect(project.read('curve.csv')).toBe('iteration,loss\n1,2.0\n2,0.5\n3,4.0\n4,0.5\n');
  });

  it('say whose curve counts its steps anew, of eight at most', () => {
    const restarted = Array.from({ length: 10 }, (_, index) => `train@${index}`);
    const said = cautionsOf({ metrics: [], summaries: [], restarted_curves: restarted }, []);
    expect(said).toHaveLength(9);
    expect(said[0]).toMatch(/^train@0: .* the value told last is shown, so go on counting/);
  });
});
