import { describe, expect, it } from 'vitest';
import type { RunStart } from '../../src/run/event.js';
import { eventsOf, kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { temporaryProject } from '../support/temporary-project.js';

describe('the events of a run', () => {
  it('outline the steps first, with what they took before, and carry the figures that an evaluation found', async () => {
    const project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });
    const first = await kshot(project, ['run', '--json']);
    expect(first.exitCode, first.stderr).toBe(0);
    const events = eventsOf(first);
    const [start] = events as readonly [RunStart];
    const nodes = events.flatMap((event) => (event.event === 'step.finish' ? [event] : []));
    const all = start.steps.reduce((sum, step) => sum + step.nodes + (step.derived ?? 0), 0);
    expect(all).toBe(start.nodes);
    for (const { step, kind, nodes: count, derived = 0 } of start.steps) {
      const own = nodes.filter((node) => node.step === step);
      expect(own.filter((node) => node.kind === kind)).toHaveLength(count);
      const ids = own.map(({ node }) => node);
      const behind = own.filter(({ derivedFrom }) => derivedFrom !== undefined);
      expect(behind).toHaveLength(derived);
      for (const { node, kind: deriving, derivedFrom = '' } of behind) {
        expect([node, deriving, ids.includes(derivedFrom)]).toEqual([
          `${derivedFrom}/metrics`,
          'metrics',
          true,
        ]);
      }
    }
    expect(start.expectedSeconds).toBeUndefined();
    const outlines = Object.fromEntries(start.steps.map((step) => [step.step, step]));
    expect(outlines['validate']).toMatchObject({ nodes: 2, derived: 2, hits: 0, role: 'val' });
    expect(outlines['validate']?.needs.toSorted()).toEqual(['episodes', 'meta_train']);
    expect(outlines['few_shot']).toMatchObject({ role: 'test' });

    // Reported by what is derived from the evaluation, and the same as in the table that was written from its parquet.
    const results = JSON.parse((await kshot(project, ['results', '--json'])).stdout) as {
      readonly metrics: readonly {
        readonly node: string;
        readonly values: { readonly [name: string]: number };
      }[];
    };
    for (const node of ['validate@2', 'validate@4', 'zero_shot', 'few_shot']) {
      const row = results.metrics.find((one) => one.node === node);
      expect(nodes.find((one) => one.node === `${node}/metrics`)?.values, node).toEqual(row?.values);
    }
    expect(nodes.find(({ node }) => node === 'meta_train@4')?.values).toEqual({ loss: expect.any(Number) });
    // Two settings, which one figure would not tell apart.
    expect(nodes.find(({ node }) => node === 'tune[inner_lr=0.1]/metrics')?.values).toEqual({});

    for (const event of events) {
      if (event.event === 'step.start') {
        if (event.derivedFrom === undefined)
          expect(event.log).toBe(`artifacts/small/${start.run}/logs/${event.node}.log`);
        expect(event.gpus).toBe(0);
      }
    }

    // Longer training: what is new is expected to take what the old segments took, and hits tell their figures.
    const second = await kshot(project, ['run', '--json', '--set', 'params.iterations=6']);
    expect(second.exitCode, second.stderr).toBe(0);
    const [again] = eventsOf(second) as readonly [RunStart];
    const training = nodes.filter(({ step }) => step === 'meta_train');
    const mean = training.reduce((sum, { seconds }) => sum + seconds, 0) / training.length;
    const outline = again.steps.find(({ step }) => step === 'meta_train');
    expect(outline).toMatchObject({ nodes: 3, hits: 2 });
    // The times of events hold publication too.
    expect(outline?.expectedSeconds).toBeGreaterThan(0);
    expect(outline?.expectedSeconds).toBeLessThanOrEqual(mean * 1.05);
    expect(again.expectedSeconds).toBeGreaterThanOrEqual(outline?.expectedSeconds ?? 0);
    const hit = eventsOf(second).find(
      (event) => event.event === 'step.finish' && event.node === 'validate@4/metrics',
    );
    expect(hit).toMatchObject({
      outcome: 'hit',
      values: results.metrics.find((one) => one.node === 'validate@4')?.values,
    });
  });
});
