import type { Digest } from '../base/canonical.js';
import { failureOfException } from '../base/failure-of-exception.js';
import type { JsonObject } from '../base/json.js';
import { formatCount } from '../base/quantities.js';
import { finalParameters } from '../pipeline/graph/chosen-settings.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import type { CodeDigests } from '../pipeline/plan/code-digests.js';
import { keyOf } from '../pipeline/plan/keys.js';
import { fileDigestsOf } from '../pipeline/plan/make-plan.js';
import type { Plan } from '../pipeline/plan/plan.js';
import type { Entry, ObjectReference } from '../store/entry.js';
import type { Store } from '../store/store.js';
import { type Attempt, attemptNode, type Surroundings } from './attempt-node.js';
import { createAttemptRecord } from './attempt-record.js';
import type { Outcome, RunEvent } from './event.js';
import type { Executor, Reservation } from './executor.js';
import { finishEvent } from './finish-event.js';
import { kshotVersion } from './kshot-version.js';
import { NodeLinks } from './node-links.js';
import { Polls } from './polls.js';
import { giveBack, type Resources, take } from './resources.js';
import { runCancelled } from './run-cancelled.js';
import { Schedule } from './schedule.js';
import type { LookUp, ScheduleWorld, Settled, Startable, Timing } from './schedule-state.js';

export interface ExecuteOptions {
  /** Whether what does not depend on a failed step still starts. */
  readonly keepGoing: boolean;
  /** What is computed although there is an entry: nothing, everything, or these steps (or nodes). */
  readonly force: 'none' | 'all' | readonly string[];
}

export interface ExecutePlan {
  readonly plan: Plan;
  readonly store: Store;
  /** Where nodes are executed; closed when the run ends. */
  readonly executor: Executor;
  /** Where those are executed that are jobs of a batch system; likewise. Default: as all others. */
  readonly jobExecutor?: Executor;
  readonly codes: CodeDigests;
  /** The project's root, absolute. */
  readonly root: string;
  readonly options: ExecuteOptions;
  /** An existing folder for the nodes' log files, absolute. */
  readonly logFolder: string;
  /** Where links to what the nodes write are made, absolute; without it there are none. */
  readonly nodesFolder?: string;
  /** Told what became of a node, as soon as that is known; where a bad object changes it, again. */
  readonly settled?: (outcome: NodeOutcome) => void;
  /** Receives the `step.*` events; those of the run as a whole are the caller's. */
  readonly emit: (event: RunEvent) => void;
  /** Aborting it cancels: what runs is ended within about a second, its resumable state is kept. */
  readonly signal: AbortSignal;
  /** What of a node's outputs the run reads in the end: where it cannot be had, the node is no hit. */
  readonly neededOf?: (node: GraphNode, entry: Entry) => readonly ObjectReference[];
  /** Nodes whose stored objects are known to be bad, set aside before planning. */
  readonly badObjects?: readonly string[];
  /** Why a node has to run, for people. */
  readonly reasonFor: (node: GraphNode, preimage: JsonObject, key: Digest) => string | Promise<string>;
  /** Whether `step.decision` tells what is decided of each node, and why. */
  readonly verbose?: boolean;
}

export interface NodeOutcome extends Settled {
  readonly node: GraphNode;
}

export interface RunOutcome {
  /** One for every node, in the plan's order. */
  readonly nodes: readonly NodeOutcome[];
  /** Nodes by outcome; they add up to all. */
  readonly counts: { readonly [outcome in Outcome]: number };
  /** Nodes whose objects were found to be bad, set aside and computed again. */
  readonly badObjects: readonly string[];
}

const joinedReason = 'computed by another run';
const repairReason = 'computed again: its stored result was damaged';
const lostReason = 'computed: the remote cache did not give its result';

/**
 * Executes what is not a hit, as much at once as slots and GPU tokens allow, and returns when every node has an
 * outcome and no process of it is left. Never rejects for what a step does.
 */
export async function executePlan(run: ExecutePlan): Promise<RunOutcome> {
  try {
    return await new Execution(run).execute();
  } finally {
    await Promise.all([run.executor.close(), run.jobExecutor?.close()]);
  }
}

class Execution {
  private readonly run: ExecutePlan;
  private readonly schedule: Schedule;
  private readonly surroundings: Omit<Surroundings, 'executor'>;
  private readonly polls = new Polls();
  private readonly links: NodeLinks | undefined;
  /** What each node was last said to wait for. */
  private readonly waits = new Map<string, string>();
  /** What was last said to be decided of each node. */
  private readonly decisions = new Map<string, string>();
  private free: Resources;
  /** Likewise of the executor of jobs. */
  private readonly freeJobs: Resources | undefined;
  private attempts = 0;
  /** Questions to the store that are not answered. */
  private asked = 0;
  private stopped: Pick<Settled, 'outcome' | 'reason' | 'after'> | undefined;
  private cancelling: Promise<void> | undefined;
  private finish: () => void = () => {};
  private crash: (error: unknown) => void = () => {};

  constructor(run: ExecutePlan) {
    this.run = run;
    const { store, executor, plan, options } = run;
    const { slots, gpus, memoryBytes } = executor.capacity;
    this.free = { slots, gpus, memoryBytes };
    this.freeJobs = run.jobExecutor?.capacity;
    // Hits are told of while the schedule is made.
    this.links = run.nodesFolder === undefined ? undefined : new NodeLinks(run.nodesFolder, store);
    const world: ScheduleWorld = {
      lookUp: (node, inputs, answer) => this.ask(() => this.lookUp(node, inputs), answer),
      settled: (node, settled) => this.settled(node, settled),
      ...(run.verbose === true ? { decided: (node, decision) => this.decide(node, decision) } : {}),
    };
    this.schedule = new Schedule(
      plan.nodes,
      (node) => isForced(node, options.force),
      executor.capacity,
      world,
      run.jobExecutor?.capacity,
    );
    this.surroundings = {
      store,
      find: (node, key) => this.find(node, key),
      root: run.root,
      python: plan.graph.python,
      files: plan.files,
      logFolder: run.logFolder,
      kshotVersion: kshotVersion(),
      outputs: this.schedule.outputsByNode,
      derivedFrom: new Map(
        plan.nodes.flatMap(({ node: { id, derivedFrom } }) =>
          derivedFrom === undefined ? [] : [[id, derivedFrom] as const],
        ),
      ),
    };
  }

  async execute(): Promise<RunOutcome> {
    const done = new Promise<void>((resolve, reject) => {
      this.finish = resolve;
      this.crash = reject;
    });
    const cancel = () => this.cancel();
    this.run.signal.addEventListener('abort', cancel, { once: true });
    if (this.run.signal.aborted) cancel();
    this.advance();
    await done;
    this.run.signal.removeEventListener('abort', cancel);
    await this.cancelling;
    return this.outcome();
  }

  private badObjects(): ReadonlySet<string> {
    return new Set([...(this.run.badObjects ?? []), ...this.schedule.badObjects]);
  }

  private outcome(): RunOutcome {
    const counts = { ran: 0, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0 };
    const nodes = this.schedule.outcomes().map(({ node, settled }): NodeOutcome => {
      // Every node was settled before `finish`.
      counts[settled!.outcome]++;
      return { node, ...settled! };
    });
    return { nodes, counts, badObjects: [...this.badObjects()] };
  }

  private async lookUp(node: GraphNode, inputs: Startable['inputs']): Promise<LookUp> {
    const { store, plan, codes } = this.run;
    const { settings } = inputs;
    if (node.withSettings !== undefined && settings?.type === 'file') {
      if (!(await store.bring([settings.leaf]))) return { type: 'unreadable', isLost: true };
    }
    const final = await finalParameters(node, inputs, store.getText);
    if (final.type !== 'known') return final;
    const { parameters } = final;
    const files = fileDigestsOf(node, plan.files);
    const key = keyOf({ node, parameters, inputs, files, codes });
    return { type: 'known', ...key, parameters, inputs, entry: await this.find(node, key.key) };
  }

  /** The entry of a hit, of which all is here that is read whatever runs. */
  private async find(node: GraphNode, key: Digest): Promise<Entry | undefined> {
    const { store, neededOf } = this.run;
    const entry = await store.find(key);
    if (entry === undefined || neededOf === undefined) return entry;
    // What a remote cache does not give is no hit any more.
    return (await store.bring(neededOf(node, entry))) ? entry : await store.find(key);
  }

  /** Asks the store; the run goes on while it answers, and does not end before. */
  private ask<Answer>(question: () => Promise<Answer>, then: (answer: Answer) => void): void {
    this.asked++;
    question()
      .then((answer) => {
        // In one turn with what follows from the answer: of two questions that are answered together, the first must not
        // find that nothing is asked any more while nothing has come of the second yet.
        this.asked--;
        then(answer);
        this.advance();
      })
      .catch(this.crash);
  }

  /** Starts all that can start; ends the execution where nothing is left. Called after every change. */
  private advance(): void {
    // What goes first is known only when all that is asked is answered.
    while (this.stopped === undefined && this.asked === 0) {
      const next = this.nextJob() ?? this.schedule.next(this.free);
      if (next === undefined) {
        this.decideWhoWaits();
        break;
      }
      // What goes wrong with a step is an outcome; an error that gets here is a bug, and must not be a hang.
      this.start(next.start, next.granted).catch(this.crash);
    }
    if (this.attempts > 0) return;
    if (this.stopped === undefined && (this.asked > 0 || this.schedule.hasReady || this.polls.size > 0))
      return;
    this.polls.clear();
    if (this.stopped !== undefined) this.schedule.stop(this.stopped);
    const open = this.schedule.outcomes().filter(({ settled }) => settled === undefined);
    if (open.length === 0) this.finish();
    else {
      const ids = open.map(({ node }) => node.id).join(', ');
      this.crash(new Error(`there is nothing left to start or to wait for, and no outcome of ${ids}`));
    }
  }

  private nextJob(): ReturnType<Schedule['next']> {
    return this.freeJobs === undefined ? undefined : this.schedule.nextJob(this.freeJobs);
  }

  /** Where a node is executed. */
  private executorOf({ resources }: GraphNode): Executor {
    return (resources.batch === undefined ? undefined : this.run.jobExecutor) ?? this.run.executor;
  }

  private async start(start: Startable, granted: Resources): Promise<void> {
    const { node } = start;
    const executor = this.executorOf(node);
    const isHere = executor === this.run.executor;
    const reservation = this.reserve(executor, start, granted);
    if (reservation === undefined) return;
    const { gpus } = reservation;
    if (isHere) this.free = take(this.free, granted);
    this.attempts++;
    const left = isHere ? `; left are ${resourcesText(this.free)}` : ', as a job';
    this.decide(node, `starts with ${resourcesText(granted)}${left}`);
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      if (isHere) this.free = giveBack(this.free, granted);
      reservation.release();
      if (granted.gpus > 0) this.polls.lookNow();
    };
    const reason = await this.reasonFor(start);
    const record = createAttemptRecord({
      node,
      key: start.key,
      reason,
      granted,
      gpus,
      root: this.run.root,
      logFolder: this.run.logFolder,
      links: this.links,
      emit: this.run.emit,
      decide: (decision) => this.decide(node, decision),
    });
    let attempt: Attempt;
    try {
      attempt = await attemptNode(
        { ...start, granted, gpus, startsOver: start.forced },
        { ...this.surroundings, executor },
        {
          ...record.listener,
          mayStart: () => this.stopped === undefined,
          executed: () => {
            // What is left is publication, which needs no slot.
            release();
            this.advance();
          },
        },
      );
    } catch (error) {
      attempt = { type: 'failed', failure: failureOfException(error) };
    }
    release();
    this.attempts--;
    const timing = record.end(attempt, this.run.signal.aborted);
    this.conclude(start, attempt, reason, timing);
    this.advance();
    if (granted.gpus === 0) return;
    await executor.yieldDevices();
    this.polls.lookNow();
  }

  private async reasonFor({ node, key, preimage, forced }: Startable): Promise<string> {
    if (forced) return 'forced';
    if (this.schedule.lostResults.has(node.id)) return lostReason;
    return this.badObjects().has(node.id) ? repairReason : await this.run.reasonFor(node, preimage, key);
  }

  /** Undefined where the node has to wait for devices, or cannot get any. */
  private reserve(
    executor: Executor,
    start: Startable,
    granted: Resources,
  ): Extract<Reservation, { type: 'reserved' }> | undefined {
    try {
      const reservation = executor.reserve(granted);
      if (reservation.type === 'reserved') return reservation;
      const { holder } = reservation;
      this.poll(start, holder === undefined ? undefined : `for a GPU, held by ${holder}`);
    } catch (error) {
      this.schedule.ended(start.node, 'failed', failureOfException(error), { seconds: 0 });
    }
    return undefined;
  }

  /** Tells what is decided of a node, where somebody wants to know; the same of the same node once in a row. */
  private decide(node: GraphNode, decision: string): void {
    if (this.run.verbose !== true || this.decisions.get(node.id) === decision) return;
    this.decisions.set(node.id, decision);
    this.run.emit({ event: 'step.decision', time: now(), node: node.id, decision });
  }

  private decideWhoWaits(): void {
    if (this.run.verbose !== true) return;
    const first = this.schedule.firstReady;
    if (first === undefined) return;
    this.decide(
      first.node,
      `waits, as the first of those that are ready: ${resourcesText(this.free)} are free`,
    );
  }

  private conclude(start: Startable, attempt: Attempt, reason: string, timing: Timing): void {
    const { node } = start;
    switch (attempt.type) {
      case 'ran':
        this.schedule.succeeded(node, 'ran', attempt.entry, reason, timing);
        return;
      case 'joined':
        this.schedule.succeeded(node, 'joined', attempt.entry, joinedReason, timing);
        return;
      case 'busy':
        this.poll(start, `for its result, computed by ${attempt.owner}`);
        return;
      case 'bad-inputs':
        this.schedule.inputsBad(node, attempt.producers, attempt.lost);
        return;
      case 'not-started':
        // It is settled with all else that has no outcome.
        return;
      case 'failed':
        if (this.run.signal.aborted) this.schedule.ended(node, 'cancelled', runCancelled, timing);
        else this.schedule.ended(node, 'failed', attempt.failure, timing);
    }
  }

  /** Waits, without a slot, for what another process has: the key that it computes, or a GPU. */
  private poll({ node, key, forced }: Startable, what: string | undefined): void {
    this.schedule.waitElsewhere(node);
    if (what !== undefined && this.waits.get(node.id) !== what) {
      this.waits.set(node.id, what);
      this.run.emit({ event: 'step.wait', time: now(), node: node.id, reason: what });
    }
    this.polls.add(node.id, () =>
      this.ask(
        async () => (forced ? undefined : await this.find(node, key)),
        (entry) => this.schedule.lookedElsewhere(node, entry, joinedReason),
      ),
    );
  }

  private cancel(): void {
    this.stopped = { outcome: 'cancelled', reason: runCancelled.message };
    const { executor, jobExecutor } = this.run;
    this.cancelling = Promise.all([executor.cancel(), jobExecutor?.cancel()]).then(() => undefined);
    this.advance();
  }

  private settled(node: GraphNode, settled: Settled): void {
    if (settled.entry !== undefined) this.links?.finish(node, settled.entry.outputs);
    this.run.emit(finishEvent(node, settled, this.run.root));
    this.run.settled?.({ node, ...settled });
    if (settled.outcome === 'failed' && !this.run.options.keepGoing) {
      this.stopped ??= {
        outcome: 'skipped',
        reason: `not started, because ${node.id} failed`,
        after: node.id,
      };
    }
  }
}

function resourcesText({ slots, gpus }: Pick<Resources, 'slots' | 'gpus'>): string {
  return `${formatCount(slots, 'slot')}${gpus > 0 ? ` and ${formatCount(gpus, 'GPU')}` : ''}`;
}

function now(): string {
  return new Date().toISOString();
}

function isForced({ step, id }: GraphNode, force: ExecuteOptions['force']): boolean {
  return force === 'all' || (force !== 'none' && (force.includes(step) || force.includes(id)));
}
