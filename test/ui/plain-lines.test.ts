import { describe, expect, it } from 'vitest';
import type { Outcome, RunEvent, StepFinish } from '../../src/run/event.js';
import { createPlainLines } from '../../src/ui/plain-lines.js';
import { colourStyle } from '../../src/ui/style.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 7, 10, 0, 0) + seconds * 1000).toISOString();
const key = (digit: string) => digit.repeat(64);

function finish(node: string, outcome: Outcome, more: Partial<StepFinish> = {}): StepFinish {
  const step = node.split(/[[@]/)[0] ?? node;
  return {
    event: 'step.finish',
    time: at(1),
    node,
    step,
    kind: 'value',
    outcome,
    key: key('a'),
    reason: 'new',
    seconds: 1.25,
    ...more,
  };
}

function linesOf(events: readonly RunEvent[]): string[] {
  const plain = createPlainLines();
  return events.flatMap((event) => [...plain(event)]);
}

const progress = (seconds: number, done: number): RunEvent => ({
  event: 'step.progress',
  time: at(seconds),
  node: 'meta_train@200',
  done,
  total: 200,
  unit: 'iterations',
  rate: 1.9,
  secondsLeft: 42.2,
  values: { loss: 4.21349 },
});

const ending: RunEvent = {
  event: 'run.finish',
  time: at(9),
  run: 'r1',
  exitCode: 1,
  seconds: 9,
  counts: { ran: 1, hit: 0, joined: 0, failed: 1, skipped: 1, cancelled: 0 },
};

describe('plain lines', () => {
  it('shows what a step found, and its warnings as such', () => {
    const note = (line: string): RunEvent => ({
      event: 'step.note',
      time: at(0),
      node: 'interactions',
      line,
    });
    expect(linesOf([note('5 rows, 2 users'), note('warning: look at \u001b[31mthis')])).toEqual([
      'note      interactions  5 rows, 2 users',
      expect.stringMatching(/^warning {3}interactions {2}look at [^\u001b]*this$/),
    ]);
  });

  it('say every other second what is still to be sent when all is done', () => {
    const sending = (seconds: number, bytes: number): RunEvent => ({
      event: 'run.sending',
      time: at(seconds),
      url: 'https://cache.example.org/x\u001b[2J',
      entries: 2,
      objects: 1,
      bytes,
    });
    const told = linesOf([sending(0, 3e6), sending(1, 1e6), sending(2, 0), ending]);
    expect(told.slice(0, -1)).toEqual([
      expect.stringMatching(/^sending {3}https:\/\/cache[^\u001b]* {2}2 results left: 1 object, 3.0 MB$/),
      expect.stringMatching(/: 1 object, 0 B$/),
    ]);
  });

  it('tell of a derived node with the node it is derived from, and by itself where it alone was executed, or failed', () => {
    const start = (node: string, derivedFrom?: string): RunEvent => ({
      event: 'step.start',
      time: at(0),
      node,
      step: 'few_shot',
      kind: 'value',
      ...(derivedFrom === undefined ? {} : { derivedFrom }),
      key: key('a'),
      reason: 'new',
      threads: 1,
      gpus: 0,
      log: 'few_shot.log',
    });
    const [step, derivedFrom] = ['few_shot', 'few_shot'];
    const derived = (outcome: Outcome) => finish('few_shot/metrics', outcome, { step, derivedFrom });
    expect(
      linesOf([
        start('few_shot'),
        finish('few_shot', 'ran'),
        start('few_shot/metrics', 'few_shot'),
        derived('ran'),
      ]).map((line) => line.split(/ +/).slice(0, 2).join(' ')),
    ).toEqual(['start few_shot', 'ran few_shot']);
    const alone = [finish('few_shot', 'hit'), start('few_shot/metrics', 'few_shot')];
    expect(linesOf([...alone, derived('ran')]).map((line) => line.split(/ +/).slice(0, 2).join(' '))).toEqual(
      ['hit few_shot', 'start few_shot/metrics', 'ran few_shot/metrics'],
    );
    expect(linesOf([finish('few_shot', 'hit'), derived('hit'), finish('end', 'ran')])).toHaveLength(2);
    expect(linesOf([finish('few_shot', 'skipped'), derived('skipped')])).toHaveLength(1);
    const failed = linesOf([start('few_shot'), start('few_shot/metrics', 'few_shot'), derived('failed')]);
    expect(failed.at(-1)).toMatch(/^failed +few_shot\/metrics/);
  });

  it('tells in one line at the end what one failure kept from starting', () => {
    const skip = (node: string, after = 'train[lr=1]') =>
      finish(node, 'skipped', { step: node.replace(/\[.*/, ''), reason: 'needs it', after });
    const rest = ['d', 'e', 'f', 'g', 'h', 'i', 'j'].map((node) => skip(node));
    const events = [
      finish('train[lr=1]', 'failed'),
      skip('test[lr=1]'),
      skip('test[lr=2]'),
      skip('alone', 'other'),
      finish('a', 'ran'),
      skip('summary'),
    ];
    expect(linesOf(events).filter((line) => line.startsWith('skipped'))).toEqual([]);
    const lines = (more: readonly RunEvent[]) =>
      linesOf([...events, ...more, ending]).filter((line) => line.startsWith('skipped'));
    expect(lines([])).toEqual([
      'skipped   2 steps  3 nodes after train[lr=1]: test, summary',
      'skipped   alone  needs it',
    ]);
    expect(lines(rest)[0]).toBe(
      'skipped   9 steps  10 nodes after train[lr=1]: test, summary, d, e, f, g, h, i and 1 more',
    );
  });

  it('says where a run starts and why a step starts', () => {
    expect(
      linesOf([
        {
          event: 'run.start',
          version: 1,
          time: at(0),
          pipeline: 'maml',
          run: 'r1',
          nodes: 24,
          slots: 2,
          gpus: 1,
          engine: 'reference',
          engines: [{ name: 'reference' }],
          steps: [],
        },
        {
          event: 'step.start',
          time: at(0),
          node: 'pairs',
          step: 'pairs',
          kind: 'data.pairs',
          key: key('b'),
          reason: 'with.ties keep -> drop',
          threads: 1,
          gpus: 0,
          log: 'artifacts/maml/r1/logs/pairs.log',
        },
      ]),
    ).toEqual([
      'run       maml  r1  24 nodes, 2 slots, 1 gpu, engine reference',
      'start     pairs  with.ties keep -> drop',
    ]);
  });

  it('says which engine and which Python were chosen, and why, on lines of their own', () => {
    const start = { pipeline: 'maml', run: 'r1', nodes: 24, slots: 2, gpus: 0, steps: [] };
    const engine = { engine: 'wasm', engineReason: 'there is no GPU', engines: [{ name: 'wasm' }] };
    expect(linesOf([{ event: 'run.start', version: 1, time: at(0), ...start, ...engine }])).toEqual([
      'run       maml  r1  24 nodes, 2 slots',
      'engine    wasm  there is no GPU',
    ]);
    const formed = {
      ...engine,
      engines: [{ name: 'wasm', form: 'native code, 8 lanes' }, { name: 'torch' }],
    };
    expect(linesOf([{ event: 'run.start', version: 1, time: at(0), ...start, ...formed }])).toEqual([
      'run       maml  r1  24 nodes, 2 slots',
      'engine    wasm  there is no GPU; native code, 8 lanes',
      'engine    torch',
    ]);
    // Where every node computes with another than the one at the top, or with none.
    const others = { ...engine, engines: [{ name: 'torch' }] };
    expect(linesOf([{ event: 'run.start', version: 1, time: at(0), ...start, ...others }])).toEqual([
      'run       maml  r1  24 nodes, 2 slots, engine torch',
    ]);
    expect(linesOf([{ event: 'run.start', version: 1, time: at(0), ...start, engine: 'wasm' }])).toEqual([
      'run       maml  r1  24 nodes, 2 slots',
    ]);
    const python = { python: '/own/bin/python3', pythonFrom: 'kshot.yaml' };
    expect(
      linesOf([{ event: 'run.start', version: 1, time: at(0), ...start, engine: 'wasm', ...python }])[1],
    ).toBe('python    /own/bin/python3  by kshot.yaml');
  });

  it('shows iteration, loss, rate and time left, at most every two seconds for a node', () => {
    expect(linesOf([progress(0, 10), progress(1.9, 14), progress(2, 15), progress(3, 16)])).toEqual([
      'progress  meta_train@200  10/200 iterations, loss 4.213, 1.9 iterations/s, 42 s left',
      'progress  meta_train@200  15/200 iterations, loss 4.213, 1.9 iterations/s, 42 s left',
    ]);
  });

  it('folds the hits of one step into one line, also when other hits stand between', () => {
    const hits = ['tune[a=1]', 'other', 'tune[a=2]', 'tune[a=3]', 'tune[a=4]'].map((node, index) =>
      finish(node, 'hit', { key: key(String(index)) }),
    );
    expect(linesOf([...hits, finish('last', 'ran')])).toEqual([
      'hit       tune  4 nodes, keys 00000000, 22222222, 33333333, ...',
      'hit       other  key 11111111',
      'ran       last  1.3 s, key aaaaaaaa (new)',
    ]);
  });

  it('shows of a failed step its message, last lines, hint and log', () => {
    const failure = {
      reason: 'step-failed',
      message: 'exit code 3\nbecause',
      hint: 'look',
      lastLines: ['one', 'two\u001b[2J'],
      log: 'logs/x.log',
    };
    expect(linesOf([finish('x', 'failed', { failure })])).toEqual([
      'failed    x  1.3 s: exit code 3 because',
      '          | one',
      '          | two\u241b[2J',
      '          hint: look',
      '          log: logs/x.log',
    ]);
  });

  it('ends with counts that add up to the number of nodes', () => {
    const counts = { ran: 3, hit: 10, joined: 0, failed: 1, skipped: 2, cancelled: 0 };
    expect(
      linesOf([{ event: 'run.finish', time: at(9), run: 'r1', exitCode: 1, seconds: 204, counts }]),
    ).toEqual(['failed    16 nodes: 3 ran + 10 hit + 1 failed + 2 skipped, in 3 min 24 s']);
  });

  it('says that all is done as soon as the steps have ended, and again only where the end is another', () => {
    const counts = { ran: 1, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0 };
    const end = { time: at(9), run: 'r1', exitCode: 0, seconds: 2, counts } as const;
    const done = 'done      1 node: 1 ran + 0 hit, in 2.0 s';
    const computed = { event: 'run.computed', ...end } as const;
    expect(linesOf([computed])).toEqual([done]);
    expect(linesOf([computed, { event: 'run.finish', ...end }])).toEqual([done]);
    expect(linesOf([computed, { event: 'run.finish', ...end, exitCode: 1 }])).toEqual([
      done,
      'failed    1 node: 1 ran + 0 hit, in 2.0 s',
    ]);
  });

  it('does not call a run failed that only found damaged results and computed them again', () => {
    const counts = { ran: 2, hit: 9, joined: 0, failed: 0, skipped: 0, cancelled: 0 };
    const end = { event: 'run.finish', time: at(9), run: 'r1', exitCode: 1, seconds: 2, counts } as const;
    const sums = '11 nodes: 2 ran + 9 hit, in 2.0 s';
    expect(linesOf([{ ...end, repaired: ['a', 'b'] }])).toEqual([
      `repaired  ${sums}; 2 damaged results computed again`,
    ]);
    expect(linesOf([end])).toEqual([`failed    ${sums}`]);
    expect(linesOf([{ ...end, counts: { ...counts, failed: 1 }, repaired: ['a'] }])[0]).toMatch(
      /^failed .* 1 failed, in 2\.0 s; 1 damaged result computed again$/,
    );
  });

  it('depends on the events alone: the same events give the same lines', () => {
    const events = [progress(0, 1), finish('a', 'hit'), progress(5, 2), finish('b', 'ran')];
    expect(linesOf(events)).toEqual(linesOf(events));
  });

  it('colours words only, so that lines without colour are the same text', () => {
    const plain = linesOf([finish('a', 'ran')]);
    const coloured = [...createPlainLines(colourStyle)(finish('a', 'ran'))];
    expect(coloured).not.toEqual(plain);
    expect(coloured.map((line) => line.replace(/\u001b\[\d+m/g, ''))).toEqual(plain);
  });
});
