import type { KindContext } from '../kind.js';
import type { Launch } from './launch.js';
/**
 * The environment of a program beside what every one is passed: what it declares, what follows from what it was
 * granted, and where it finds its params and kshot's Python module.
 */
export declare function programEnvironment({ threads, scratch, environment }: KindContext, { env, params }: Launch): {
    readonly [name: string]: string;
};
