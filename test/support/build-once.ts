import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds `dist/` before any test, so that tests of the command line run what the sources say now. */
export default function buildOnce(): void {
  // `npm test` has built and checked it just now.
  if (process.env['npm_lifecycle_event'] === 'test') return;
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url))], {
    stdio: 'inherit',
  });
}
