import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { buildNative } from '../../src/engines/wasm/build-native.js';
import { nativeKernel } from '../../src/engines/wasm/native-kernel.js';
import { kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { temporaryProject } from '../support/temporary-project.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

const native = await nativeKernel();
const here = 'missing' in native ? undefined : native;
const [, source = '', lanes = ''] = /^kernel-(\w+)-(\d+)-/.exec(basename(here?.library ?? '')) ?? [];
const wasm = 'WebAssembly, 4 lanes';

/** What the engine would compute in, in a process with a cache and a PATH of its own, before and after it is built. */
async function elsewhere(cache: string, variables: NodeJS.ProcessEnv = {}) {
  const built = (path: string) => JSON.stringify(pathToFileURL(`${process.cwd()}/dist/${path}`).href);
  const program = `
    const { formToBeUsed, probeWasm } = await import(${built('engines/wasm/probe-wasm.js')});
    const { kernelForm, nameOfForm } = await import(${built('engines/wasm/kernel-form.js')});
    const planned = formToBeUsed();
    const form = await kernelForm().then(nameOfForm, (error) => error.failure.reason);
    console.log(JSON.stringify({ planned, form, told: (await probeWasm()).device }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, KSHOT_KERNEL: '', XDG_CACHE_HOME: cacheAt(cache), ...variables },
  });
  return JSON.parse(stdout) as { readonly planned: string; readonly form: string; readonly told: string };
}

const cacheAt = (name: string) => join(folder, name);
const filesOf = (cache: string) => readdirSync(join(cacheAt(cache), 'kshot')).sort();
const without = (why: string) => `${wasm} (no native code: ${why})`;
const noCompiler = { PATH: join(folder, 'none') };

/** A cache that has a file of a library under the name that says it is `library`, compared on so many lanes. */
function cacheWith(name: string, library: string, compared = lanes): string {
  const digest = createHash('sha256').update(readFileSync(library)).digest('hex').slice(0, 32);
  const file = join(cacheAt(name), 'kshot', `kernel-${source}-${compared}-${digest}.node`);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(library, file);
  return file;
}

/** Variables with a compiler of a script's own before the machine's. */
function compiler(name: string, script: string): NodeJS.ProcessEnv {
  const at = join(folder, name);
  mkdirSync(at);
  writeFileSync(join(at, 'cc'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(at, 'cc'), 0o755);
  return { PATH: `${at}:${process.env['PATH'] ?? ''}` };
}

/** A compiler that takes a while, says each time that it was asked to link, and gives a library that is there. */
function linking(name: string, library: string): NodeJS.ProcessEnv {
  return compiler(
    name,
    `for last; do [ "$before" = -o ] && out=$last; before=$last; done
case "$*" in *-shared*) sleep 0.5; echo linked >> ${folder}/${name}.log; cp ${library} "$out";; *) : > "$out";; esac`,
  );
}

/** A library that Node loads and that ends the process when it is called. */
function crashingLibrary(): string {
  const [text, library] = [join(folder, 'crash.c'), join(folder, 'crash.node')];
  writeFileSync(
    text,
    `#include <node_api.h>
     static napi_value call(napi_env env, napi_callback_info info) {
       (void)env; (void)info;
       *(volatile int *)8 = 1;
       return 0;
     }
     NAPI_MODULE_INIT() {
       napi_value value;
       napi_create_function(env, "call", NAPI_AUTO_LENGTH, call, 0, &value);
       napi_set_named_property(env, exports, "call", value);
       napi_create_int32(env, ${lanes}, &value);
       napi_set_named_property(env, exports, "widest", value);
       return exports;
     }`,
  );
  const headers = dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json'));
  const link = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  execFileSync('cc', ['-shared', '-fPIC', ...link, '-I', join(headers, 'include'), '-o', library, text]);
  return library;
}

describe.skipIf(here === undefined)('a native kernel that is kept', () => {
  const library = here?.library ?? '';
  const computed = `native code, ${lanes} lanes`;

  it('is used without a compiler', async () => {
    cacheWith('kept', library);
    const found = await elsewhere('kept', noCompiler);
    expect(found).toEqual({ planned: computed, form: computed, told: computed });
  });

  it('is not used, and goes, when its bytes are others', async () => {
    for (const damage of [
      (file: string) => truncateSync(file, 5_000),
      (file: string) => writeFileSync(file, ''),
      (file: string) => {
        const bytes = readFileSync(file);
        bytes.writeUInt8(bytes.readUInt8(30_000) ^ 1, 30_000);
        writeFileSync(file, bytes);
      },
    ]) {
      damage(cacheWith('spoilt', library));
      const why = without('there is no C compiler, cc');
      expect(await elsewhere('spoilt', noCompiler)).toEqual({ planned: why, form: wasm, told: why });
      expect(filesOf('spoilt')).toEqual([]);
    }
  });

  it('is built anew when it is spoilt, by two processes at once where it comes to that', async () => {
    truncateSync(cacheWith('anew', library), 5_000);
    const variables = linking('twice', library);
    const found = await Promise.all([elsewhere('anew', variables), elsewhere('anew', variables)]);
    for (const { form } of found) expect(form).toBe(computed);
    expect(found.map(({ planned }) => planned)).toContain('native code, to be built first');
    expect(filesOf('anew')).toEqual([basename(library)]);
    const links = readFileSync(join(folder, 'twice.log'), 'utf8').split('\n').length - 1;
    // The next one finds it.
    expect(await elsewhere('anew', variables)).toMatchObject({ planned: computed, form: computed });
    expect(readFileSync(join(folder, 'twice.log'), 'utf8').split('\n')).toHaveLength(links + 1);
  });

  it('is not used on more lanes than it was compared on, on another machine', async (context) => {
    if (lanes === '4') return context.skip('this processor has four lanes');
    cacheWith('narrow', library, '4');
    expect(await elsewhere('narrow', noCompiler)).toMatchObject({ form: wasm });
    // It stays for that machine.
    expect(filesOf('narrow')).toHaveLength(1);
  });

  it('cannot be opened here, and is left to the machine that can', async () => {
    const other = join(folder, 'other.node');
    writeFileSync(other, 'of another kind of machine');
    cacheWith('other', other);
    expect(await elsewhere('other', noCompiler)).toMatchObject({ form: wasm });
    expect(filesOf('other')).toHaveLength(1);
  });

  it('that ends its process while it is compared is not kept, and not built again for an hour', async () => {
    const variables = linking('crashing', crashingLibrary());
    expect(await elsewhere('crashed', variables)).toMatchObject({ form: wasm });
    const [note = '', ...others] = filesOf('crashed');
    expect(others).toEqual([]);
    const why = without(
      `what was built ended with SIGSEGV (not tried again for an hour, unless ${join(cacheAt('crashed'), 'kshot', note)} is removed)`,
    );
    expect(await elsewhere('crashed', variables)).toEqual({ planned: why, form: wasm, told: why });
    expect(readFileSync(join(folder, 'crashing.log'), 'utf8')).toBe('linked\n');
    // A cache that has one all the same uses it.
    cacheWith('crashed', library);
    expect(await elsewhere('crashed', variables)).toMatchObject({ form: computed });
  });

  it('that ends a worker ends the step with an error, and nothing of it is kept as a result', async () => {
    cacheWith('fatal', crashingLibrary());
    const text = smallExperiment.replace('engine: reference', 'engine: wasm');
    const project = temporaryProject({ files: { 'pipelines/small.yaml': text } });
    const run = async (variables: NodeJS.ProcessEnv) =>
      await kshot(project, ['run', 'meta_train', '--json'], {
        environment: { KSHOT_KERNEL: '', ...variables },
      });
    const { exitCode, stdout } = await run({ XDG_CACHE_HOME: cacheAt('fatal') });
    expect(stdout).toMatch(/"reason":"worker-crashed","message":"[^"]*was ended by SIGSEGV/);
    expect(exitCode).toBe(1);
    expect(stdout).not.toMatch(/"node":"meta_train[^"]*","outcome":"ran"/);
    const again = await run({ KSHOT_KERNEL: 'wasm' });
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toMatch(/"outcome":"ran"/);
  });
});

describe('where there is no compiler', () => {
  it('the engine computes in WebAssembly, unless native code is asked for', async () => {
    const why = without('there is no C compiler, cc');
    expect(await elsewhere('none', noCompiler)).toEqual({ planned: why, form: wasm, told: why });
    const asked = await elsewhere('none', { ...noCompiler, KSHOT_KERNEL: '8' });
    expect(asked.form).toBe('engine-unavailable');
    const own = await elsewhere('none', { ...noCompiler, KSHOT_KERNEL: 'wasm' });
    expect(own).toEqual({ planned: wasm, form: wasm, told: wasm });
  });
});

describe('a cache for native kernels', () => {
  it('that cannot be written leaves the WebAssembly', async () => {
    writeFileSync(cacheAt('a-file'), '');
    const { form, told } = await elsewhere('a-file', compiler('never', `touch ${folder}/never.log`));
    expect(form).toBe(wasm);
    expect(told).toMatch(/\(no native code: ENOTDIR: /);
    expect(existsSync(join(folder, 'never.log'))).toBe(false);
  });
});

describe('a compiler', () => {
  it('that makes other bits has its library refused', async (context) => {
    if (here === undefined || process.arch !== 'x64') return context.skip('no library is built here');
    // Every width rounds once where the kernel rounds twice.
    const variables = compiler('rounding', 'PATH=${PATH#*:} exec cc "$@" -O2 -mfma -ffp-contract=fast');
    const { form, told } = await elsewhere('wrong', variables);
    expect(form).toBe(wasm);
    expect(told).toBe(without('at 4 lanes it computes other bits'));
    expect(filesOf('wrong')).toEqual([`kernel-${source}.json`]);
  });

  it('that fails is not asked again for an hour', async () => {
    const variables = compiler(
      'failing',
      `echo asked >> ${folder}/asked; echo "kernel.c:1: error: no" >&2; exit 1`,
    );
    expect(await elsewhere('refused', variables)).toMatchObject({ form: wasm });
    const asked = () => readFileSync(join(folder, 'asked'), 'utf8').split('\n').length;
    const before = asked();
    const { planned } = await elsewhere('refused', variables);
    expect(planned).toMatch(
      /\(no native code: no \(not tried again for an hour, unless .*\.json is removed\)\)$/,
    );
    expect(asked()).toBe(before);
    for (const name of filesOf('refused')) rmSync(join(cacheAt('refused'), 'kshot', name));
    await elsewhere('refused', variables);
    expect(asked()).toBeGreaterThan(before);
  });

  it('that hangs is ended, with what it has started', async () => {
    const variables = compiler('hanging', `sleep 1000 & echo $! >> ${folder}/pids; wait`);
    vi.stubEnv('PATH', variables['PATH']);
    const cache = cacheAt('hung');
    // A folder that a build left which was killed an hour ago.
    const left = join(cache, 'kernel-build-left');
    mkdirSync(left, { recursive: true });
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(left, hourAgo, hourAgo);
    try {
      const built = buildNative(cache, () => join(cache, 'never'), 1_000);
      await expect(built).rejects.toThrow('cc took longer than 1 s');
    } finally {
      vi.unstubAllEnvs();
    }
    expect(readdirSync(cache)).toEqual([]);
    const pids = readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);
    for (const pid of pids) await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), 10_000);
  });
});
