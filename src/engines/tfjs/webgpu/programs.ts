import { backwardProgram, forwardProgram } from './cell-programs.js';
import {
  beforeTangentProgram,
  denseProgram,
  embeddingProgram,
  inputProgram,
  inputTangentProgram,
  recurrentTangentProgram,
} from './gradient-programs.js';
import { headProgram, headTangentProgram, rankProgram } from './head-programs.js';
import { dialect, type PackedShape, type Program } from './program.js';
import { elementwiseProgram, packProgram, squaresProgram, sumProgram } from './vector-programs.js';

/** The programs that go over rows, slots or pairs, several to a workgroup. */
export interface LanePrograms {
  readonly input: Program;
  readonly forward: Program;
  readonly head: Program;
  readonly rank: Program;
  readonly backward: Program;
  readonly inputTangent: Program;
  readonly recurrentTangent: Program;
  readonly beforeTangent: Program;
  readonly forwardTangent: Program;
  readonly headTangent: Program;
  readonly backwardTangent: Program;
}

export interface Programs {
  /** Threads of a workgroup. */
  readonly threads: number;
  /** By how many a workgroup takes at once. */
  readonly lanes: { readonly 1: LanePrograms; readonly 4: LanePrograms };
  readonly dense: Program;
  readonly denseTangent: Program;
  readonly embedding: Program;
  readonly embeddingTangent: Program;
  readonly scale: Program;
  readonly product: Program;
  readonly addProduct: Program;
  readonly descendByRate: Program;
  readonly descendByRates: Program;
  readonly pack: Program;
  readonly sum: Program;
  readonly squares: Program;
}

/** Models narrower than this are done before a program would be compiled for them alone. */
const leastUnitsToCompileFor = 32;

const built = new Map<string, Programs>();

/** The programs for a shape: the same objects again for shapes that share them, so that pipelines are shared too. */
export function programsFor(shape: PackedShape): Programs {
  const own = shape.hidden >= leastUnitsToCompileFor ? shape : undefined;
  const key = own === undefined ? '' : `${shape.items} ${shape.embedding} ${shape.hidden}`;
  let programs = built.get(key);
  if (programs === undefined) {
    programs = buildPrograms(own);
    built.set(key, programs);
  }
  return programs;
}

function buildPrograms(shape: PackedShape | undefined): Programs {
  const form = dialect(shape, 1);
  return {
    threads: form.threads,
    lanes: { 1: lanePrograms(shape, 1), 4: lanePrograms(shape, 4) },
    dense: denseProgram(form, false),
    denseTangent: denseProgram(form, true),
    embedding: embeddingProgram(form, false),
    embeddingTangent: embeddingProgram(form, true),
    scale: elementwiseProgram(form, 'scale', ['third'], 'call.rate * c'),
    product: elementwiseProgram(form, 'product', ['first', 'second'], 'a * b'),
    addProduct: elementwiseProgram(form, 'add product', ['first', 'second', 'third'], 'c + a * b'),
    descendByRate: elementwiseProgram(form, 'descend by rate', ['first', 'third'], 'a - call.rate * c'),
    descendByRates: elementwiseProgram(form, 'descend by rates', ['first', 'second', 'third'], 'a - b * c'),
    pack: packProgram(form),
    sum: sumProgram(form),
    squares: squaresProgram(form),
  };
}

function lanePrograms(shape: PackedShape | undefined, lanes: 1 | 4): LanePrograms {
  const form = dialect(shape, lanes);
  return {
    input: inputProgram(form),
    forward: forwardProgram(form, false),
    head: headProgram(form),
    rank: rankProgram(form),
    backward: backwardProgram(form, false),
    inputTangent: inputTangentProgram(form),
    recurrentTangent: recurrentTangentProgram(form),
    beforeTangent: beforeTangentProgram(form),
    forwardTangent: forwardProgram(form, true),
    headTangent: headTangentProgram(form),
    backwardTangent: backwardProgram(form, true),
  };
}
