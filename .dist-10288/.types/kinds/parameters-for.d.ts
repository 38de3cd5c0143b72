import type { Engine, Parameters } from '../engines/engine.js';
/** A copy of the parameters in the precision that the engine computes in. */
export declare function parametersFor(engine: Engine, parameters: Parameters): Parameters;
