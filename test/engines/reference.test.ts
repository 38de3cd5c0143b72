import { createEngine } from '../../src/engines/reference/reference-engine.js';
import { describeEngine } from './conformance.js';

describeEngine({ name: 'reference', createEngine, tolerance: 1e-6 });
