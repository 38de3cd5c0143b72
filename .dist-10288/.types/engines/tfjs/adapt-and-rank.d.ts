import type { Task } from '../../data/pair-set.js';
import type { Adapted, AdaptHyper, Parameters } from '../engine.js';
import type { Device } from './device/device.js';
/** `Engine.adaptAndRank` on a device. */
export declare function adaptAndRank(device: Device, parameters: Parameters, tasks: readonly Task[], { innerRates, steps }: AdaptHyper): Promise<Adapted>;
