import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { kernelFunctions } from '../../src/engines/wasm/open-kernel.mjs';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kshot-kernel-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the kernel is compiled where its source or its bytes are others than the last time, and only there', async () => {
  // A kernel that does nothing takes a second; the real one ten times as long.
  const at = join(folder, 'src/engines/wasm');
  const source = join(at, 'kernel/kernel.c');
  mkdirSync(join(at, 'kernel'), { recursive: true });
  writeFileSync(source, kernelFunctions.map((name) => `void ${name}(void) {}\n`).join(''));
  const script = JSON.stringify(join(checkout, 'scripts/kernel.mjs'));
  const [root, wasm] = [join(folder, 'src'), join(at, 'kernel.wasm')].map((path) => JSON.stringify(path));
  const program = `
    import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
    const { compileKernel, isCompiled } = await import(${script});
    const bytes = () => readFileSync(${wasm}, 'base64');
    const found = [isCompiled(${root})];
    await compileKernel(${root});
    const { ino } = statSync(${wasm});
    const before = bytes();
    await compileKernel(${root});
    found.push(isCompiled(${root}), statSync(${wasm}).ino === ino);
    writeFileSync(${wasm}, 'spoilt');
    found.push(isCompiled(${root}));
    await compileKernel(${root});
    found.push(isCompiled(${root}), bytes() === before);
    appendFileSync(${JSON.stringify(source)}, '\\n');
    found.push(isCompiled(${root}));
    console.log(JSON.stringify(found));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'pipe',
    encoding: 'utf8',
  });
  // Nothing else is printed.
  expect(JSON.parse(printed)).toEqual([false, true, true, false, true, true, false]);
  const module = await WebAssembly.compile(readFileSync(join(at, 'kernel.wasm')));
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65_536, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  expect(Object.keys(exports).sort()).toEqual(['__stack_pointer', ...kernelFunctions].sort());
});
