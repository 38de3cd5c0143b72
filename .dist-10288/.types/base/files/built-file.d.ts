/**
 * A file that the build writes into `dist/`. The sources run too, from `src/` (in tests), and then use the last
 * build's.
 */
export declare function builtFile(name: string): URL;
