import type { JsonObject } from '../base/json.js';
import type { KindBody } from './kind-body.js';
import type { DeclaredParameters } from './parameters.js';
import type { InputPort, Label, OutputPort, PortShape } from './port.js';

/**
 * A port that another kind computes from ports of the node itself, in a node of its own, `NODE/PORT`: a change of the
 * deriving code computes nothing else anew. The kind that derives takes declared inputs and no engine, and is one node.
 */
export interface Derivation {
  /** Gives the derived port, by the same name. */
  readonly kind: Kind;
  /** As under `with`; none unless given. */
  readonly parameters?: JsonObject;
  /** Its input ports, and the port of the node that each takes: an output, or another that is derived. */
  readonly inputs: { readonly [input: string]: string };
  /** Further ones that take what the node itself takes, at that port; null: at the only one whose data fit. */
  readonly shared?: { readonly [input: string]: string | null };
}

/** A file of the user's, outside the cache; its content's digest takes the place of its path in the key. */
export interface ExternalFile {
  /** Name under which the kind finds it in its context, e.g. the parameter that holds the path. */
  readonly name: string;
  /** As written: relative to the root, or absolute. */
  readonly path: string;
  /** What the file must hold, in a few words; said where it is missing. */
  readonly expected?: string;
  /** Of a module that a program imports: the digest of the bytes that its imports were read from. */
  readonly traced?: string;
  /** What it says stands in the key (`imports`), and not its bytes. */
  readonly isInImports?: true;
}

export interface ExternalFiles {
  readonly files: readonly ExternalFile[];
  /** Why there are none, where a folder or pattern was to give some. */
  readonly objections?: readonly Objection[];
  /** Patterns by which they were chosen: a file that is made later and matches would be one of them. */
  readonly patterns?: readonly string[];
  /** What people should look at in the choice of them, though nothing is wrong; said at every plan. */
  readonly remarks?: readonly Objection[];
  /** All that a program imports, a line each; the digest of this text stands in the key. */
  readonly imports?: string;
}

/** A program in Python: where its imports are followed from, and how it is started. */
export interface PythonProgram {
  /** The script, relative to the root; or a module, as `python3 -m` runs it. */
  readonly start?: { readonly script: string } | { readonly module: string };
  /** Nobody knows what it imports: all that is installed counts. */
  readonly mayImportAnything: boolean;
  /** The parameter that says what is run. */
  readonly parameter: string;
  /** Names of its inputs, which may be modules. */
  readonly inputNames: readonly string[];
  /** Python files of the root that it may import by names which nobody can read in it, relative to the root. */
  readonly files: readonly string[];
  /** What its step declares as files, as written. */
  readonly declared: readonly string[];
  readonly interpreter: Omit<Interpreter, 'parameter'>;
  /** The environment that it is started with, as far as that decides what is found. */
  readonly environment: { readonly [name: string]: string };
  /** A module of kshot's own that it may import, absolute; it is in no key. */
  readonly ownModule: string;
  /** By what its own words have it find modules in folders that nobody can tell. */
  readonly elsewhere?: 'PYTHONPATH' | 'cd';
}

/**
 * Training as a chain of nodes. The step's parameters become one set for each segment; segment n takes what
 * segment n - 1 gave at `carry.output` at its port `carry.input`.
 */
export interface Segmentation<Final = JsonObject, Body = JsonObject> {
  /** How many segments there are, by the values of `countedBy`. */
  readonly count: (numbers: Final) => number;
  /** The parameters that the count comes from, or the declared values; the one most likely wrong first. */
  readonly countedBy: readonly string[];
  /** A segment, from 0: its own parameters (nothing that concerns only the total) and a short label (`200`). */
  readonly segment: (
    parameters: Final,
    index: number,
  ) => { readonly label: string; readonly parameters: Body };
  /** What the labels, which are numbers, count. */
  readonly labelledBy: string;
  readonly carry: { readonly output: string; readonly input: string };
  /** Ports of every segment beside those of its kind. */
  readonly ports?: {
    readonly inputs: (parameters: JsonObject) => { readonly [port: string]: InputPort };
    readonly outputs: { readonly [port: string]: OutputPort };
  };
  /** What is wrong with a step that is cut so. */
  readonly check?: (step: StepShape) => readonly Objection[];
  /** Ports of the step that are lists over all segments: step port -> node port. */
  readonly lists?: { readonly [stepPort: string]: string };
  /** Ports of the step that are the last segment's: step port -> node port. */
  readonly last?: { readonly [stepPort: string]: string };
  /** In place of these: every port is the last segment's, and below this one all are lists. */
  readonly listsAt?: string;
}

/** What a step says of its segments: the end of each, by a parameter that it declares, and how far apart they are. */
export interface DeclaredSegments {
  readonly of: string;
  readonly every: number;
}

/**
 * Everything about a kind that planning, documentation and the scheduler need; cheap to import.
 *
 * Its functions get the parameters with their defaults (`Given`); segments are made from those in canonical form
 * (`Final`), and the body gets these, or those of its segment (`Body`).
 */
export interface Kind<Given = JsonObject, Final = JsonObject, Body = Final> {
  /** As written in YAML, e.g. `maml.train`. */
  readonly name: string;
  /** One sentence for documentation and editors. */
  readonly summary: string;
  /** Of `with`. */
  readonly parameters: DeclaredParameters<Given, Final>;
  /**
   * The parameter that holds declarations of the user's own: names with defaults. A matrix and settings name these and
   * nothing else (`lr`; `optim.lr` inside of `optim`) and override them, and tables show them by these names.
   */
  readonly declarations?: string;
  /**
   * All that planning goes by of the declared values, but for what stands in the key: of two combinations of a matrix
   * with the same text, the second needs no check of its own, and has the files, ports and resources of the first.
   * Without it, every combination is looked at.
   */
  readonly variant?: (parameters: Given, root: string) => string;
  /** What to write in the place of parameters that are gone, by name. */
  readonly replacedParameters?: { readonly [name: string]: string };
  /** Input ports; a function where they depend on what the step declares (`command`). */
  readonly inputs:
    | { readonly [port: string]: InputPort }
    | ((step: StepShape<Given>) => { readonly [port: string]: InputPort });
  /** Whether `over` goes down to the innermost elements of a list of lists, although a list would do as an input. */
  readonly takesInnermost?: true;
  /** Output ports of a node. */
  readonly outputs:
    | { readonly [port: string]: OutputPort }
    | ((parameters: Given) => { readonly [port: string]: OutputPort });
  /** Further ports, which other kinds derive from those; each has a node of its own behind every node of the step. */
  readonly derived?:
    | { readonly [port: string]: Derivation }
    | ((parameters: Given) => { readonly [port: string]: Derivation });
  /**
   * Names of the settings that the kind writes at a port of content `settings`, where its parameters tell;
   * lets a name that is both in `with` and in settings be refused at planning.
   */
  readonly namesOfSettings?: (parameters: Given) => readonly string[];
  /** What the parameters tell of what comes out at a port, for `check` of the kinds that take it. */
  readonly facts?: (parameters: Given) => { readonly [port: string]: Facts };
  /** What parameters say that somebody should look at, though nothing is wrong; said at every plan. */
  readonly remarks?: (parameters: Given, written: WrittenNames) => readonly Objection[];
  /** Further checks, between parameters and of what is known of ports at planning. */
  readonly check?: (step: PlannedStep<Given>) => readonly Objection[];
  /** What follows from the elements of its lists, where parameters or outputs depend on them. */
  readonly plan?: (step: PlannedStep<Given>, lists: PlannedLists) => StepPlan;
  /** How the parameters that `plan` adds are told of, where nobody has written them. */
  readonly planned?: PlannedParameters;
  /** Files of the user's that the parameters name; relative paths and patterns count from `root`. */
  readonly files?: (parameters: Given, root: string) => ExternalFiles;
  /** What it does with data in these files, where its input ports do not say: test data may be refused there, too. */
  readonly usesFilesTo?: (parameters: Given) => 'learn' | 'choose' | undefined;
  readonly segmentation?: Segmentation<Final, Body>;
  /** Of a kind without, whose steps may say how they are cut into segments. */
  readonly segmentsOf?: (segments: DeclaredSegments) => Segmentation;
  /**
   * Files, and folders outside of the root, that the step names without declaring them; planning refuses the step for each
   * (`undeclared-file`, exit 3), because an edit of such a file would not be seen. Paths relative to `root`.
   */
  readonly undeclaredFiles?: (
    step: StepShape<Given> & Pick<PlannedStep, 'files'>,
    root: string,
  ) => readonly UndeclaredFile[];
  /** Files that the step is going to run and that are nowhere; planning refuses the step for each. */
  readonly missingFiles?: (step: StepShape<Given>, root: string) => readonly MissingFile[];
  /**
   * Whether equal inputs give equal bytes (given a deterministic engine); a function of the parameters as given
   * where the step may say so itself (`command`). Default true.
   */
  readonly deterministic?: boolean | ((parameters: Given) => boolean);
  /** Variables of the environment that it is passed as they are; in no key, so their parameter has the form `inNoKey`. */
  readonly passedEnvironment?: (parameters: Given) => readonly string[];
  /**
   * A program of this machine that computes for it: its version goes into the key and reaches the body as the parameter
   * of that name. `path`: where it is looked for, as in PATH.
   */
  readonly interpreter?: (parameters: Given, root: string) => Interpreter | undefined;
  /** The program in Python that it is to run, whose imports are traced; undefined where it is in no Python. */
  readonly pythonProgram?: (step: StepShape<Given>, root: string) => PythonProgram | undefined;
  /**
   * Where the digest of its code starts: at its body, unless most of what that does shapes no result. A literal
   * `new URL('./FILE.js', import.meta.url)`.
   */
  readonly codeStart?: URL;
  /** Whether the kind computes with an engine. Default false. */
  readonly usesEngine?: boolean;
  /** The engine that alone can compute what the parameters ask for, where there is but one. */
  readonly onlyEngine?: (parameters: Given) => string | undefined;
  /** Whether the parameters ask for lists of items, which not every engine gives. */
  readonly wantsLists?: (parameters: Given) => boolean;
  /** CPU slots: all that are free when it starts, unless its step says how many; one without this. */
  readonly slots?: 'free';
  /** It takes no longer than a job of a batch system takes to start, so that it is none. */
  readonly small?: true;
  /** Loads the body: a literal `import()`, whose module is where the digest of the kind's code starts. */
  readonly load: () => Promise<KindBody<Body>>;
}

/** A program of this machine whose version stands in a key. */
export interface Interpreter {
  /** The parameter that holds its version. */
  readonly parameter: string;
  /** Its name, or an absolute path. */
  readonly program: string;
  /** Folders, as in PATH. */
  readonly path: string;
  /** Where the Python that was chosen for the project may take its place: whether the step says itself which it is. */
  readonly isStepsOwn?: boolean;
  /** Where it does not tell its version, the step is planned without. */
  readonly mayBeSilent?: true;
}

/** A kind whose functions and body are checked against its parameters, as one among others. */
export function defineKind<Given, Final, Body = Final>(
  kind: Omit<Kind<Given, Final, Body>, 'load'> & { readonly load: () => Promise<KindBody<NoInfer<Body>>> },
): Kind {
  // Planning gives it only what its schema allows, with the defaults filled in.
  return kind as unknown as Kind;
}

/** A step as written, for kinds whose ports depend on it. */
export interface StepShape<Given = JsonObject> {
  readonly parameters: Given;
  /** Names under `in` and `over`. */
  readonly inputNames: readonly string[];
}

/** Names of parameters, as a step has them, of which the others have their defaults. */
export interface WrittenNames {
  /** Under `with`, or in its matrix. */
  readonly names: readonly string[];
  /** In its matrix: what such a one has no use for, another combination may have. */
  readonly varied: readonly string[];
}

/** What planning knows of a step when `check` is called. */
export interface PlannedStep<Given = JsonObject> extends StepShape<Given> {
  readonly written?: WrittenNames;
  /** The files that it names, as far as it is looked for them. */
  readonly files?: readonly ExternalFile[];
  /** For each input port that holds a list: its length. */
  readonly lengths: { readonly [port: string]: number };
  /** For each input port: what is known of the outputs that reach it; nothing where their kinds do not tell. */
  readonly facts: { readonly [port: string]: readonly Facts[] };
}

/** For each input port that wants a list, or takes anything and is given one: its elements, lists in it gone through. */
export type PlannedLists = { readonly [port: string]: readonly PlannedElement[] };

export interface PlannedElement {
  readonly label: Label;
  /** The label as it is written in ids. */
  readonly text: string;
  /** Of the node that it comes from, as they are given. */
  readonly parameters: JsonObject;
  readonly shape: PortShape;
}

/** What planning adds to a step. */
export interface StepPlan {
  /** Stand in the key beside those of `with`, and reach the body. */
  readonly parameters: JsonObject;
  /** Of the outputs that are declared as `any`. */
  readonly shapes: { readonly [port: string]: PortShape };
  readonly objections: readonly Objection[];
  /** What the plan should say of the step, a clause each. */
  readonly notes: readonly string[];
}

/** Parameters that planning adds, in words. */
export interface PlannedParameters {
  readonly names: readonly string[];
  /** What differs between two sets of them, a clause each; asked where something does. */
  readonly differences: (before: JsonObject, after: JsonObject) => readonly string[];
}

/** What planning knows of the contents of an output. */
export interface Facts {
  /** How many support pairs each episode has. */
  readonly supportPairs?: number;
  /** Of each user so many pairs, the last ones, may be asked for: what is before them is of another split, too. */
  readonly askedPairs?: number;
  /** The metrics that a table of metrics has. */
  readonly metrics?: readonly string[];
  /** The columns of a table. */
  readonly columns?: readonly string[];
}

/** What is wrong with a step whose parameters the schema allows. */
export interface Objection {
  readonly message: string;
  /** Names and indices of the parameter at fault: `['outputs', 'model']`. Without it, the step as a whole. */
  readonly path?: readonly string[];
  /** A name that is none of those that there are: the nearest of them is suggested. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
  /** What to write, where something is read that the step does not declare. */
  readonly undeclared?: string;
}

/** A file that a step names and does not declare. */
export interface UndeclaredFile {
  /** Relative to the root. */
  readonly path: string;
  /** What to add to the step, e.g. `files: [scripts/train.py]`. */
  readonly hint: string;
  readonly isFolder?: boolean;
}

/** A file that a step is going to run. */
export interface MissingFile {
  /** Relative to the root, or absolute. */
  readonly path: string;
  /** What the step writes for it. */
  readonly text: string;
}
