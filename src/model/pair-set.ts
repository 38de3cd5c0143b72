export type { PairSet, Task } from '../data/pair-set.js';
