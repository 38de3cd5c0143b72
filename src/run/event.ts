import type { Role } from '../base/role.js';
import type { RemoteExchange, ToBeSent } from '../store/exchange.js';

/** Events of a run; what `--json` prints, one a line. Versioned: `version` counts incompatible changes. */
export type RunEvent =
  | RunStart
  | StepStart
  | StepWait
  | StepJob
  | StepDecision
  | StepRetry
  | StepProgress
  | StepLogged
  | StepNote
  | StepFinish
  | RunComputed
  | RunSending
  | RunFailed
  | RunFinish;

export type Outcome = 'ran' | 'hit' | 'joined' | 'failed' | 'skipped' | 'cancelled';

export interface RunStart {
  readonly event: 'run.start';
  readonly version: 1;
  readonly time: string;
  readonly pipeline: string;
  readonly run: string;
  readonly nodes: number;
  readonly slots: number;
  readonly gpus: number;
  /** What `engine` at the top of the pipeline stands for. */
  readonly engine: string;
  /** Why it is that one, where `auto` or `tfjs` was asked for: one clause. */
  readonly engineReason?: string;
  /** The engines that its nodes compute with, or computed with; absent where none does. */
  readonly engines?: readonly RunEngine[];
  /** The interpreter that was chosen, absolute, where steps compute in Python and it is not the first python3 of PATH. */
  readonly python?: string;
  /** What chose it: `--python`, `kshot.yaml` or `VIRTUAL_ENV`. */
  readonly pythonFrom?: string;
  /** In an order in which what a step needs comes earlier. */
  readonly steps: readonly StepOutline[];
  /** How long the whole run may take, by what its steps took before; absent where that is not known of each. */
  readonly expectedSeconds?: number;
}

/** An engine that nodes of a run compute with. */
export interface RunEngine {
  readonly name: string;
  /** The form of code that it computes in here, where it has several and something is to be computed. */
  readonly form?: string;
}

/** A step as far as it is known before anything runs. */
export interface StepOutline {
  readonly step: string;
  readonly kind: string;
  readonly nodes: number;
  /** How many further nodes, each behind one of those, make ports of the step from their outputs. */
  readonly derived?: number;
  /** How many of `nodes` have their result already. */
  readonly hits: number;
  /** The steps whose outputs it takes. */
  readonly needs: readonly string[];
  /** The most restrictive split that its outputs are computed from; absent where they are from none. */
  readonly role?: Role;
  /** What computing those without a result took before, together; absent where that is not known of each. */
  readonly expectedSeconds?: number;
}

export interface StepStart {
  readonly event: 'step.start';
  readonly time: string;
  readonly node: string;
  readonly step: string;
  readonly kind: string;
  /** The node of the step that it makes a port from; absent of one that the pipeline itself names. */
  readonly derivedFrom?: string;
  readonly key: string;
  /** Why it runs, e.g. `with.outer_lr 0.001 -> 0.002` or `new`. */
  readonly reason: string;
  readonly threads: number;
  /** GPU tokens that it holds. */
  readonly gpus: number;
  /** Of which devices, as CUDA names them, or `software`; absent where it holds none. */
  readonly devices?: readonly string[];
  /** Its log, relative to the root. */
  readonly log: string;
}

/** A node could start but for what a process outside this run has: its key, or a GPU. Told once for each reason. */
export interface StepWait {
  readonly event: 'step.wait';
  readonly time: string;
  readonly node: string;
  /** Such as `for a GPU, held by host laptop, process 4711`. */
  readonly reason: string;
}

/** A node waits in the queue of a batch system, or a job of it executes it now. */
export interface StepJob {
  readonly event: 'step.job';
  readonly time: string;
  readonly node: string;
  readonly state: 'queued' | 'running';
  /** Its id, with the index of an array: `4711_3`; absent while it is queued. */
  readonly job?: string;
  /** The machine; likewise. */
  readonly host?: string;
}

/** What the scheduler decides of a node, and why: told only where a run is verbose. */
export interface StepDecision {
  readonly event: 'step.decision';
  readonly time: string;
  readonly node: string;
  /** Such as `starts with 2 slots; left are 0 slots`. */
  readonly decision: string;
}

/** The node is executed once more: something outside the run ended its process, or it failed and has retries left. */
export interface StepRetry {
  readonly event: 'step.retry';
  readonly time: string;
  readonly node: string;
  /** What ended it, such as `the process that ran train was ended by SIGKILL`. */
  readonly reason: string;
}

export interface StepProgress {
  readonly event: 'step.progress';
  readonly time: string;
  readonly node: string;
  readonly done: number;
  /** Absent where the step does not say. */
  readonly total?: number;
  readonly unit: string;
  /** Units per second, over this execution; absent before the second report. */
  readonly rate?: number;
  readonly secondsLeft?: number;
  /** Figures, NaN among them: null in JSON. */
  readonly values: { readonly [name: string]: number };
}

export interface StepLogged {
  readonly event: 'step.log';
  readonly time: string;
  readonly node: string;
  readonly line: string;
}

/** A line that a node wrote to its log for people to see: what it found, or a warning. */
export interface StepNote {
  readonly event: 'step.note';
  readonly time: string;
  readonly node: string;
  readonly line: string;
}

export interface StepFinish {
  readonly event: 'step.finish';
  readonly time: string;
  readonly node: string;
  readonly step: string;
  readonly kind: string;
  /** As of `StepStart`. */
  readonly derivedFrom?: string;
  readonly outcome: Outcome;
  /** Absent where inputs never came to be. */
  readonly key?: string;
  /** Why it ran or did not: the difference in the key, `key unchanged`, the failure's message. */
  readonly reason: string;
  readonly seconds: number;
  /** Of one that was skipped: the node whose failure kept it from starting. */
  readonly after?: string;
  /** The figures that its computation reported last, in this run or before: a loss, an evaluation's metrics. */
  readonly values?: { readonly [name: string]: number };
  /** For a failed step: stable reason, last log lines; its log and what it had written, relative to the root. */
  readonly failure?: {
    readonly reason: string;
    readonly message: string;
    readonly hint?: string;
    readonly lastLines: readonly string[];
    readonly log?: string;
    readonly left?: string;
    /** How far it had come. */
    readonly progress?: Pick<StepProgress, 'done' | 'total' | 'unit' | 'values'>;
  };
}

/** What went wrong, as `kshot` prints failures; the only event of a run that could not begin. */
export interface RunFailed {
  readonly event: 'run.failed';
  readonly version: 1;
  readonly time: string;
  readonly failures: readonly RunFailure[];
}

/** A failure with its place in the user's files. */
export interface RunFailure {
  /** A stable name, such as `unknown-key`. */
  readonly reason: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly length?: number;
  readonly hint?: string;
  readonly details?: readonly string[];
}

/** All steps are done, and results are on their way to the remote cache: what is left, once a second. */
export interface RunSending extends ToBeSent {
  readonly event: 'run.sending';
  readonly time: string;
}

/**
 * Every step has an outcome, and every result is stored. What follows is made from them alone: the report, and the files
 * that are published; whatever ends the run before that is there, `kshot report` and the next run make up for.
 */
export interface RunComputed {
  readonly event: 'run.computed';
  readonly time: string;
  readonly run: string;
  /** That of the run, unless something of what follows goes wrong. */
  readonly exitCode: number;
  readonly seconds: number;
  readonly counts: { readonly [outcome in Outcome]: number };
  /** As of `RunFinish`. */
  readonly repaired?: readonly string[];
}

export interface RunFinish {
  readonly event: 'run.finish';
  readonly time: string;
  readonly run: string;
  readonly exitCode: number;
  readonly seconds: number;
  readonly counts: { readonly [outcome in Outcome]: number };
  /** Nodes whose stored results were damaged and are good again; absent where there are none. */
  readonly repaired?: readonly string[];
  /** What was exchanged with the remote cache; absent where the project has none. */
  readonly remote?: Omit<RemoteExchange, 'warnings'>;
  /** Files of the project that the pipeline publishes, relative to the root; absent where there are none. */
  readonly published?: readonly {
    readonly path: string;
    readonly source: string;
    /**
     * `kept` where somebody else wrote what is there; of what an earlier run published `stale`, where this one did not
     * come to what would take its place, or `removed`, where the pipeline makes it no more.
     */
    readonly outcome: 'written' | 'unchanged' | 'kept' | 'stale' | 'removed';
    /** That earlier run. */
    readonly of?: string;
  }[];
}
