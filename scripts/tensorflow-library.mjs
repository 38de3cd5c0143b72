// Gives @tensorflow/tfjs-node-gpu TensorFlow's library out of its wheel on PyPI, for machines that do not reach the
// host that the package's own installation takes an older one from, and for CUDA 12.
//
//   node scripts/tensorflow-library.mjs [--cpu]            in a checkout
//   node node_modules/kshot/scripts/tensorflow-library.mjs [--cpu]
//
// It fetches TensorFlow with CUDA and NVIDIA's libraries (2 GB, 3.6 GB on disk), with --cpu the smaller build that has
// neither (0.2 GB, 0.6 GB on disk); compiles the package's binding against it, and leaves both in ~/.cache/kshot
// (XDG_CACHE_HOME), to which the package gets links. `npm ci` and `npm install` remove the package again: another call
// then takes seconds. It may be ended at any time, and run by several at once.
//
// Linux on x86-64; python3 with pip, a C++ compiler, Node's headers. Not for an installation with `npm install -g`.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const packageName = '@tensorflow/tfjs-node-gpu';
const version = '2.15.1';

/** Wheels, and what each must be: a library that is loaded into the process is none to take from just anybody. */
const forCpu = [
  `tensorflow-cpu==${version} --hash=sha256:54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26`,
];
/** What TensorFlow's own extra `and-cuda` names, less what it asks for to compile, to profile and for several machines. */
const forCuda = [
  `tensorflow==${version} --hash=sha256:bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4`,
  'nvidia-cublas-cu12==12.2.5.6 --hash=sha256:f448d8db463f9a2c7dd9a1e607c0961d3e95f825b86839c5882f7d073d406df0',
  'nvidia-cuda-cupti-cu12==12.2.142 --hash=sha256:ce68d1009dd14215e38ed49643d31374c71d6fea381181cb0b9da7f19dfd1624',
  'nvidia-cuda-runtime-cu12==12.2.140 --hash=sha256:acb9cb7e44594a3512533497ea790d9f0b0e399abcc888584c157d1ffa080e41',
  'nvidia-cudnn-cu12==8.9.4.25 --hash=sha256:9f882d5b11753c566fd32427839089eb4f8ba7a58c28446ad359e32c40229723',
  'nvidia-cufft-cu12==11.0.8.103 --hash=sha256:72e961e578f9be9e316ccb4db8652c421dd0b57442624faa71061d452f449a67',
  'nvidia-cusolver-cu12==11.5.2.141 --hash=sha256:5a85c4653ce34339a5688137f494a0f903e0f0532418550998167f00844161da',
  'nvidia-cusparse-cu12==12.1.2.141 --hash=sha256:4e13d6a51d2303dcb2a023ba09546811161f0334fc64e13689397bbd3b1eb126',
  'nvidia-nvjitlink-cu12==12.2.140 --hash=sha256:95635cafbf9f96c38bea5200ab145a2e6aefbb5405e0b04c1e4ba54df2d84ec9',
];

/** Takes out of wheels what is used of them; the wheels go, so that they and the library are never both there whole. */
const unpack = `
import os, re, shutil, sys, zipfile
wheels, to = sys.argv[1:]
places = [
    (r"tensorflow/(libtensorflow_(?:cc|framework)\\.so\\.2)", "deps/lib"),
    (r"(nvidia/\\w+/lib/[^/]+\\.so[^/]*)", "deps"),
    (r"tensorflow/include/((?:tensorflow|tsl|external)/(?:.*/)?(?:c/.*|ctstring\\w*|macros)\\.h)", "include"),
]
for name in os.listdir(wheels):
    with zipfile.ZipFile(os.path.join(wheels, name)) as wheel:
        for member in wheel.namelist():
            for pattern, folder in places:
                found = re.fullmatch(pattern, member)
                if found is None: continue
                path = os.path.join(to, folder, found.group(1))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with wheel.open(member) as source, open(path, "wb") as target: shutil.copyfileobj(source, target, 1 << 20)
    os.remove(os.path.join(wheels, name))
`;

const { values: options } = parseArgs({ options: { cpu: { type: 'boolean', default: false } } });
const here = dirname(dirname(fileURLToPath(import.meta.url)));
const platform = `${process.platform}-${process.arch}`;
if (platform !== 'linux-x64') fail(`TensorFlow's library with CUDA is for linux-x64, this is ${platform}`);
const folder = installedPackage() ?? installPackage();
const made = library(folder);
link(join(made, 'deps'), join(folder, 'deps'));
// Last: this is what makes the package load.
link(join(made, 'lib'), join(folder, 'lib'));
console.log(`${packageName} computes with TensorFlow ${version} of ${made}; kshot doctor says on what`);

/** Where kshot loads the package from. */
function installedPackage() {
  for (let at = here; ; at = dirname(at)) {
    const found = join(at, 'node_modules', packageName);
    if (existsSync(join(found, 'package.json'))) return found;
    if (dirname(at) === at) return undefined;
  }
}

/** Installs the package without the script that fetches its own library. */
function installPackage() {
  const inside = here.split('/node_modules/');
  const project = inside.length === 1 ? here : inside.slice(0, -1).join('/node_modules/');
  const wanted = `${packageName}@${wantedVersion()}`;
  if (!existsSync(join(project, 'package.json'))) {
    fail(
      `${project} is no project of npm: add ${wanted} there yourself, without its script, and run this again`,
    );
  }
  run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', wanted], {
    cwd: project,
  });
  return installedPackage() ?? fail(`npm has installed ${wanted}, but not where kshot would load it from`);
}

function wantedVersion() {
  return JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).optionalDependencies[packageName];
}

/** The folder of the library and the binding to it, made where it is not there yet: whole, or not at all. */
function library(packageFolder) {
  const { version: bindingVersion } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kshot');
  const name = `tensorflow-${version}-${options.cpu ? 'cpu' : 'cuda'}-tfjs-${bindingVersion}`;
  const final = join(cache, name);
  if (existsSync(final)) return final;
  const headers = nodeHeaders();
  removeAbandoned(cache, `${name}.part-`);
  const part = join(cache, `${name}.part-${process.pid}`);
  mkdirSync(join(part, 'wheels'), { recursive: true });
  process.on('exit', () => rmSync(part, { recursive: true, force: true }));
  const requirements = join(part, 'requirements.txt');
  writeFileSync(requirements, `${(options.cpu ? forCpu : forCuda).join('\n')}\n`);
  console.log(`fetching TensorFlow ${version}, ${options.cpu ? '0.2 GB' : 'with CUDA, 2 GB'}`);
  // Which Python a wheel is for does not matter to what is taken from it.
  const anyPython = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311', '--abi', 'none'];
  const platforms = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'];
  run('python3', [
    ...['-m', 'pip', 'download', '--no-deps', '--no-cache-dir', '--only-binary=:all:', ...anyPython],
    ...platforms.flatMap((one) => ['--platform', one]),
    ...['--require-hashes', '--dest', join(part, 'wheels'), '-r', requirements],
    ...(process.stderr.isTTY ? [] : ['--quiet']),
  ]);
  run('python3', ['-c', unpack, join(part, 'wheels'), part]);
  compile(packageFolder, part, headers);
  for (const done of ['wheels', 'requirements.txt', 'include']) {
    rmSync(join(part, done), { recursive: true, force: true });
  }
  try {
    renameSync(part, final);
  } catch (error) {
    // Another call was faster.
    if (!existsSync(final)) throw error;
  }
  return final;
}

/** The binding of the package's sources to the library, which is loaded once to see that it can be. */
function compile(packageFolder, part, headers) {
  const target = join(part, 'lib/napi-v8');
  mkdirSync(target, { recursive: true });
  const binding = join(target, 'tfjs_binding.node');
  run(process.env.CXX || 'c++', [
    ...['-O1', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-o', binding],
    ...[`-I${headers}`, `-I${join(part, 'include')}`],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(packageFolder, 'binding', file)),
    // From the place of the binding itself, and so wherever the folder is moved to.
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ...[`-L${join(part, 'deps/lib')}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
  ]);
  run(process.execPath, ['-e', 'require(process.argv[1])', binding], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
}

function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const places = ['include/node', 'include/nodejs/src'].map((place) => join(prefix, place));
  return (
    places.find((place) => existsSync(join(place, 'node_api.h'))) ??
    fail(
      `no node_api.h in ${places.join(' or ')}: a Node of nodejs.org brings it, for Debian's there is libnode-dev`,
    )
  );
}

/** What calls left behind that were killed. */
function removeAbandoned(cache, prefix) {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length)))) continue;
    rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Puts a link in the place of whatever is there. */
function link(target, path) {
  const fresh = `${path}.${process.pid}`;
  symlinkSync(target, fresh);
  rmSync(path, { recursive: true, force: true });
  renameSync(fresh, path);
}

function run(program, args, settings = {}) {
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit', ...settings });
  if (status === 0) return;
  const shown = args.find((one) => !one.startsWith('-')) ?? '';
  fail(`${program} ${shown} failed: ${error?.message ?? signal ?? `exit code ${status}`}`);
}

function fail(message) {
  console.error(`tensorflow-library: ${message}`);
  process.exit(1);
}
