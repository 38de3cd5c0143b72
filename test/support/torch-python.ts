import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { dirname } from 'node:path';

/** Debian's python3-torch, which is 1.13 there, or by another name in the variable. */
const anyTorch = process.env['KSHOT_TEST_TORCH'] ?? '/usr/bin/python3';
/** What scripts/fetch-test-torch.sh makes, or by another name in the variable. */
const torch2 =
  process.env['KSHOT_TEST_TORCH2'] ??
  `${process.env['XDG_CACHE_HOME'] ?? `${homedir()}/.cache`}/kshot-tests/torch/bin/python3`;

/** A Python with PyTorch, and a PATH that begins with it; `skip` where there is none, which is said. */
export interface TorchPython {
  readonly skip: boolean;
  readonly python: string;
  readonly path: string;
}

/** With PyTorch of any version that the built-in GRU runs on. */
export function torchPython(): TorchPython {
  return withTorch(anyTorch);
}

/** With PyTorch 2, which models of the user's want. */
export function torch2Python(): TorchPython {
  return withTorch(torch2);
}

function withTorch(python: string): TorchPython {
  // Importing it takes seconds.
  const probe = spawnSync(python, ['-c', 'import importlib.util as i; assert i.find_spec("torch")']);
  if (probe.status !== 0) console.warn(`skipping tests of the engine torch: ${python} has no torch`);
  return { skip: probe.status !== 0, python, path: `${dirname(python)}:${process.env['PATH']}` };
}
