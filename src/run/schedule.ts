import type { Digest } from '../base/canonical.js';
import type { Failure } from '../base/failure.js';
import { leavesOf } from '../base/files/tree.js';
import { shortDigest } from '../base/quantities.js';
import type { GraphNode } from '../pipeline/graph/graph.js';
import type { PlannedNode } from '../pipeline/plan/plan.js';
import { emptyList, missingSource, resolveEndedInputs } from '../pipeline/plan/resolve-inputs.js';
import type { Entry } from '../store/entry.js';
import type { Capacity } from './executor.js';
import { ReadyNodes } from './ready-nodes.js';
import { lackOfMeans, type Resources } from './resources.js';
import {
  type LookUp,
  type ScheduleWorld,
  type Settled,
  type Startable,
  type State,
  statesOf,
  type Timing,
} from './schedule-state.js';

/** Bad objects of the same node twice in one run: a disk that cannot be trusted. */
const mostRepairs = 1;

/**
 * Which node may start, which is settled without starting, and what follows from each outcome. Holds no process, no
 * file and no clock: effects are told to it, in any order in which they can happen.
 */
export class Schedule {
  private readonly world: ScheduleWorld;
  private readonly total: Capacity;
  private readonly states: ReadonlyMap<string, State>;
  private readonly outputs = new Map<string, Entry['outputs']>();
  /** Ranked so that the longest chain goes first. */
  private readonly ready = new ReadyNodes<State>();
  /** Those of them that are jobs of a batch system, which this machine's slots are no matter for. */
  private readonly readyJobs = new ReadyNodes<State>();
  private readonly jobs: Capacity | undefined;
  private resolvable: State[] = [];
  /** The node that computes a key, or is about to; those of equal key follow it. */
  private readonly leaders = new Map<Digest, State>();
  /** Keys that this run computed. */
  private readonly computed = new Set<Digest>();
  readonly badObjects = new Set<string>();
  /** Nodes whose results a remote cache promised and did not give. */
  readonly lostResults = new Set<string>();

  constructor(
    nodes: readonly PlannedNode[],
    forced: (node: GraphNode) => boolean,
    total: Capacity,
    world: ScheduleWorld,
    jobs?: Capacity,
  ) {
    this.world = world;
    this.total = total;
    this.jobs = jobs;
    this.states = statesOf(nodes, forced, (node) => this.totalOf(node).slots);
    for (const state of this.states.values()) {
      // Said at once, not after hours of what comes before.
      if (!state.asPlanned) this.failWithoutMeans(state);
      if (state.missing === 0) this.resolvable.push(state);
    }
    this.resolveAll();
  }

  /** What the nodes that are done gave, by node id. */
  get outputsByNode(): ReadonlyMap<string, Entry['outputs']> {
    return this.outputs;
  }

  get hasReady(): boolean {
    return this.ready.size + this.readyJobs.size > 0;
  }

  /** The one of those that are ready that starts before the others. */
  get firstReady(): { readonly node: GraphNode } | undefined {
    return this.ready.first;
  }

  /** The outcome of every node, in the plan's order; undefined where there is none yet. */
  outcomes(): readonly { readonly node: GraphNode; readonly settled: Settled | undefined }[] {
    return [...this.states.values()].map(({ node, settled }) => ({ node, settled }));
  }

  /** Takes the next node to start as a job, if there is one. */
  nextJob(free: Resources): ReturnType<Schedule['next']> {
    return this.started(this.readyJobs.take(free));
  }

  /** Takes the next node to start, if one fits what is free. */
  next(free: Resources): { readonly start: Startable; readonly granted: Resources } | undefined {
    return this.started(this.ready.take(free));
  }

  private started(choice: ReturnType<ReadyNodes<State>['take']>): ReturnType<Schedule['next']> {
    if (choice === undefined) return undefined;
    const { node: state, granted } = choice;
    state.status = 'running';
    // A ready node is resolved.
    return { start: { node: state.node, forced: state.forced, ...state.resolved! }, granted };
  }

  /** The node was computed, here (`ran`) or by another run (`joined`). */
  succeeded(node: GraphNode, outcome: 'ran' | 'joined', entry: Entry, reason: string, timing: Timing): void {
    const state = this.stateOf(node);
    if (outcome === 'ran') this.computed.add(entry.key);
    state.forced = false;
    state.asPlanned = false;
    this.settleWith(state, outcome, entry, reason, timing);
    this.resolveAll();
  }

  /** The node came to nothing; what depends on it will not start. */
  ended(node: GraphNode, outcome: 'failed' | 'cancelled', failure: Failure, timing: Timing): void {
    const state = this.stateOf(node);
    if (outcome === 'failed') this.fail(state, failure, timing);
    else this.settle(state, { outcome, reason: failure.message, ...timing });
    this.resolveAll();
  }

  /** The node waits for another process. */
  waitElsewhere(node: GraphNode): void {
    this.stateOf(node).status = 'elsewhere';
  }

  /** What the other process was found to have given; without an entry the node may be tried again. */
  lookedElsewhere(node: GraphNode, entry: Entry | undefined, reason: string): void {
    const state = this.stateOf(node);
    if (state.status !== 'elsewhere') return;
    if (entry === undefined) this.makeReady(state);
    else this.settleWith(state, 'joined', entry, reason);
    this.resolveAll();
  }

  /**
   * The node could not start because outputs of `producers` were bad, or those of `lost` could not be had from a remote
   * cache: they run again, then it is looked at again.
   */
  inputsBad(node: GraphNode, producers: readonly string[], lost: readonly string[] = []): void {
    const state = this.stateOf(node);
    this.takeBackStart(state);
    for (const id of producers) this.repair(id);
    for (const id of lost) this.repair(id, true);
    this.resolveAll();
  }

  /** Settles all that has no outcome. */
  stop(ending: Pick<Settled, 'outcome' | 'reason' | 'after'>): void {
    for (const state of this.states.values()) {
      if (state.settled === undefined) this.settle(state, { ...ending, seconds: 0 });
    }
  }

  /** What there is where a node is executed. */
  private totalOf(node: GraphNode): Capacity {
    return this.isJob(node) ? (this.jobs ?? this.total) : this.total;
  }

  private isJob({ resources }: GraphNode): boolean {
    return resources.batch !== undefined && this.jobs !== undefined;
  }

  private readyOf({ node }: State): ReadyNodes<State> {
    return this.isJob(node) ? this.readyJobs : this.ready;
  }

  private stateOf({ id }: GraphNode): State {
    // Callers hand back nodes that they got from here.
    return this.states.get(id)!;
  }

  private resolveAll(): void {
    while (this.resolvable.length > 0) {
      const batch = this.resolvable;
      this.resolvable = [];
      for (const state of batch) if (state.missing === 0 && state.status === 'waiting') this.resolve(state);
    }
  }

  /** Gives a node whose inputs are known its key, and settles it where there is nothing to compute. */
  private resolve(state: State): void {
    const { entry: plannedEntry } = state.planned;
    if (plannedEntry !== undefined && this.standsAsPlanned(state)) {
      this.world.decided?.(state.node, 'is a hit, as it was planned: all that it needs is as it was');
      this.settleWith(state, 'hit', plannedEntry, 'key unchanged');
      return;
    }
    const inputs = resolveEndedInputs(state.node, this.outputs);
    if (inputs === undefined) {
      this.settle(state, { outcome: 'skipped', ...this.lackOf(state), seconds: 0 });
      return;
    }
    const known = this.knownFromPlan(state, inputs);
    if (known !== undefined) {
      this.answered(state, known);
      return;
    }
    state.status = 'looked-up';
    state.lookUps++;
    const { lookUps } = state;
    this.world.lookUp(state.node, inputs, (found) => {
      if (state.status !== 'looked-up' || state.lookUps !== lookUps) return;
      state.status = 'waiting';
      this.answered(state, found);
      this.resolveAll();
    });
  }

  /** Of a node that the plan has found to run, and of whose inputs nothing has changed since. */
  private knownFromPlan(
    { planned, node, needs, before }: State,
    inputs: Startable['inputs'],
  ): LookUp | undefined {
    const { state, key, preimage } = planned;
    if (state !== 'run' || key === undefined || preimage === undefined) return undefined;
    if (before !== undefined || node.withSettings !== undefined || this.computed.has(key)) return undefined;
    if (!needs.every((need) => need.settled?.entry === need.planned.entry)) return undefined;
    return { type: 'known', key, preimage, parameters: node.parameters, inputs, entry: undefined };
  }

  /** The key of a node is known, or cannot be: it is settled where there is nothing to compute. */
  private answered(state: State, found: LookUp): void {
    if (found.type === 'refused') this.fail(state, found.failure);
    else if (found.type === 'unreadable') {
      // What chose the settings runs again.
      const { settings } = state.node.inputs;
      for (const { leaf } of settings === undefined ? [] : leavesOf(settings)) {
        this.repair(leaf.node, found.isLost);
      }
    } else this.decide(state, found);
  }

  private decide(
    state: State,
    { entry, key, preimage, parameters, inputs }: Extract<LookUp, { type: 'known' }>,
  ): void {
    state.resolved = { key, preimage, parameters, inputs };
    const leader = this.leaders.get(key);
    if (leader !== undefined) {
      this.world.decided?.(state.node, `takes the result of ${leader.node.id}, whose key is the same`);
      state.status = 'following';
      leader.followers.push(state);
      return;
    }
    const isComputed = this.computed.has(key);
    if (entry !== undefined && isComputed) {
      this.settleWith(state, 'joined', entry, 'an equal key was computed in this run');
      return;
    }
    if (entry !== undefined && !state.forced) {
      this.world.decided?.(state.node, `is a hit: there is a result under key ${shortDigest(key)}`);
      this.settleWith(state, 'hit', entry, 'key unchanged');
      return;
    }
    this.lead(state, key);
  }

  /** The node computes its key for all that have it. */
  private lead(state: State, key: Digest): void {
    if (this.failWithoutMeans(state)) return;
    this.leaders.set(key, state);
    const why = state.forced ? 'it is forced' : `there is no result under key ${shortDigest(key)}`;
    this.world.decided?.(state.node, `is ready: ${why}`);
    this.makeReady(state);
  }

  /** Why a node cannot start although all that it needs has ended. */
  private lackOf({ node }: State): Pick<Settled, 'reason' | 'after'> {
    const empty = emptyList(node, this.outputs);
    if (empty !== undefined) {
      const ended = empty.sources.map((id) => `${id}: ${this.states.get(id)?.settled?.outcome}`);
      const others = ended.length > 1 ? ` and ${ended.length - 1} more` : '';
      const reason = `there is nothing left of its input ${empty.port} (${ended[0]}${others})`;
      return { reason, ...this.failureBehind(empty.sources[0]) };
    }
    const source = missingSource(node, this.outputs);
    const settled = source && this.states.get(source.node)?.settled;
    if (source === undefined || settled?.entry === undefined) {
      return {
        reason: `needs ${source?.node}: ${settled?.outcome}`,
        ...this.failureBehind(source?.node),
      };
    }
    const reason = `needs ${source.node}.${source.path.replaceAll('/', '.')}, which is empty: what would be there failed`;
    return { reason };
  }

  /** The node whose failure is why a node gave nothing: itself, or one that it needed. */
  private failureBehind(id: string | undefined): Pick<Settled, 'after'> {
    const settled = id === undefined ? undefined : this.states.get(id)?.settled;
    const after = settled?.outcome === 'failed' ? id : settled?.after;
    return after === undefined ? {} : { after };
  }

  private standsAsPlanned(state: State): boolean {
    return (
      state.asPlanned &&
      state.before === undefined &&
      state.needs.every((need) => need.settled?.entry === need.planned.entry)
    );
  }

  private makeReady(state: State): void {
    state.status = 'ready';
    this.readyOf(state).add(state);
  }

  /** Back to where its key is not known, and those that follow it too. */
  private takeBackStart(state: State): void {
    if (state.resolved !== undefined) this.leaders.delete(state.resolved.key);
    for (const one of [state, ...state.followers.splice(0)]) {
      one.status = 'waiting';
      one.stale = false;
      this.resolvable.push(one);
    }
  }

  private repair(id: string, isLost = false): void {
    // Sources name nodes of the graph.
    const producer = this.states.get(id)!;
    (isLost ? this.lostResults : this.badObjects).add(id);
    if (producer.settled?.entry === undefined) return;
    this.reopen(producer);
    producer.asPlanned = false;
    if (producer.repairs++ < mostRepairs) this.resolvable.push(producer);
    else {
      this.fail(producer, {
        reason: 'object-corrupt',
        message: `outputs of ${id} were bad again after it had run again`,
        hint: 'check the disk that holds the cache',
      });
    }
  }

  /** Takes a node's outcome back, and that of all that was settled on the strength of it. */
  private reopen(state: State): void {
    if (state.settled?.entry === undefined) return;
    state.before = state.settled;
    delete state.settled;
    this.outputs.delete(state.node.id);
    state.status = 'waiting';
    for (const dependent of state.dependents) {
      dependent.missing++;
      if (dependent.status === 'ready') {
        this.readyOf(dependent).remove(dependent);
        this.takeBackStart(dependent);
      } else if (dependent.status === 'looked-up') dependent.status = 'waiting';
      else if (dependent.status === 'done') this.reopen(dependent);
      else if (dependent.status !== 'waiting') dependent.stale = true;
    }
  }

  /** A node that wants more than there is can never start. */
  private failWithoutMeans(state: State): boolean {
    const { id, location } = state.node;
    const lack = lackOfMeans(state.node, this.totalOf(state.node));
    if (lack === undefined) return false;
    const { wanted, hint } = lack;
    this.fail(state, { reason: 'device-unavailable', message: `${id} wants ${wanted}`, location, hint });
    return true;
  }

  private fail(state: State, failure: Failure, timing: Timing = { seconds: 0 }): void {
    this.settle(state, { outcome: 'failed', reason: failure.message, failure, ...timing });
  }

  private settleWith(
    state: State,
    outcome: 'ran' | 'hit' | 'joined',
    entry: Entry,
    reason: string,
    timing: Timing = { seconds: 0 },
  ): void {
    const { before } = state;
    const unchanged = before?.key === entry.key && outcome !== 'ran';
    const settled = unchanged
      ? { ...before, entry }
      : { outcome, reason, key: entry.key, preimage: entry.preimage, entry, ...timing };
    const followers = this.conclude(state, settled);
    this.outputs.set(state.node.id, entry.outputs);
    if (!unchanged) this.world.settled(state.node, settled);
    for (const follower of followers) {
      this.settleWith(follower, 'joined', entry, `has the same key as ${state.node.id}`);
    }
    for (const dependent of state.dependents) this.countEnded(dependent);
    if (!state.stale) return;
    state.stale = false;
    this.reopen(state);
    this.resolvable.push(state);
  }

  /** One more of what a node needs has ended. */
  private countEnded(state: State): void {
    state.missing--;
    if (state.missing === 0 && state.status === 'waiting') this.resolvable.push(state);
  }

  /** Settles a node that came to nothing, and all that cannot do without it. */
  private settle(first: State, ending: Settled): void {
    const queue: Ending[] = [{ state: first, settled: ending }];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { state, settled } = next;
      if (state.status === 'done' || (state !== first && state.status === 'running')) continue;
      for (const following of this.settleAlone(state, settled)) queue.push(following);
    }
  }

  /** Settles a node that came to nothing; returns the endings that follow for others. */
  private settleAlone(state: State, settled: Settled): readonly Ending[] {
    if (state.status === 'ready') this.readyOf(state).remove(state);
    const { key, preimage } = state.resolved ?? {};
    const withKey = {
      ...(key === undefined ? {} : { key }),
      ...(preimage === undefined ? {} : { preimage }),
      ...settled,
    };
    const followers = this.conclude(state, withKey);
    this.world.settled(state.node, withKey);
    const { id } = state.node;
    const outcome = settled.outcome === 'cancelled' ? 'cancelled' : 'skipped';
    const after = settled.outcome === 'failed' ? id : settled.after;
    const endingOf = (other: State, reason: string): Ending => ({
      state: other,
      settled: { outcome, reason, seconds: 0, ...(after === undefined ? {} : { after }) },
    });
    const endings = followers.map((one) => endingOf(one, `has the same key as ${id}: ${settled.outcome}`));
    for (const dependent of state.dependents) {
      if (outcome === 'skipped' && mayStartWithout(dependent.node, id)) this.countEnded(dependent);
      else endings.push(endingOf(dependent, `needs ${id}: ${settled.outcome}`));
    }
    return endings;
  }

  private conclude(state: State, settled: Settled): readonly State[] {
    state.status = 'done';
    state.settled = settled;
    delete state.before;
    const key = state.resolved?.key;
    if (key !== undefined && this.leaders.get(key) === state) this.leaders.delete(key);
    return state.followers.splice(0);
  }
}

/** How a node ends that computes nothing. */
interface Ending {
  readonly state: State;
  readonly settled: Settled;
}

/** Whether all that a node takes of another stands in lists that may lack elements. */
function mayStartWithout({ inputs, mayLack = [] }: GraphNode, id: string): boolean {
  return Object.entries(inputs).every(
    ([port, tree]) => mayLack.includes(port) || [...leavesOf(tree)].every(({ leaf }) => leaf.node !== id),
  );
}
