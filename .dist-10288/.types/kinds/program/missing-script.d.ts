export interface ScriptSurroundings {
    /** The project's root, absolute. */
    readonly root: string;
    /** Folders in which a shell looks for its script too, as in PATH. */
    readonly searched: string;
    /** Names of inputs, paths of files and outputs: other failures tell of these. */
    readonly known: readonly string[];
}
/**
 * The script that an interpreter at the head of `argv` is told to run and that is nowhere; undefined where there is
 * none or where that is not certain, as with code on the command line or a word that an option may take.
 */
export declare function missingScript(argv: readonly string[], { root, searched, known }: ScriptSurroundings): string | undefined;
