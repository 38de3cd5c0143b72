// One thread of the engine: the kernel over the shared memory, which does what it is told and says so.
import { parentPort, workerData } from 'node:worker_threads';
import { openKernel } from './open-kernel.mjs';

const { form, memory, control, shape } = workerData;
const kernel = openKernel(form, memory, control, shape);
// Ready. Before this, the memory must not grow: a thread that it grows under while it is being received keeps the old
// size, which V8 then tells it of only when it grows again; loads and stores work, copies, fills and atomics trap.
parentPort.postMessage(null);

parentPort.on('message', ({ call, queue, arena, bytes }) => {
  // To grow by nothing makes this thread look at the size there is.
  if (memory.buffer.byteLength < bytes) memory.grow(0);
  if (memory.buffer.byteLength < bytes) {
    throw new Error(`a thread sees ${memory.buffer.byteLength} bytes of memory, and needs ${bytes}`);
  }
  if (call === 'workOff') kernel.workOff(queue, arena);
  else kernel.addUp(queue);
  parentPort.postMessage(null);
});
