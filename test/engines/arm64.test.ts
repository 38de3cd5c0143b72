import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { flags } from '../../src/engines/wasm/build-native.js';
import { wasmForm } from '../../src/engines/wasm/kernel-form.js';
import { comparedFrom, comparedTo, comparison } from '../../src/engines/wasm/native-comparison.mjs';
import { kernelCalls, kernelFunctions } from '../../src/engines/wasm/open-kernel.mjs';
import { slowTest } from '../support/slow-tests.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-arm64-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [compiler, emulator] = ['aarch64-linux-gnu-gcc', 'qemu-aarch64'];
const missing = [compiler, emulator].find((program) => spawnSync(program, ['--version']).error !== undefined);

/** Reads memory and calls, makes the calls, and writes the memory back. */
const program = `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

double kernelAt4(uintptr_t base, int which, const double *numbers);

int main(int count, char **files) {
  if (count != 3) return 2;
  FILE *file = fopen(files[1], "r+b");
  size_t bytes = strtoul(files[2], 0, 10);
  char *memory = aligned_alloc(64, bytes);
  if (!file || fread(memory, 1, bytes, file) != bytes) return 3;
  double call[20];
  while (fread(call, sizeof call, 1, file) == 1) kernelAt4((uintptr_t)memory, (int)call[0], call + 1);
  rewind(file);
  return fwrite(memory, 1, bytes, file) == bytes && fclose(file) == 0 ? 0 : 4;
}
`;

slowTest(
  'on NEON, by a cross compiler and an emulator, the kernel gives the bits of the WebAssembly',
  async (context) => {
    if (missing !== undefined) return context.skip(`${missing} is not installed`);
    const { memory, control, calls } = comparison();
    const bytes = memory.buffer.byteLength;
    const words = calls.map(([name, ...numbers]) => {
      // A library knows where memory begins.
      const given = name === 'configure' ? [numbers[0] ?? 0, ...numbers.slice(2)] : numbers;
      return [kernelFunctions.indexOf(name), ...given, ...Array(19 - given.length).fill(0)];
    });
    const file = join(folder, 'memory');
    writeFileSync(
      file,
      Buffer.concat([
        new Uint8Array(memory.buffer).slice(),
        new Uint8Array(Float64Array.from(words.flat()).buffer),
      ]),
    );
    writeFileSync(join(folder, 'main.c'), program);
    const kernel = fileURLToPath(new URL('../../src/engines/wasm/kernel/kernel.c', import.meta.url));
    const built = join(folder, 'main');
    execFileSync(compiler, [...flags, '-DWIDTH=4', '-static', '-o', built, join(folder, 'main.c'), kernel]);
    execFileSync(emulator, [built, file, String(bytes)]);

    const own = kernelCalls(await wasmForm(), memory, control);
    for (const [name, ...numbers] of calls) own[name]?.(...numbers);
    const expected = Buffer.from(new Uint8Array(memory.buffer).slice(comparedFrom, comparedTo));
    const found = readFileSync(file).subarray(comparedFrom, comparedTo);
    expect(found.equals(expected)).toBe(true);
    // That much was written: the total's floats, which are numbers.
    const total = new Float32Array(memory.buffer, comparedFrom + 17 * 262_144, 9000);
    expect(total.every(Number.isFinite)).toBe(true);
  },
);
