import type { PairSet } from '../../data/pair-set.js';
import type { LossGradient, Parameters } from '../engine.js';
import type { Device } from './device/device.js';
/** `Engine.lossGradient` on a device. */
export declare function lossGradient(device: Device, parameters: Parameters, pairs: PairSet): Promise<LossGradient>;
