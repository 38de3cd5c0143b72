import type { EngineDescriptor } from './engine.js';
/** Every engine, by name. Adding one is a folder and a line here. */
export declare const engines: {
    readonly [name: string]: EngineDescriptor;
};
/** What `engine:` may say beside the engines' names: each stands for the best of several. */
export declare const engineGroups: readonly ['auto', 'tfjs'];
