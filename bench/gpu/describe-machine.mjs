// What a table of timings has to name: processor, GPU, driver, system, PyTorch.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** Of this machine, one line each. */
export function describeMachine() {
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(read('/etc/os-release'))?.[1] ?? 'unknown distribution';
  const lines = [
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; ${system}, Node ${process.version}`,
  ];
  const smi = spawnSync(
    'nvidia-smi',
    ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'],
    {
      encoding: 'utf8',
      timeout: 30_000,
    },
  );
  if (smi.status === 0) for (const line of smi.stdout.trim().split('\n')) lines.push(`GPU: ${line}`);
  else {
    const driver = /Kernel Module(?: for \S+)?\s+([\d.]+)/.exec(read('/proc/driver/nvidia/version'))?.[1];
    lines.push(`nvidia-smi: does not run here${driver ? `; the kernel's NVIDIA driver is ${driver}` : ''}`);
  }
  return { lines };
}

/** The first Python with PyTorch: `{path, torch, cuda}` (`cuda` null without a device), or `{absent: why}`. */
export function findPython() {
  const program =
    'import json, torch, numpy; print(json.dumps([torch.__version__, torch.version.cuda if torch.cuda.is_available() else None]))';
  const why = [];
  for (const path of [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter(Boolean)) {
    const { status, stdout, stderr, error } = spawnSync(path, ['-c', program], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    if (status === 0) {
      const [torch, cuda] = JSON.parse(stdout);
      return { path, torch, cuda };
    }
    why.push(
      error?.code === 'ENOENT'
        ? `there is no ${path}`
        : `${path}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`,
    );
  }
  return { absent: why.join('; ') };
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
