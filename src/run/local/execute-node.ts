import { dirname, join } from 'node:path';
import { FailureError } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import type { JsonObject } from '../../base/json.js';
import { own } from '../../base/own-properties.js';
import type { Engine } from '../../engines/engine.js';
import { engines } from '../../engines/registry.js';
import type { Kind } from '../../kinds/kind.js';
import type { KindContext, Progress } from '../../kinds/kind-body.js';
import type { Executed, ExecuteRequest } from '../executor.js';
import { partialStateIn } from './partial-state.js';
import { stageOutputs } from './staged-outputs.js';

/** What the process around an execution does for it. */
export interface ExecutionHooks {
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
  log(line: string): void;
  printed(ended: readonly string[], open: readonly string[]): void;
  note(line: string): void;
  ownProcessGroup(processId: number): void;
}

/** Runs the body of a kind and stages what it wrote. Throws what the body throws. */
export async function executeNode(
  request: ExecuteRequest,
  kind: Kind,
  hooks: ExecutionHooks,
): Promise<Executed> {
  const { parameters } = request;
  const body = await bodyOf(kind);
  const open: Engine[] = [];
  const context: KindContext = {
    parameters,
    inputs: request.inputs,
    files: request.files,
    output(leafPath) {
      const path = join(request.outputsFolder, leafPath);
      makeFolders(dirname(path));
      return path;
    },
    scratch: request.scratchFolder,
    threads: request.threads,
    gpus: request.gpus,
    memoryBytes: request.memoryBytes,
    async engine(shape) {
      const descriptor = request.engine === undefined ? undefined : engines[request.engine];
      if (descriptor === undefined) {
        throw new FailureError({
          reason: 'bug',
          message: `kind ${kind.name} asks for an engine and was given ${request.engine ?? 'none'}`,
        });
      }
      const { createEngine } = await descriptor.load();
      const [gpu] = request.gpus;
      const engine = await createEngine({
        shape,
        threads: request.threads,
        allowSoftware: request.allowSoftware,
        ...(request.python === undefined ? {} : { python: request.python.program }),
        log: hooks.log,
        ...(gpu === undefined ? {} : { gpuIndex: gpu.index }),
      });
      open.push(engine);
      return engine;
    },
    partial: partialStateIn(request.stateFile),
    environment: environmentOf(request),
    ...(request.tracer === undefined ? {} : { tracer: request.tracer }),
    root: request.root,
    ...(request.python === undefined ? {} : { python: request.python }),
    ...hooks,
  };
  try {
    await body.run(context);
    const device = open.find((engine) => engine.device !== undefined)?.device;
    const outputs = await stageOutputs(request.outputs, request.outputsFolder);
    return { outputs, ...(device === undefined ? {} : { device }) };
  } catch (error) {
    throw withAdvice(error, kind, parameters);
  } finally {
    // An engine whose device is gone cannot close it; what went wrong before is what counts.
    await Promise.allSettled(open.map((engine) => engine.close()));
  }
}

/** @throws FailureError `step-failed` where a variable to be passed on is not set */
function environmentOf({ environment = [] }: ExecuteRequest): KindContext['environment'] {
  const entries = environment.map((name) => [name, own(process.env, name)] as const);
  const missing = entries.flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length > 0) {
    throw new FailureError({
      reason: 'step-failed',
      message: `the step is to be passed ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not set`,
      hint: 'set it where kshot is started: export NAME=VALUE',
    });
  }
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

const bodies = new WeakMap<Kind, ReturnType<Kind['load']>>();

/** Loaded once: even for a module that is there, Node's loader takes a good part of what a small node does. */
function bodyOf(kind: Kind): ReturnType<Kind['load']> {
  const body = bodies.get(kind) ?? kind.load();
  bodies.set(kind, body);
  return body;
}

/** Parameters whose lowering lowers what a device must hold at once, the one that matters most first. */
const sizes = ['meta_batch_size', 'batch_size', 'max_episodes', 'max_prefix_length'];

/** What to do where a device has no memory left, in the words of the step. */
function withAdvice(error: unknown, kind: Kind, parameters: JsonObject): unknown {
  if (!(error instanceof FailureError) || error.failure.reason !== 'device-out-of-memory') return error;
  const known = Object.keys((kind.parameters.schema['properties'] ?? {}) as object);
  const names = sizes
    .filter((name) => known.includes(name))
    .map((name) => (typeof parameters[name] === 'number' ? `${name} (now ${parameters[name]})` : name));
  const lower = names.length === 0 ? '' : `lower ${names.join(' or ')}, `;
  return new FailureError({
    ...error.failure,
    hint: `${lower}end what else uses the device, or compute with --engine wasm; nothing was kept of this step but where it can go on`,
  });
}
