import { expect, it } from 'vitest';
import type { EngineProbe } from '../../src/engines/engine.js';
import { probeInProcess, withMissingLibraries } from '../../src/engines/probe-in-process.js';

it('a process that ends without an answer is a probe that failed, and may not be kept', async () => {
  expect(await probeInProcess('no-such-engine')).toMatchObject({
    available: false,
    why: expect.stringContaining('exit code 1'),
    passing: true,
  });
});

it('TensorFlow without a GPU is told with the libraries that it missed, each once', () => {
  const log = ['libcudart.so.11.0', 'libcudnn.so.8', 'libcudart.so.11.0']
    .map(
      (name) =>
        `2026-01-07 10:00:00.000000: W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library '${name}'; dlerror: ${name}: cannot open shared object file: No such file or directory`,
    )
    .join('\n');
  const onCpu: EngineProbe = { available: true, device: 'the CPU, no GPU', software: true, versions: {} };
  expect(withMissingLibraries(onCpu, log)).toMatchObject({
    device: 'the CPU, no GPU (libcudart.so.11.0, libcudnn.so.8 cannot be loaded)',
  });
  const onGpu: EngineProbe = { available: true, device: 'NVIDIA H100', versions: {} };
  expect(withMissingLibraries(onGpu, log)).toBe(onGpu);
  expect(withMissingLibraries(onCpu, '')).toBe(onCpu);
  // As 2.15 says it.
  const later =
    "2026-01-07 10:00:00.000000: I external/local_tsl/tsl/platform/default/dso_loader.cc:63] Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file: No such file or directory";
  expect(withMissingLibraries(onCpu, later)).toMatchObject({
    device: 'the CPU, no GPU (libcudnn.so.8 cannot be loaded)',
  });
});
