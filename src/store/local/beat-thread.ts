import { parentPort, workerData } from 'node:worker_threads';
import { beatAgain } from './beat-again.js';

/** A thread that rewrites files for as long as its process lives: `beats.ts` says which. */
let files: readonly string[] = [];
parentPort?.on('message', (chosen: readonly string[]) => {
  files = chosen;
});
setInterval(() => {
  for (const file of files) beatAgain(file);
}, workerData as number);
