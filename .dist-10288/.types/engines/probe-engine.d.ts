import type { EngineDescriptor, EngineProbe } from './engine.js';
/** Whether the engine can compute here: its optional packages are looked for first, then it is asked itself. */
export declare function probeEngine(name: string): Promise<EngineProbe>;
/** What installs an engine's packages. */
export declare function installing({ packages, installNote, }: Pick<EngineDescriptor, 'packages' | 'installNote'>): string;
