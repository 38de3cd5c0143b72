import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/canonical.js';
import type { Failure } from '../../src/base/failure.js';
import { missingElement } from '../../src/base/files/tree.js';
import type { JsonObject } from '../../src/base/json.js';
import type { GraphNode } from '../../src/pipeline/graph/graph.js';
import { keyOf } from '../../src/pipeline/plan/keys.js';
import type { PlannedNode } from '../../src/pipeline/plan/plan.js';
import { Schedule } from '../../src/run/schedule.js';
import type { Settled, Startable } from '../../src/run/schedule-state.js';
import type { Entry } from '../../src/store/entry.js';
import { entryFacts } from '../support/entry-facts.js';

const codes = { kinds: { k: { digest: 'k', manifest: '' } }, engines: {} };
const noFailure: Failure = { reason: 'step-failed', message: 'it broke' };
const timing = { seconds: 1 };
const total = { slots: 10, cpus: 10, gpus: 1, memoryBytes: 1e9 };

function nodeOf(
  id: string,
  needs: readonly string[] = [],
  parameters: JsonObject = { id },
  gpus = 0,
): GraphNode {
  return {
    id,
    step: id,
    kind: 'k',
    givenParameters: parameters,
    names: {},
    parameters,
    inputs: Object.fromEntries(
      needs.map((node) => [node, { type: 'file', leaf: { node, path: 'value' } } as const]),
    ),
    outputs: {},
    roles: {},
    files: [],
    resources: { slots: 1, gpus },
    deterministic: true,
    location: { file: 'x', line: 1, column: 1, length: 1, lineText: '' },
  };
}

/** A store in memory, and a schedule over nodes of which `hits` have entries. */
function scheduleOf(
  nodes: readonly GraphNode[],
  {
    hits = [],
    forced = [],
    delayed,
  }: {
    hits?: string[];
    forced?: string[] /** Gets the answers that are given later. */;
    delayed?: (() => void)[];
  } = {},
) {
  const entries = new Map<string, Entry>();
  const bad = new Set<string>();
  const told: { id: string; settled: Settled }[] = [];
  const entryOf = (start: Pick<Startable, 'key' | 'preimage' | 'inputs'>, content: string): Entry => {
    const entry: Entry = {
      format: 1,
      ...start,
      outputs: { value: { type: 'file', leaf: { digest: digestOf(content), bytes: 1 } } },
      facts: entryFacts,
    };
    entries.set(start.key, entry);
    for (const tree of Object.values(entry.outputs)) if (tree.type === 'file') bad.delete(tree.leaf.digest);
    return entry;
  };
  const isComplete = (entry: Entry) =>
    Object.values(entry.outputs).every((tree) => tree.type === 'file' && !bad.has(tree.leaf.digest));
  const outputs = new Map<string, Entry['outputs']>();
  const planned = nodes.map((node): PlannedNode => {
    const needs = Object.keys(node.inputs);
    if (needs.some((need) => !outputs.has(need))) return { node, state: 'depends' };
    const inputs = Object.fromEntries(needs.map((need) => [need, outputs.get(need)!['value']!]));
    const key = keyOf({ node, parameters: node.parameters, inputs, files: {}, codes });
    if (!hits.includes(node.id)) return { node, state: 'run', ...key };
    const entry = entryOf({ ...key, inputs }, node.id);
    outputs.set(node.id, entry.outputs);
    return { node, state: 'hit', ...key, entry };
  });
  const schedule = new Schedule(planned, ({ id }) => forced.includes(id), total, {
    lookUp(node, inputs, answer) {
      const { parameters } = node;
      const key = keyOf({ node, parameters, inputs, files: {}, codes });
      const entry = entries.get(key.key);
      const found = entry !== undefined && isComplete(entry) ? entry : undefined;
      const tell = () => answer({ type: 'known', ...key, parameters, inputs, entry: found });
      if (delayed === undefined) tell();
      else delayed.push(tell);
    },
    settled: (node, settled) => told.push({ id: node.id, settled }),
  });
  const started = new Map<string, Startable>();
  return {
    schedule,
    told,
    /** Takes all that can start, in order. */
    startAll(): readonly string[] {
      const ids: string[] = [];
      for (let next = schedule.next(total); next !== undefined; next = schedule.next(total)) {
        started.set(next.start.node.id, next.start);
        ids.push(next.start.node.id);
      }
      return ids;
    },
    finish(id: string, content = id): void {
      const start = started.get(id)!;
      schedule.succeeded(start.node, 'ran', entryOf(start, content), 'new', timing);
    },
    fail: (id: string) => schedule.ended(started.get(id)!.node, 'failed', noFailure, timing),
    /** Says that what `producer` gave is found to be bad when `id` would start. */
    findBad(id: string, producer: string): void {
      for (const tree of Object.values(schedule.outputsByNode.get(producer) ?? {})) {
        if (tree.type === 'file') bad.add(tree.leaf.digest);
      }
      schedule.inputsBad(started.get(id)!.node, [producer]);
    },
    outcomes: () =>
      Object.fromEntries(
        schedule.outcomes().map(({ node, settled }) => [node.id, settled?.outcome ?? 'none']),
      ),
  };
}

describe('what starts', () => {
  it('is what needs nothing that is missing, the longest chain first', () => {
    const run = scheduleOf([nodeOf('short'), nodeOf('a'), nodeOf('b', ['a']), nodeOf('c', ['b'])]);
    expect(run.startAll()).toEqual(['a', 'short']);
    run.finish('a');
    expect(run.startAll()).toEqual(['b']);
    expect(run.outcomes()).toEqual({ short: 'none', a: 'ran', b: 'none', c: 'none' });
  });

  it('is first what is derived from a node that is done, though a long chain waits', () => {
    const derived = { ...nodeOf('a/m', ['a']), derivedFrom: 'a' };
    const run = scheduleOf([nodeOf('a'), derived, nodeOf('b', ['a']), nodeOf('c', ['b'])]);
    expect(run.startAll()).toEqual(['a']);
    run.finish('a');
    expect(run.startAll()).toEqual(['a/m', 'b']);
  });

  it('counts only what is still to run in a chain', () => {
    const run = scheduleOf(
      [
        nodeOf('h1'),
        nodeOf('h2', ['h1']),
        nodeOf('h3', ['h2']),
        nodeOf('x', ['h3']),
        nodeOf('a'),
        nodeOf('b', ['a']),
      ],
      { hits: ['h1', 'h2', 'h3'] },
    );
    expect(run.startAll()).toEqual(['a', 'x']);
  });

  it('is nothing where everything is a hit', () => {
    const run = scheduleOf([nodeOf('a'), nodeOf('b', ['a'])], { hits: ['a', 'b'] });
    expect(run.startAll()).toEqual([]);
    expect(run.outcomes()).toEqual({ a: 'hit', b: 'hit' });
  });

  it('is a forced node although it has an entry, and what depends on it only if its bytes change', () => {
    const nodes = [nodeOf('a'), nodeOf('b', ['a'])];
    const same = scheduleOf(nodes, { hits: ['a', 'b'], forced: ['a'] });
    expect(same.startAll()).toEqual(['a']);
    same.finish('a');
    expect(same.startAll()).toEqual([]);
    expect(same.outcomes()).toEqual({ a: 'ran', b: 'hit' });
    const other = scheduleOf(nodes, { hits: ['a', 'b'], forced: ['a'] });
    other.startAll();
    other.finish('a', 'something else');
    expect(other.startAll()).toEqual(['b']);
  });

  it('is one node of each key; the others join it, now or later', () => {
    const same = { equal: true };
    const run = scheduleOf([nodeOf('a', [], same), nodeOf('b', [], same), nodeOf('c', ['b'])]);
    expect(run.startAll()).toEqual(['a']);
    run.finish('a');
    expect(run.outcomes()).toEqual({ a: 'ran', b: 'joined', c: 'none' });
    expect(run.startAll()).toEqual(['c']);
  });

  it('is never a node that wants more GPU tokens than there are', () => {
    const run = scheduleOf([nodeOf('a', [], {}, 2), nodeOf('b', ['a'])]);
    expect(run.outcomes()).toEqual({ a: 'failed', b: 'skipped' });
    expect(run.told[0]?.settled.failure?.reason).toBe('device-unavailable');
  });
});

describe('a node that came to nothing', () => {
  it('takes with it what needs it and what follows it, and nothing else', () => {
    const same = { equal: true };
    const run = scheduleOf([
      nodeOf('a', [], same),
      nodeOf('twin', [], same),
      nodeOf('b', ['a']),
      nodeOf('c', ['b']),
      nodeOf('d'),
      nodeOf('e', ['d', 'twin']),
    ]);
    expect(run.startAll()).toEqual(['a', 'd']);
    run.fail('a');
    expect(run.outcomes()).toEqual({
      a: 'failed',
      twin: 'skipped',
      b: 'skipped',
      c: 'skipped',
      d: 'none',
      e: 'skipped',
    });
    expect(run.told.find(({ id }) => id === 'c')?.settled.reason).toBe('needs b: skipped');
  });
});

describe('a node whose list may lack elements', () => {
  const chooserOf = (rows: readonly string[], others: readonly string[] = []): GraphNode => ({
    ...nodeOf('best', others),
    inputs: {
      ...nodeOf('best', others).inputs,
      rows: {
        type: 'list',
        elements: rows.map((node) => ({ type: 'file', leaf: { node, path: 'value' } })),
      },
    },
    mayLack: ['rows'],
  });
  const nodes = [
    nodeOf('a'),
    nodeOf('b'),
    nodeOf('c', ['b']),
    chooserOf(['a', 'b', 'c']),
    nodeOf('d', ['best']),
  ];

  it('starts when all that it takes has ended, and its key says what is missing', () => {
    const run = scheduleOf(nodes);
    expect(run.startAll()).toEqual(['b', 'a']);
    run.fail('b');
    expect(run.startAll()).toEqual([]);
    run.finish('a');
    expect(run.startAll()).toEqual(['best']);
    run.finish('best');
    expect(run.told.find(({ id }) => id === 'best')?.settled.preimage?.['missing']).toEqual([
      'rows[1]',
      'rows[2]',
    ]);
    expect(run.startAll()).toEqual(['d']);
    expect(run.outcomes()).toEqual({ a: 'ran', b: 'failed', c: 'skipped', best: 'ran', d: 'none' });
  });

  it('has another key where nothing is missing', () => {
    const keys = [true, false].map((fails) => {
      const run = scheduleOf(nodes);
      run.startAll();
      run.finish('a');
      if (fails) run.fail('b');
      else run.finish('b');
      const started = [...run.startAll()];
      if (!fails) {
        run.finish('c');
        started.push(...run.startAll());
      }
      expect(started).toEqual(fails ? ['best'] : ['c', 'best']);
      run.finish('best');
      return run.told.find(({ id }) => id === 'best')?.settled.key;
    });
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('is skipped where all elements failed, or something beside its list', () => {
    const none = scheduleOf(nodes);
    none.startAll();
    none.fail('a');
    none.fail('b');
    expect(none.startAll()).toEqual([]);
    expect(none.outcomes()).toEqual({
      a: 'failed',
      b: 'failed',
      c: 'skipped',
      best: 'skipped',
      d: 'skipped',
    });
    expect(none.told.find(({ id }) => id === 'best')?.settled.reason).toBe(
      'there is nothing left of its input rows (a: failed and 2 more)',
    );

    const beside = scheduleOf([nodeOf('a'), nodeOf('b'), chooserOf(['a', 'b'], ['b'])]);
    beside.startAll();
    beside.fail('b');
    expect(beside.outcomes()).toEqual({ a: 'none', b: 'failed', best: 'skipped' });
  });

  it('is cancelled with what it takes', () => {
    const run = scheduleOf(nodes);
    run.startAll();
    run.finish('a');
    run.schedule.ended(nodes[1]!, 'cancelled', noFailure, timing);
    expect(run.outcomes()['best']).toBe('cancelled');
  });

  it('is looked at again where an element came to nothing after all', () => {
    const run = scheduleOf(nodes, { hits: ['a'] });
    expect(run.startAll()).toEqual(['b']);
    run.finish('b');
    run.startAll();
    run.finish('c');
    expect(run.startAll()).toEqual(['best']);
    run.findBad('best', 'a');
    expect(run.startAll()).toEqual(['a']);
    run.fail('a');
    expect(run.startAll()).toEqual(['best']);
    run.finish('best');
    expect(run.told.find(({ id }) => id === 'best')?.settled.preimage?.['missing']).toEqual(['rows[0]']);
  });

  it('skips what takes an element of its own that has nothing in its place', () => {
    const over = (id: string, place: number): GraphNode => ({
      ...nodeOf(id),
      inputs: { model: { type: 'file', leaf: { node: 'best', path: `chosen/${place}` } } },
    });
    const run = scheduleOf([nodeOf('a'), chooserOf(['a']), over('first', 0), over('second', 1)]);
    run.startAll();
    run.finish('a');
    run.startAll();
    const [, best] = run.schedule.outcomes();
    const chosen = {
      type: 'list',
      elements: [missingElement, { type: 'file', leaf: { digest: digestOf('m'), bytes: 1 } }],
    } as const;
    run.schedule.succeeded(best!.node, 'ran', { ...entry(), outputs: { chosen } }, 'new', timing);
    expect(run.startAll()).toEqual(['second']);
    expect(run.told.find(({ id }) => id === 'first')?.settled).toMatchObject({
      outcome: 'skipped',
      reason: 'needs best.chosen.0, which is empty: what would be there failed',
    });
  });
});

describe('a bad object', () => {
  it('has its producer run again, and then what found it, without a second outcome for the rest', () => {
    const run = scheduleOf([nodeOf('a'), nodeOf('b', ['a']), nodeOf('c', ['a']), nodeOf('d', ['b'])], {
      hits: ['a', 'b'],
    });
    expect(run.startAll()).toEqual(['c', 'd']);
    run.findBad('c', 'a');
    expect(run.startAll()).toEqual(['a']);
    run.finish('a');
    expect(run.startAll()).toEqual(['c']);
    run.finish('c');
    run.finish('d');
    expect(run.outcomes()).toEqual({ a: 'ran', b: 'hit', c: 'ran', d: 'ran' });
    expect(run.told.map(({ id, settled }) => `${id} ${settled.outcome}`)).toEqual([
      'a hit',
      'b hit',
      'a ran',
      'c ran',
      'd ran',
    ]);
    expect([...run.schedule.badObjects]).toEqual(['a']);
  });

  it('has all that depends on the producer looked at again where its bytes came out otherwise', () => {
    const run = scheduleOf([nodeOf('a'), nodeOf('b', ['a']), nodeOf('c', ['a']), nodeOf('d', ['b'])], {
      hits: ['a', 'b'],
    });
    run.startAll();
    run.findBad('c', 'a');
    run.startAll();
    run.finish('a', 'other bytes');
    // d was under way on the strength of what b gave before.
    expect(run.startAll()).toEqual(['b', 'c']);
    run.finish('d');
    run.finish('b', 'b of other bytes');
    run.finish('c');
    expect(run.startAll()).toEqual(['d']);
    run.finish('d');
    expect(run.outcomes()).toEqual({ a: 'ran', b: 'ran', c: 'ran', d: 'ran' });
  });

  it('is repaired once; after that the disk is not trusted', () => {
    const run = scheduleOf([nodeOf('a'), nodeOf('b', ['a'])], { hits: ['a'] });
    run.startAll();
    run.findBad('b', 'a');
    run.startAll();
    run.finish('a');
    expect(run.startAll()).toEqual(['b']);
    run.findBad('b', 'a');
    expect(run.startAll()).toEqual([]);
    expect(run.outcomes()).toEqual({ a: 'failed', b: 'skipped' });
    expect(run.told.at(-2)?.settled.failure?.reason).toBe('object-corrupt');
  });
});

describe('a key that another process computes', () => {
  it('is joined when its entry is there, and tried again while it is not', () => {
    const run = scheduleOf([nodeOf('a'), nodeOf('b', ['a'])]);
    run.startAll();
    const [a] = run.schedule.outcomes();
    run.schedule.waitElsewhere(a!.node);
    expect(run.startAll()).toEqual([]);
    run.schedule.lookedElsewhere(a!.node, undefined, 'other run');
    expect(run.startAll()).toEqual(['a']);
    run.schedule.succeeded(a!.node, 'joined', entry(), 'other run', timing);
    expect(run.outcomes()['a']).toBe('joined');
  });
});

describe('an answer of the store that comes later', () => {
  it('lets a node wait, and start or be a hit by what it says', () => {
    const delayed: (() => void)[] = [];
    const run = scheduleOf([nodeOf('a'), nodeOf('b', ['a']), nodeOf('c', ['b'])], {
      hits: ['a', 'b'],
      forced: ['a'],
      delayed,
    });
    expect(run.startAll()).toEqual([]);
    delayed.shift()?.();
    expect(run.startAll()).toEqual(['a']);
    run.finish('a', 'other bytes');
    expect(run.startAll()).toEqual([]);
    expect(delayed).toHaveLength(1);
    delayed.shift()?.();
    expect(run.startAll()).toEqual(['b']);
    run.finish('b');
    delayed.shift()?.();
    expect(run.startAll()).toEqual(['c']);
  });

  it('no longer counts where what the node needs was taken back, or the run was stopped', () => {
    const delayed: (() => void)[] = [];
    const run = scheduleOf([nodeOf('a'), nodeOf('b', ['a']), nodeOf('c', ['a'])], { delayed });
    run.startAll();
    run.finish('a');
    const [ofB, ofC] = delayed.splice(0);
    ofC?.();
    expect(run.startAll()).toEqual(['c']);
    run.findBad('c', 'a');
    ofB?.();
    expect(run.outcomes()).toEqual({ a: 'none', b: 'none', c: 'none' });
    for (const tell of delayed.splice(0)) tell();
    expect(run.startAll()).toEqual(['a']);
    run.finish('a');
    run.schedule.stop({ outcome: 'cancelled', reason: 'stopped' });
    for (const tell of delayed.splice(0)) tell();
    expect(run.startAll()).toEqual([]);
    expect(run.outcomes()).toEqual({ a: 'ran', b: 'cancelled', c: 'cancelled' });
  });
});

function entry(): Entry {
  return {
    format: 1,
    key: '0'.repeat(64),
    preimage: {},
    inputs: {},
    outputs: { value: { type: 'file', leaf: { digest: digestOf('a'), bytes: 1 } } },
    facts: entryFacts,
  };
}
