import { type RunRecord } from './register.js';
/** Whether `gc` keeps what the run reaches however many came after it. A pin is a file in the run's folder. */
export declare function isPinned(root: string, record: RunRecord): boolean;
/** Pins a run whose folder is there. */
export declare function pinRun(root: string, record: RunRecord): void;
/** Takes a pin away; nothing where there is none. */
export declare function unpinRun(root: string, record: RunRecord): void;
