/** What a Python program imports, as `trace_imports.py` tells. */
export interface TracedImports {
  /** Whether the module that is to be run was found; true where that is a script. */
  readonly isThere: boolean;
  readonly modules: readonly TracedModule[];
  /** Versions by name, of what is installed and imported or required by what is. */
  readonly distributions: { readonly [name: string]: string };
  /** Imports by names that are not written out, in modules of the project. */
  readonly dynamic: readonly DynamicImport[];
  /** Names that are imported without a condition and are nowhere. */
  readonly missing: readonly (PlaceInModule & { readonly name: string })[];
  /** Where folders are added to `sys.path` that are not written out. */
  readonly unknownFolders: readonly PlaceInModule[];
}

/** A module that was not installed by a distribution. */
export interface TracedModule {
  /** As it is imported. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  /** Relative to the root; null outside of it. */
  readonly place: string | null;
  /** sha256 of its bytes. */
  readonly content: string;
  /** Digest of what it says, without comments and layout; of compiled code that of its bytes. */
  readonly digest: string;
  /** The same of its definitions: `def f`, `def Net.forward`, `class Net`, and all else, `statements`. */
  readonly parts: { readonly [name: string]: string };
}

export interface PlaceInModule {
  /** The module's file, relative to the root. */
  readonly place: string;
  readonly line: number;
}

export interface DynamicImport extends PlaceInModule {
  /** Of the package that the module is certainly in, relative to the root; empty where nothing is certain. */
  readonly folders: readonly string[];
}
