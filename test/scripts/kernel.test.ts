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
  const script = `const { compileKernel } = await import(${JSON.stringify(join(checkout, 'scripts/kernel.mjs'))});
await compileKernel(${JSON.stringify(join(folder, 'src'))});`;
  const compile = () => {
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
    return readFileSync(wasm);
  };
  const before = readFileSync(wasm);
  const { ino } = statSync(wasm);
  compile();
  expect(statSync(wasm).ino).toBe(ino);
  writeFileSync(wasm, 'spoilt');
  expect(compile().equals(before)).toBe(true);
  appendFileSync(join(at, 'kernel/kernel.as'), '\nexport function one(): i32 {\n  return 1;\n}\n');
  expect(compile().equals(before)).toBe(false);
});
