import type { Layout } from './layout.js';
/** Sets a folder aside that stands where a file is to be: unlike a file it cannot be replaced. */
export declare function makeRoomForFile(layout: Layout, path: string, name: string): void;
/**
 * Moves a bad file to `quarantine/<name>.<random>`. Where the cache cannot be written it stays, and is bad all
 * the same; that another process was first is no error.
 */
export declare function setAside(layout: Layout, path: string, name: string): void;
