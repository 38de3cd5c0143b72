import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The report and the live view load React in production, which has no development runtime.
  oxc: { jsx: { development: false } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    reporters: ['default', './test/support/count-reporter.ts'],
    // Long enough for a machine with many times the work of ours: a limit against hanging, not on speed.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // Twice the two cores that it is meant for: most of the tests wait for processes and the disk.
    maxWorkers: 4,
  },
});
