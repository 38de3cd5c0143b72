import { describe, expect, it } from 'vitest';
import { keptRuns, lostResults } from '../../src/artifacts/kept-results.js';
import type { RunRecord } from '../../src/artifacts/register.js';
import type { ManifestNode } from '../../src/artifacts/run-documents.js';

function record(run: string, signature: string, more: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    run,
    pipeline: 'p',
    file: 'pipelines/p.yaml',
    started_at: '2026-01-07T10:00:00.000Z',
    seconds: 1,
    exit_code: 0,
    counts: { ran: 1, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0 },
    tables: `p/${run}`,
    signature,
    test_evaluations: [],
    files: {},
    ...more,
  };
}

const namesOf = (runs: readonly RunRecord[]) => runs.map((one) => `${one.pipeline}/${one.run}`);

describe('what gc keeps', () => {
  it('are the last distinct results of each pipeline, however often each was run', () => {
    const runs = [
      record('1', 'a'),
      record('2', 'b'),
      record('1', 'z', { pipeline: 'q' }),
      record('3', 'c'),
      record('4', 'c'),
      record('5', 'b'),
    ];
    expect(namesOf(keptRuns(runs, 2))).toEqual(['p/5', 'p/4', 'q/1']);
    expect(keptRuns(runs, 0)).toEqual([]);
  });

  it('is pushed out by no failed or cancelled run, and these have a count of their own', () => {
    const early = (run: string, signature: string, exit_code = 1) => record(run, signature, { exit_code });
    const runs = [record('1', 'a'), early('2', 'b'), early('3', 'c', 130), early('4', 'd'), early('5', 'd')];
    expect(namesOf(keptRuns(runs, 2))).toEqual(['p/5', 'p/3', 'p/1']);
  });
});

describe('what gc takes', () => {
  const node = (id: string, key: string, digest: string): ManifestNode => ({
    id,
    step: id,
    kind: 'value',
    outcome: 'ran',
    reason: 'new',
    seconds: 1,
    key,
    outputs: { value: { digest, bytes: 9 } },
  });

  it('is told by the latest run that lists it, each file once', () => {
    const nodes: { readonly [run: string]: readonly ManifestNode[] } = {
      'p/1': [node('one', 'k1', 'o1'), node('two', 'k2', 'o1')],
      'p/2': [node('one', 'k1', 'o1'), node('kept', 'k3', 'o3')],
    };
    const sizes = new Map([
      ['k1', 1],
      ['k2', 2],
      ['o1', 10],
    ]);
    const runs = [record('1', 'a'), record('2', 'b')];
    expect(lostResults(runs, (run) => nodes[run] ?? [], sizes)).toEqual([
      { run: 'p/2', nodes: ['one'], bytes: 11 },
      { run: 'p/1', nodes: ['two'], bytes: 2 },
    ]);
  });
});
