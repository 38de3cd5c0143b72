import { createEngine } from '../../../src/engines/tfjs/tfjs-cpu-engine.js';
import { describeEngine } from '../conformance.js';

// Tensors hold float32, sums are in float64 within an operation: errors are those of rounding what operations hand on.
describeEngine({ name: 'tfjs:cpu', createEngine, tolerance: 1e-5 });
