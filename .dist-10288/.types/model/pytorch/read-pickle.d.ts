import { type PickleValue } from './pickle-values.js';
/**
 * Reads a pickle of protocol 2 to 5 that names nothing but what a checkpoint of weights consists of. Nothing is
 * imported or called; memory grows with the length of the bytes alone.
 *
 * Source: the opcodes as CPython's Lib/pickletools.py describes them.
 *
 * @throws FailureError `bad-data`, naming `source`
 */
export declare function readPickle(bytes: Buffer, source: string): PickleValue;
