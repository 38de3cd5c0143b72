/**
 * Loads modules of React. Each part of it chooses when it is loaded how much it checks, and all must choose the same;
 * no process that is started later is to inherit the choice.
 *
 * @param load imports by literal `import()`
 */
export declare function loadInProduction<Loaded>(load: () => Promise<Loaded>): Promise<Loaded>;
