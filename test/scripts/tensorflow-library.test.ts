import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const script = fileURLToPath(new URL('../../scripts/tensorflow-library.mjs', import.meta.url));
const headers = join(process.execPath, '../../include/node/node_api.h');
const lacking =
  process.platform !== 'linux' || process.arch !== 'x64'
    ? 'the library is for Linux on x86-64'
    : ['c++', 'python3'].find((program) => spawnSync(program, ['--version']).status !== 0);
const skip = lacking !== undefined || !existsSync(headers);
if (skip) console.warn(`skipping the script that gets TensorFlow's library: ${lacking ?? `no ${headers}`}`);

/** In the place of pip: it says that it was asked, and gives a wheel that was made here, or fails. */
const python = `#!/bin/sh
real=$(PATH="\${PATH#*:}" command -v python3)
[ "$1 $2" = "-m pip" ] || exec "$real" "$@"
echo asked >>"$PROJECT/asked"
while [ "$1" != --dest ]; do shift; done
[ -z "$UNREACHABLE" ] && cp "$PROJECT/made.whl" "$2/tensorflow.whl"
`;

/** A wheel as TensorFlow's: two libraries, headers, and what nobody wants. */
const wheel = `
import os, subprocess, zipfile
flags = ["cc", "-shared", "-fPIC", "-x", "c"]
for name, source in [("framework", "int framework(void) { return 2; }"), ("cc", "int answer(void) { return 15; }")]:
    file = "libtensorflow_%s.so.2" % name
    subprocess.run([*flags, "-", "-o", file, "-Wl,-soname," + file], input=source.encode(), check=True)
with zipfile.ZipFile("made.whl", "w") as made:
    for name in ("framework", "cc"):
        made.write("libtensorflow_%s.so.2" % name, "tensorflow/libtensorflow_%s.so.2" % name)
    made.writestr("tensorflow/include/tensorflow/c/c_api.h", 'extern "C" int answer(void);')
    made.writestr("tensorflow/python/large.so", "")
    made.writestr("nvidia/cudnn/lib/libcudnn.so.8", "")
`;

const binding = `
#include <node_api.h>
#include "tensorflow/c/c_api.h"
static napi_value start(napi_env env, napi_value exports) {
  napi_value version;
  napi_create_int32(env, answer(), &version);
  napi_set_named_property(env, exports, "version", version);
  return exports;
}
NAPI_MODULE(tfjs_binding, start)
`;

describe.skipIf(skip)("what gets TensorFlow's library", () => {
  let project: Project;
  const folder = 'node_modules/@tensorflow/tfjs-node-gpu';
  const get = (environment: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [project.path('scripts/tensorflow-library.mjs'), '--cpu'], {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${project.path('bin')}:${process.env['PATH']}`,
        PROJECT: project.root,
        XDG_CACHE_HOME: project.path('cached'),
        ...environment,
      },
    });
  const timesAsked = () =>
    existsSync(project.path('asked')) ? project.read('asked').trim().split('\n').length : 0;

  beforeAll(() => {
    project = temporaryProject({
      files: {
        'package.json': JSON.stringify({ optionalDependencies: { '@tensorflow/tfjs-node-gpu': '4.22.0' } }),
        [`${folder}/package.json`]: JSON.stringify({ version: '4.22.0' }),
        [`${folder}/binding/tfjs_backend.cc`]: '',
        [`${folder}/binding/tfjs_binding.cc`]: binding,
        // What the package's own installation left.
        [`${folder}/deps/lib/libtensorflow.so.2`]: 'an older library',
        'bin/python3': python,
      },
    });
    chmodSync(project.path('bin/python3'), 0o755);
    cpSync(script, project.path('scripts/tensorflow-library.mjs'));
    execFileSync('python3', ['-c', wheel], { cwd: project.root });
  });

  it('says what failed, leaves the package as it was, and nothing half made', () => {
    const { status, stderr } = get({ UNREACHABLE: 'yes' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('tensorflow-library: python3 pip failed: exit code 1'),
    });
    expect(project.read(`${folder}/deps/lib/libtensorflow.so.2`)).toBe('an older library');
    expect(readdirSync(project.path('cached/kshot'))).toEqual([]);
  });

  it('makes a binding that loads, from the library of the wheel, and fetches nothing twice', () => {
    // Of a call that was killed.
    const abandoned = 'cached/kshot/tensorflow-2.15.1-cpu-tfjs-4.22.0.part-4194305';
    project.write(`${abandoned}/wheels/half`, '');
    const asked = timesAsked();
    for (let call = 0; call < 2; call++) {
      const { status, stderr } = get();
      expect(status, stderr).toBe(0);
      const file = join(realpathSync(project.path(folder)), 'lib/napi-v8/tfjs_binding.node');
      const printed = execFileSync(process.execPath, ['-p', `require(${JSON.stringify(file)}).version`]);
      expect(printed.toString()).toBe('15\n');
      // As npm does with the package.
      for (const name of ['deps', 'lib']) rmSync(project.path(`${folder}/${name}`));
    }
    expect(timesAsked()).toBe(asked + 1);
    expect(existsSync(project.path(abandoned))).toBe(false);
    const made = readdirSync(project.path('cached/kshot'));
    expect(made).toEqual(['tensorflow-2.15.1-cpu-tfjs-4.22.0']);
    const inside = readdirSync(project.path(`cached/kshot/${made[0]}`), {
      recursive: true,
      encoding: 'utf8',
    });
    expect(inside.filter((name) => /\.\w+$|\.\d$/.test(name)).sort()).toEqual([
      'deps/lib/libtensorflow_cc.so.2',
      'deps/lib/libtensorflow_framework.so.2',
      'deps/nvidia/cudnn/lib/libcudnn.so.8',
      'lib/napi-v8/tfjs_binding.node',
    ]);
  });
});
