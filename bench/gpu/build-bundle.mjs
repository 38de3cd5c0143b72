// What `npm run bench:gpu` runs: packs the GPU benchmark into one archive that runs on a bare Linux x86-64 machine with a
// driver. What goes in is what is built and installed here.
//
//   npm run bench:gpu [-- --out FILE]
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { writeEpisodes } from './write-episodes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const mebibyte = 2 ** 20;
const largest = 60 * mebibyte;

const { values: options } = parseArgs({
  options: { out: { type: 'string', default: join(root, 'bench/gpu/out/kshot-gpu.tar.gz') } },
});
const archive = resolve(options.out);
if (process.platform !== 'linux' || process.arch !== 'x64') {
  stop('the bundle takes Node and Dawn from this machine, so it is built on Linux x86-64');
}
const stage = mkdtempSync(join(tmpdir(), 'kshot-gpu-bundle-'));
try {
  const folder = join(stage, 'kshot-gpu');
  mkdirSync(join(folder, 'episodes'), { recursive: true });
  await bundleProgram(join(folder, 'program'));
  copyPackages(join(folder, 'program/node_modules'));
  copyNode(join(folder, 'node'));
  copyLibraries(folder);
  await writeEpisodes(join(folder, 'episodes'));
  mkdirSync(join(folder, 'pytorch'));
  for (const script of ['maml.py', 'shared_prefixes.py', 'batched.py', 'time_forms.py']) {
    copyFileSync(join(root, 'bench/pytorch', script), join(folder, 'pytorch', script));
  }
  copyFileSync(join(root, 'bench/gpu/run.sh'), join(folder, 'run.sh'));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'licences/kshot'));

  mkdirSync(dirname(archive), { recursive: true });
  const packed = `${archive}.${process.pid}`;
  execFileSync('tar', ['-czf', packed, '--owner=0', '--group=0', '-C', stage, 'kshot-gpu']);
  renameSync(packed, archive);
  const { size } = statSync(archive);
  console.log(`${archive}: ${(size / mebibyte).toFixed(1)} MiB`);
  if (size > largest) stop(`the archive is over ${largest / mebibyte} MiB`);
  console.log('on the machine with the GPU: tar -xzf kshot-gpu.tar.gz && kshot-gpu/run.sh');
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** The measuring programs with the engines, and the kernel beside them. */
async function bundleProgram(folder) {
  await build({
    entryPoints: ['measure', 'engine-case', 'probe-adapter'].map((name) =>
      join(root, `bench/gpu/${name}.mjs`),
    ),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Packages go in as they are installed: Dawn is a binary, and TensorFlow.js has to be there once.
    packages: 'external',
    logLevel: 'warning',
  });
  const engines = join(root, 'dist/engines');
  const assets = readdirSync(engines, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !/\.js(\.map)?$/.test(entry.name),
  );
  for (const { parentPath, name } of assets) {
    const target = join(folder, name);
    if (existsSync(target)) stop(`two files of the engines are called ${name}`);
    copyFileSync(join(parentPath, name), target);
  }
}

/** The packages that the engines load, of each what Node loads of it. */
function copyPackages(folder) {
  for (const [name, files] of Object.entries({
    webgpu: ['index.js', 'LICENSE.md', 'dist/linux-x64'],
    '@tensorflow/tfjs-core': ['dist/tf-core.node.js'],
    '@tensorflow/tfjs-backend-cpu': ['dist/tf-backend-cpu.node.js'],
    '@tensorflow/tfjs-backend-webgpu': ['dist/tf-backend-webgpu.node.js'],
    // What these need.
    'node-fetch': ['lib', 'LICENSE.md'],
    seedrandom: ['index.js', 'seedrandom.js', 'lib'],
    'whatwg-url': ['lib', 'LICENSE.txt'],
    tr46: ['index.js', 'lib'],
    'webidl-conversions': ['lib', 'LICENSE.md'],
  })) {
    const from = join(root, 'node_modules', name);
    if (!existsSync(from)) stop(`the package ${name} is not installed`);
    for (const file of ['package.json', ...files]) {
      cpSync(join(from, file), join(folder, name, file), { recursive: true });
    }
  }
}

/** This Node, without its symbols where `strip` is at hand. */
function copyNode(target) {
  if (/libnode\.so/.test(spawnSync('ldd', [process.execPath], { encoding: 'utf8' }).stdout ?? '')) {
    stop(`${process.execPath} keeps most of itself in libnode.so; build with the Node that nodejs.org gives`);
  }
  copyFileSync(process.execPath, target);
  const { status } = spawnSync('strip', [target]);
  if (status !== 0) console.log('strip is not at hand: the archive is a little larger');
}

/**
 * For machines that lack them: the Vulkan loader, and what NVIDIA's usual Vulkan driver is linked to (X11 and libglvnd).
 * From this machine's packages, with their licences (Apache-2.0, MIT and BSD).
 */
function copyLibraries(folder) {
  mkdirSync(join(folder, 'licences'), { recursive: true });
  const wanted = [
    { kind: 'vulkan', name: 'libvulkan.so.1', debianPackage: 'libvulkan1' },
    { kind: 'x11', name: 'libX11.so.6', debianPackage: 'libx11-6' },
    { kind: 'x11', name: 'libXext.so.6', debianPackage: 'libxext6' },
    { kind: 'x11', name: 'libxcb.so.1', debianPackage: 'libxcb1' },
    { kind: 'x11', name: 'libXau.so.6', debianPackage: 'libxau6' },
    { kind: 'x11', name: 'libXdmcp.so.6', debianPackage: 'libxdmcp6' },
    { kind: 'x11', name: 'libbsd.so.0', debianPackage: 'libbsd0' },
    { kind: 'x11', name: 'libmd.so.0', debianPackage: 'libmd0' },
    { kind: 'x11', name: 'libGLdispatch.so.0', debianPackage: 'libglvnd0' },
  ];
  const known = (spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '').split('\n');
  for (const { kind, name, debianPackage } of wanted) {
    const path = known.find((line) => line.includes(`${name} (`) && line.includes('x86-64'))?.split('=> ')[1];
    const licence = `/usr/share/doc/${debianPackage}/copyright`;
    if (path === undefined || !existsSync(licence)) {
      console.log(`left out of the bundle: ${name}, which Debian's ${debianPackage} would bring`);
      continue;
    }
    mkdirSync(join(folder, 'lib', kind), { recursive: true });
    copyFileSync(realpathSync(path), join(folder, 'lib', kind, name));
    copyFileSync(licence, join(folder, 'licences', debianPackage));
  }
}

function stop(message) {
  console.error(`bench:gpu: ${message}`);
  process.exit(1);
}
