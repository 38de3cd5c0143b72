import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { builtFile } from '../../../src/base/files/built-file.js';
import { probeTorch } from '../../../src/engines/torch/probe-torch.js';
import { createEngine } from '../../../src/engines/torch/torch-engine.js';
import { interpreterLook, torchInterpreter } from '../../../src/engines/torch/torch-interpreter.js';

const python = ['/usr/bin/python3', 'python3'].find((one) => spawnSync(one, ['--version']).status === 0);
const folder = mkdtempSync(join(tmpdir(), 'kshot-torch-'));
const options = { shape: { items: 5, embedding: 2, hidden: 3 }, threads: 1, allowSoftware: true };

/** Makes the first python3 of PATH one whose PyTorch is this text, and which has nothing else installed. */
let count = 0;
function withTorch(text: string | undefined): void {
  const own = join(folder, String(count++));
  spawnSync('mkdir', ['-p', join(own, 'modules')]);
  if (text !== undefined) writeFileSync(join(own, 'modules/torch.py'), text);
  const script = join(own, 'python3');
  writeFileSync(
    script,
    `#!/bin/sh
case "$*" in *sys.executable*) exit 1 ;; esac
PYTHONPATH=${own}/modules exec ${python} -S "$@"
`,
  );
  chmodSync(script, 0o755);
  vi.stubEnv('PATH', `${own}:${process.env['PATH']}`);
}

/** What of PyTorch the worker uses before it computes. */
const pretended = (more = '') => `
__version__ = "2.1.0"
float32 = "float32"
class cuda:
    is_available = staticmethod(lambda: False)
def device(name): return name
def set_num_threads(count): pass
${more}`;

const failure = async () =>
  await createEngine(options).then(
    () => undefined,
    (error: unknown) => (error as { failure?: { reason: string; message: string; hint?: string } }).failure,
  );

beforeEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(python === undefined)('the process that computes with PyTorch', () => {
  it('that has no PyTorch is refused with what to install', async () => {
    withTorch(undefined);
    expect(await failure()).toMatchObject({
      reason: 'engine-unavailable',
      message: expect.stringMatching(/python3 has no PyTorch$/),
      hint: expect.stringContaining('pip install torch'),
    });
    expect(await probeTorch()).toMatchObject({
      available: false,
      why: expect.stringContaining('no PyTorch'),
    });
  });

  it('whose PyTorch is too old, or does not load, is refused with that', async () => {
    withTorch('__version__ = "1.8.1"');
    expect(await failure()).toMatchObject({
      reason: 'engine-unavailable',
      message: expect.stringContaining('too old: it is PyTorch 1.8.1, and the engine wants 1.13 or later'),
    });
    withTorch('raise ImportError("libcudart.so.12: cannot open shared object file")');
    expect(await failure()).toMatchObject({
      reason: 'engine-unavailable',
      message: expect.stringContaining('cannot be imported: libcudart.so.12: cannot open'),
    });
  });

  it('that is nowhere is refused, too', async () => {
    vi.stubEnv('PATH', folder);
    expect(torchInterpreter()).toBe('python3');
    expect(await failure()).toMatchObject({ reason: 'engine-unavailable', hint: expect.any(String) });
  });

  it('is the one that was chosen, whatever PATH has first', async () => {
    withTorch(pretended('print("the chosen library", flush=True)'));
    const chosen = torchInterpreter();
    withTorch(undefined);
    expect(torchInterpreter()).not.toBe(chosen);
    expect(interpreterLook(chosen)).not.toBe(interpreterLook());
    const lines: string[] = [];
    const engine = await createEngine({ ...options, python: chosen, log: (line) => lines.push(line) });
    await engine.close();
    expect(lines).toContain('the chosen library');
  });

  it('may print what it likes: it is logged, and no answer is lost', async () => {
    withTorch(pretended('print("hello from the library", flush=True)'));
    const lines: string[] = [];
    const engine = await createEngine({ ...options, log: (line) => lines.push(line) });
    await engine.close();
    expect(lines).toContain('hello from the library');
  });

  it('that dies is told of with how it ended and what it last said; the next engine has another', async () => {
    const dying =
      'import os, sys\ndef set_num_threads(count):\n    print("out of luck", flush=True)\n    os._exit(7)\n';
    withTorch(pretended(dying));
    for (let time = 0; time < 2; time++) {
      expect(await failure()).toMatchObject({
        reason: 'worker-crashed',
        message: expect.stringContaining('ended by itself with exit code 7'),
        details: ['out of luck'],
      });
    }
  });

  it('is known by its interpreter and by what is installed there', () => {
    withTorch(undefined);
    const one = interpreterLook();
    expect(interpreterLook()).toBe(one);
    withTorch(undefined);
    expect(interpreterLook()).not.toBe(one);
  });

  it('leaves Ctrl-C, which a terminal sends to it too, to the process that started it', async () => {
    withTorch(
      pretended(
        'def set_num_threads(count):\n    import os, signal\n    os.kill(os.getpid(), signal.SIGINT)\n',
      ),
    );
    const engine = await createEngine(options);
    await engine.close();
  });

  it('ends with the process that started it, even in the middle of a computation', async () => {
    const mark = join(folder, 'process-id');
    const busy = `import os\ndef set_num_threads(count):\n    open(${JSON.stringify(mark)}, "w").write(str(os.getpid()))\n    while True: pass\n`;
    withTorch(pretended(busy));
    const module = builtFile('engines/torch/torch-engine.js').href;
    const program = `import(${JSON.stringify(module)}).then((m) => m.createEngine(${JSON.stringify(options)}))`;
    const parent = spawn(process.execPath, ['-e', program], { stdio: 'inherit', env: process.env });
    const processId = await vi.waitUntil(() => Number(textAt(mark)) || undefined, { timeout: 20_000 });
    parent.kill('SIGKILL');
    await vi.waitUntil(() => !isRunning(processId), { timeout: 20_000 });
  });
});

function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(processId: number): boolean {
  // A process that ended and that nobody has asked for is a zombie.
  return /^State:\s+[^Z]/m.test(textAt(`/proc/${processId}/status`));
}
