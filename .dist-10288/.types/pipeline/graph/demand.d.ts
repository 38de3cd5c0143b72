import type { JsonObject } from '../../base/json.js';
import type { EngineDescriptor } from '../../engines/engine.js';
import type { StepSpec } from '../spec/step-spec.js';
import type { Demand } from './graph.js';
/** What the nodes of a step want of whatever executes them. */
export declare function demandOf(step: StepSpec, full: JsonObject, engine: EngineDescriptor | undefined): Demand;
