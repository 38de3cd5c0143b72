import { expect, it } from 'vitest';

const file: string = new URL('../../bench/gpu/table.mjs', import.meta.url).href;
const { tableOf, comparisons, spread } = (await import(file)) as {
  readonly tableOf: (results: unknown) => string;
  readonly comparisons: (rows: readonly unknown[]) => readonly string[];
  readonly spread: (milliseconds: readonly number[]) => object;
};

const measured = (label: string, family: string, milliseconds: readonly number[], more: object = {}) => ({
  label,
  family,
  tasks: 1024,
  device: 'a device',
  ...spread(milliseconds),
  ...more,
});
const rows = [
  measured('wasm, 16 threads', 'wasm', [30, 10, 20]),
  measured('tfjs:webgpu', 'webgpu-fused', [5, 4], {
    gradientError: 2e-6,
    checks: [{ call: 'ranks', error: 0.0004 }],
    programs: [
      { name: 'forward', dispatches: 7, milliseconds: 1.5 },
      { name: 'head', dispatches: 2, milliseconds: 0.25 },
    ],
  }),
  measured('PyTorch, batched', 'batched', [9], { gradientError: 0.4, wrong: true }),
  measured("PyTorch, the notebook's loop", 'loop', [90_000], { tasks_timed: 100 }),
  { label: 'PyTorch, batched, CUDA graph', family: 'batched-graph', tasks: 1024, failed: 'no memory' },
];

it('shows no time whose gradient is wrong, and says what is missing or scaled', () => {
  const settings = { inner_steps: 5, k: 5, q: 10, embedding: 64, hidden: 128 };
  const table = tableOf({
    machine: { lines: ['a processor'] },
    adapter: { names: ['a GPU'], driver: 'a driver 1.2' },
    pytorch: { torch: '2.0' },
    settings,
    items: 343,
    rows,
  });
  expect(table).toContain('| wasm, 16 threads | a device | 20.0 (10.0 to 30.0) |  |');
  expect(table).toContain('| tfjs:webgpu | a device | 4.50 (4.00 to 5.00) | 2.0e-6 |');
  expect(table).toContain('| PyTorch, batched | a device | wrong | 4.0e-1 |');
  expect(table).toContain("PyTorch, the notebook's loop, 1,024 tasks: measured on the first 100 tasks");
  expect(table).toContain('PyTorch, batched, CUDA graph, 1,024 tasks: not measured, no memory.');
  expect(table).toContain(
    '| relative error against `reference` | tfjs:webgpu |\n|---|---|\n| ranks | 4.0e-4 |\n',
  );
  expect(table).toContain('| forward | 1.50 (7) |\n| head | 0.250 (2) |\n| all | 1.75 |\n');
  expect(table).toContain('a GPU; driver: a driver 1.2');
});

it('compares the GPU engine with what was measured rightly, and with nothing else', () => {
  expect(comparisons(rows)).toEqual([
    "At 1,024 tasks tfjs:webgpu is 4.4 times as fast as `wasm` on all cores, 20,000 times as fast as PyTorch's loop.",
  ]);
  expect(comparisons(rows.filter(({ family }) => family !== 'webgpu-fused'))).toEqual([]);
});
