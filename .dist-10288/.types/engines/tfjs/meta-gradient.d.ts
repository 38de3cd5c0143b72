import type { Task } from '../../data/pair-set.js';
import type { MetaGradient, MetaHyper, Parameters } from '../engine.js';
import type { Device } from './device/device.js';
/** `Engine.metaGradient` on a device. */
export declare function metaGradient(device: Device, parameters: Parameters, tasks: readonly Task[], hyper: MetaHyper): Promise<MetaGradient>;
