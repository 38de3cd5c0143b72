import type { Engine, Parameters } from '../engines/engine.js';

/** A copy of the parameters in the precision that the engine computes in. */
export function parametersFor(engine: Engine, parameters: Parameters): Parameters {
  return engine.precision === 'float64' ? Float64Array.from(parameters) : Float32Array.from(parameters);
}
