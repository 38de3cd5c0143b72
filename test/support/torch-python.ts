import { spawnSync } from 'node:child_process';

/** Debian's, where python3-torch is installed; by another name in the variable. */
const python = process.env['KSHOT_TEST_TORCH'] ?? '/usr/bin/python3';

/** A Python with PyTorch, as PATH has to begin for the engine to take it; `skip` where there is none, which is said. */
export function torchPython(): { readonly skip: boolean; readonly path: string } {
  const probe = spawnSync(python, ['-c', 'import importlib.util as i; assert i.find_spec("torch")']);
  if (probe.status !== 0) console.warn(`skipping tests of the engine torch: ${python} has no torch`);
  const folder = python.replace(/\/[^/]*$/, '');
  return { skip: probe.status !== 0, path: `${folder}:${process.env['PATH']}` };
}
