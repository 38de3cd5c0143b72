import { createEngine } from '../../src/engines/wasm/wasm-engine.js';
import { describeEngine } from './conformance.js';

describeEngine({ name: 'wasm', createEngine, tolerance: 1e-5 });
