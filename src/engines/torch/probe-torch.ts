import { FailureError } from '../../base/failure.js';
import { faultRemedy, gradientFault } from '../check-gradient.js';
import type { EngineProbe } from '../engine.js';
import { createEngine } from './torch-engine.js';
import { torchInterpreter } from './torch-interpreter.js';
import { handBack, takeProcess } from './torch-process.js';

/** Starts Python, imports PyTorch, and sees whether it computes what it should. */
export async function probeTorch(chosen?: string): Promise<EngineProbe> {
  const process = takeProcess(torchInterpreter(chosen));
  try {
    const { torch, python, executable, environment, cuda, device } = await process.describe();
    handBack(process);
    const versions = { torch, python, ...(cuda === undefined ? {} : { cuda }) };
    const fault = await gradientFault((options) =>
      createEngine({ ...options, ...(chosen === undefined ? {} : { python: chosen }), allowSoftware: true }),
    );
    if (fault !== undefined) return { available: false, why: fault, remedy: faultRemedy, versions };
    return {
      available: true,
      device: device ?? 'the CPU',
      interpreter: environment === undefined ? executable : `${executable} (environment ${environment})`,
      ...(cuda === undefined ? { software: true } : {}),
      versions,
    };
  } catch (error) {
    process.end();
    if (!(error instanceof FailureError)) throw error;
    const { message, hint, reason, details = [] } = error.failure;
    return {
      available: false,
      why: details.length === 0 ? message : `${message}: ${details.at(-1)}`,
      ...(hint === undefined ? {} : { remedy: hint }),
      ...(reason === 'engine-unavailable' ? {} : { passing: true }),
      versions: {},
    };
  }
}
