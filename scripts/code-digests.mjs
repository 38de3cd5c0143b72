import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * The digest of each kind's and each engine's code. A kind's starts at its body, which its declaration loads: what only
 * planning reads is in no digest; that of a program at what decides how it is started. It goes over everything that can be reached: modules by static and literal
 * dynamic imports, assets by literal `new URL(..., import.meta.url)`, packages by name and version. Modules count
 * without types, comments and layout. A kind's walk stops at engines/, which have digests of their own.
 */
export async function computeCodeDigests(root, output) {
  const reader = createReader(root, output);
  const { kinds } = await import(pathToFileURL(join(output, 'kinds/registry.js')).href);
  const { engines } = await import(pathToFileURL(join(output, 'engines/registry.js')).href);
  const result = { kinds: {}, engines: {} };

  const fileOfKind = new Map();
  for (const file of readdirSync(join(output, 'kinds'), { recursive: true }).filter(
    (name) => name.endsWith('.js') && !name.endsWith('-body.js') && name !== 'registry.js',
  )) {
    const path = join(output, 'kinds', file);
    for (const value of Object.values(await import(pathToFileURL(path).href))) fileOfKind.set(value, path);
  }
  for (const name of Object.keys(kinds).sort()) {
    const file = fileOfKind.get(kinds[name]);
    if (file === undefined) throw new Error(`kind ${name} is exported by no file of src/kinds`);
    const { loaded } = await reader.module(file);
    if (loaded.length !== 1) {
      throw new Error(
        `the file of kind ${name} has ${loaded.length} literal import() of modules; it wants that of its body`,
      );
    }
    const { codeStart } = kinds[name];
    const start = codeStart === undefined ? loaded[0] : fileURLToPath(codeStart);
    result.kinds[name] = await manifestOf(start, reader, (path) =>
      path.startsWith(join(output, 'engines') + sep),
    );
  }
  for (const name of Object.keys(engines).sort()) {
    // `tfjs:cpu` is engines/tfjs/tfjs-cpu-engine.
    const file = join(output, 'engines', name.split(':')[0], `${name.replace(':', '-')}-engine.js`);
    result.engines[name] = await manifestOf(file, reader, () => false);
  }
  return result;
}

async function manifestOf(entry, reader, stopsAt) {
  const lines = new Set();
  const seen = new Set();
  const waiting = [entry];
  while (waiting.length > 0) {
    const path = waiting.pop();
    if (seen.has(path) || stopsAt(path)) continue;
    seen.add(path);
    const module = await reader.module(path);
    lines.add(`${module.name} ${module.digest}`);
    for (const asset of module.assets) lines.add(`${asset.name} ${asset.digest}`);
    for (const name of module.packages) lines.add(name);
    waiting.push(...module.imports);
  }
  const manifest = `${[...lines].sort().join('\n')}\n`;
  return { digest: sha256(manifest), manifest };
}

function createReader(root, output) {
  const modules = new Map();
  // What lies beside the sources, such as python/, is `../…` from there.
  const nameOf = (path) => posix.join('src', relative(output, path).split(sep).join('/'));
  return {
    async module(path) {
      if (!modules.has(path)) modules.set(path, readModule(path));
      return await modules.get(path);
    },
  };

  async function readModule(path) {
    const text = readFileSync(path, 'utf8');
    const { code } = await transform(text, {
      loader: 'js',
      minifyWhitespace: true,
      legalComments: 'none',
      target: 'node20',
    });
    const name = nameOf(path).replace(/\.js$/, '');
    if (/\bimport\((?!["'])/.test(code)) {
      throw new Error(
        `${name}: import() of something that is not a literal; the code digest cannot follow it`,
      );
    }
    const found = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      plugins: [
        {
          name: 'direct-imports',
          setup: (b) =>
            b.onResolve({ filter: /.*/ }, (args) =>
              args.kind === 'entry-point' ? undefined : { path: args.path, external: true },
            ),
        },
      ],
    });
    const all = Object.values(found.metafile.inputs)[0].imports;
    const modulesOf = (some) =>
      some.filter((one) => one.path.startsWith('.')).map((one) => join(dirname(path), one.path));
    const imports = modulesOf(all);
    const specifiers = all.map((one) => one.path);
    const packages = specifiers
      .filter((one) => !one.startsWith('.') && !one.startsWith('node:'))
      .flatMap((one) => packagesReached(one));
    const urls = [...code.matchAll(/new URL\(([^,()]*),import\.meta\.url\)/g)].map((match) => match[1]);
    const assets = urls.map((literal) => {
      const match = /^["']([^"']+)["']$/.exec(literal);
      if (match === null) throw new Error(`${name}: new URL(${literal}, import.meta.url) is not a literal`);
      const asset = join(dirname(path), match[1]);
      return { path: asset, name: nameOf(asset) };
    });
    return {
      name,
      digest: sha256(code),
      /** Of `imports` those by `import()`. */
      loaded: modulesOf(all.filter((one) => one.kind === 'dynamic-import')),
      imports: [...imports, ...assets.filter((one) => one.path.endsWith('.js')).map((one) => one.path)],
      assets: assets
        .filter((one) => !one.path.endsWith('.js'))
        .map((one) => ({ name: one.name, digest: sha256(readFileSync(one.path)) })),
      packages,
    };
  }

  function packagesReached(specifier) {
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    return packagesBelow(name, '', lockedPackages(root), new Set());
  }
}

/**
 * What package-lock.json says of packages, by path: not what is on this disk, so that the digests are the same
 * whether an optional package could be installed or not. (What another version than the locked one computes, planning
 * tells apart: `installedCode`.)
 */
function lockedPackages(root) {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
}

/** Name and version of a package and of all that it needs, as Node would find them from the folder `from`. */
function packagesBelow(name, from, locked, seen) {
  const path = pathOf(name, from, locked);
  if (seen.has(path)) return [];
  seen.add(path);
  const { version, dependencies = {} } = locked[path];
  return [
    `${name}@${version}`,
    ...Object.keys(dependencies).flatMap((one) => packagesBelow(one, path, locked, seen)),
  ];
}

function pathOf(name, from, locked) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (locked[path] !== undefined) return path;
    if (folder === '')
      throw new Error(`${name}, which ${from || 'kshot'} needs, is not in package-lock.json`);
  }
}
