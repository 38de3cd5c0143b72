import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kshot-kernel-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the kernel is compiled where its source or its bytes are others than the last time, and only there', () => {
  const at = join(folder, 'src/engines/wasm');
  cpSync(join(checkout, 'src/engines/wasm'), at, { recursive: true, preserveTimestamps: true });
  const wasm = join(at, 'kernel.wasm');
  const kernel = JSON.stringify(join(checkout, 'scripts/kernel.mjs'));
  const call = (name: string) =>
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const kernel = await import(${kernel}); console.log(await kernel.${name}(${JSON.stringify(join(folder, 'src'))}));`,
      ],
      { stdio: 'pipe', encoding: 'utf8' },
    ).trim();
  const before = readFileSync(wasm);
  const { ino } = statSync(wasm);
  call('compileKernel');
  expect(statSync(wasm).ino).toBe(ino);
  writeFileSync(wasm, 'spoilt');
  expect(call('isCompiled')).toBe('false');
  // All that it prints is what it gives back.
  expect(call('compileKernel')).toBe('undefined');
  expect(readFileSync(wasm).equals(before)).toBe(true);
  expect(call('isCompiled')).toBe('true');
  appendFileSync(join(at, 'kernel/kernel.c'), '\n');
  expect(call('isCompiled')).toBe('false');
});
