import type { Report } from '../../../src/artifacts/run-documents.js';
import { digestOf } from '../../../src/base/canonical.js';
import type { RunContents } from '../../../src/report/html/report-model.js';
import type { LineageRow } from '../../../src/report/html/run-rows.js';

/** A run of kind `value` only: no metrics, no data; with so many nodes, in as many steps or in one. */
export function valueRun(
  nodes: number,
  { steps = 1, report = {} as Partial<Report>, name = 'v' } = {},
): RunContents {
  const stepOf = (index: number) => (steps === 1 ? name : `${name}${index % steps}`);
  const lineage: LineageRow[] = [];
  const counts = { ran: nodes, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0 };
  return {
    report: {
      version: 1,
      run: 'first',
      pipeline: 'values',
      started_at: '2026-01-07T10:15:00.000Z',
      seconds: 3.5,
      exit_code: 0,
      engine: 'wasm',
      synthetic: false,
      waivers: [],
      warnings: [],
      test_sets: [],
      counts,
      not_deterministic: [],
      failures: [],
      tables: 'values/first',
      metrics: [],
      summaries: [],
      breakdowns: [],
      drift: [],
      data_fingerprints: {},
      verdict: [],
      key_findings: [],
      outputs: [],
      ...report,
    },
    manifest: {
      version: 1,
      run: 'first',
      pipeline: 'values',
      file: 'pipelines/values.yaml',
      started_at: '2026-01-07T10:15:00.000Z',
      kshot: '0.1.0',
      node: 'v20.0.0',
      platform: { os: 'linux', architecture: 'x64' },
      engine: 'wasm',
      packages: { yaml: '2.9.1' },
      nodes: Array.from({ length: nodes }, (_, index) => ({
        id: `${stepOf(index)}[a=${index}]`,
        step: stepOf(index),
        kind: 'value',
        outcome: 'ran' as const,
        reason: 'new',
        seconds: 0.01,
        key: digestOf(index),
        outputs: { value: { digest: digestOf(['out', index]), bytes: 12 } },
      })),
    },
    configuration: { version: 1, steps: { [name]: { kind: 'value', with: { a: 1 } } } },
    fingerprints: {},
    rows: {
      parameters: Array.from({ length: nodes }, (_, index) => ({
        node: `${stepOf(index)}[a=${index}]`,
        name: 'a',
        value: index,
      })),
      lineage,
      history: [],
      curves: [],
      drift: [],
    },
    exhibits: [],
    logs: new Map(),
  };
}
