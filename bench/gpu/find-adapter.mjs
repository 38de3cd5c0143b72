// Finds the environment in which Dawn sees a device: the system's own, else with the bundled Vulkan loader, else with a
// description of NVIDIA's driver that says which library it is.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const manifestFolders = [
  '/usr/share/vulkan/icd.d',
  '/etc/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/usr/local/nvidia/share/vulkan/icd.d',
];
const driverFolders = ['/usr/local/nvidia/lib64', '/usr/local/nvidia/lib', '/usr/lib/wsl/lib'];
const swiftshader = ['/usr/lib/chromium/vk_swiftshader_icd.json'];

/**
 * Tries one environment after the other until Dawn shows an adapter of the wanted sort (`hardware` or `software`).
 *
 * @returns `{found: {adapter, names, how, environment} | undefined, tried: [{how, seen}, ...]}`
 */
export function findAdapter(sort, workFolder) {
  const tried = [];
  for (const { how, environment } of candidates(sort, workFolder)) {
    const report = probe(environment);
    const { adapter, names = [], error } = report;
    if (adapter !== undefined && adapter.software === (sort === 'software')) {
      return { found: { adapter, names, how, environment }, tried };
    }
    const seen =
      error ?? (adapter === undefined ? 'no adapter' : `only ${adapter.description || adapter.device}`);
    tried.push({ how, seen, environment });
  }
  return { found: undefined, tried };
}

/** What the Vulkan loader itself says in this environment, each line once. */
export function loaderMessages(environment) {
  const { messages } = probe({ ...environment, VK_LOADER_DEBUG: 'error,warn,driver' });
  return [...new Set(messages.split('\n').filter((line) => line.trim() !== ''))].join('\n');
}

function probe(environment) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [join(here, 'probe-adapter.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: 60_000,
  });
  try {
    return { ...JSON.parse(stdout), messages: stderr };
  } catch {
    return {
      error: `the probe ended with ${signal ?? status}: ${stderr.trim().split('\n').at(-1)}`,
      messages: stderr,
    };
  }
}

function* candidates(sort, workFolder) {
  // Mesa's window-system layers complain where it is unset.
  const base = process.env.XDG_RUNTIME_DIR === undefined ? { XDG_RUNTIME_DIR: workFolder } : {};
  yield { how: "the system's own Vulkan", environment: base };
  const loaders = [
    { name: "the system's Vulkan loader", folders: [] },
    { name: 'the bundled Vulkan loader', folders: ['vulkan'] },
    { name: 'the bundled Vulkan loader, X11 and libglvnd', folders: ['vulkan', 'x11'] },
  ];
  for (const { name, folders } of loaders) {
    const libraries = folders.map((folder) => join(here, '../lib', folder));
    if (!libraries.every((folder) => existsSync(folder))) continue;
    const path = [
      ...libraries,
      ...driverFolders.filter((folder) => existsSync(folder)),
      process.env.LD_LIBRARY_PATH,
    ];
    const libraryPath = path.filter(Boolean).join(':');
    const environment = libraryPath === '' ? base : { ...base, LD_LIBRARY_PATH: libraryPath };
    if (libraries.length > 0) yield { how: name, environment };
    for (const manifest of sort === 'software'
      ? swiftshader.filter((file) => existsSync(file))
      : manifests(workFolder)) {
      // The second name is what loaders before 1.3.207 know.
      yield {
        how: `${name} with ${manifest}`,
        environment: { ...environment, VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest },
      };
    }
  }
}

/** Descriptions of NVIDIA's driver: those that are there, then our own for its libraries with X11 and without. */
function manifests(workFolder) {
  const there = manifestFolders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /nvidia.*\.json$/.test(name))
          .map((name) => join(folder, name))
      : [],
  );
  mkdirSync(workFolder, { recursive: true });
  const own = ['libGLX_nvidia.so.0', 'libEGL_nvidia.so.0'].map((library) => {
    const file = join(workFolder, `${library}.json`);
    writeFileSync(
      file,
      JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.3.0' } }),
    );
    return file;
  });
  return [...there, ...own];
}
