// One thread of the engine: an instance of the kernel over the shared memory, which does what it is told and says so.
// Plain JavaScript that imports nothing of kshot, so that a thread starts from the sources as it does from the build.
import { parentPort, workerData } from 'node:worker_threads';

const { module, memory, control, shape } = workerData;
const { exports: kernel } = new WebAssembly.Instance(module, {
  env: { memory, abort: () => process.exit(70) },
});
kernel.start(control);
kernel.configure(...shape);

parentPort.on('message', ({ call, queue, arena }) => {
  if (call === 'workOff') kernel.workOff(queue, arena);
  else kernel.addUp(queue);
  parentPort.postMessage(null);
});
