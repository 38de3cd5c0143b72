import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/base/terminal-text.js';
import type { RunEvent, RunStart, StepFinish, StepOutline, StepStart } from '../../../src/run/event.js';
import { liveRows } from '../../../src/ui/live/live-rows.js';
import { messageLines } from '../../../src/ui/live/message-lines.js';
import { type Chosen, nothingChosen, type PressedKey, pressKey } from '../../../src/ui/live/press-key.js';
import { reduceView } from '../../../src/ui/live/reduce-view.js';
import { expectedTotal } from '../../../src/ui/live/run-progress.js';
import { emptyView, nodesByState, type StepView, type ViewState } from '../../../src/ui/live/view-state.js';
import { createPlainLines } from '../../../src/ui/plain-lines.js';
import { colourStyle, plainStyle } from '../../../src/ui/style.js';
import { symbolsFor } from '../../../src/ui/symbols.js';
import { eventsOf, kshot } from '../../support/kshot.js';
import { smallExperiment } from '../../support/small-experiment.js';
import { temporaryProject } from '../../support/temporary-project.js';

const time = (seconds: number) => new Date(Date.UTC(2026, 0, 7, 10, 0, 0) + seconds * 1000).toISOString();
const symbols = symbolsFor({});

interface Screen {
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
  readonly chosen?: Chosen;
  readonly log?: readonly string[];
  readonly isColoured?: boolean;
}

function screenOf(state: ViewState, screen: Screen = {}): readonly string[] {
  const {
    width = 80,
    height = 30,
    seconds = 0,
    chosen = nothingChosen,
    log = [],
    isColoured = false,
  } = screen;
  return liveRows(state, chosen, {
    width,
    height,
    now: Date.parse(time(seconds)),
    style: isColoured ? colourStyle : plainStyle,
    symbols,
    hasKeys: true,
    isStopping: false,
    tailOf: () => log,
  }).map((row) => row.trimEnd());
}

/** Nodes by state, with those that are derived from others. */
function countAll(step: StepView) {
  const counts = { ...nodesByState(step) };
  for (const { state } of step.derived.values()) counts[state] += 1;
  counts.waiting += step.derivedTotal - step.derived.size;
  return counts;
}

const viewOf = (events: readonly RunEvent[]): ViewState => events.reduce(reduceView, emptyView);
const linesOf = (state: ViewState, width = 80): readonly string[] =>
  state.messages.flatMap((message) => messageLines(message, { width, style: plainStyle, symbols }));
const withoutColour = (text: string) => text.replace(/\u001b\[\d+m/g, '');

const runStart = (steps: readonly Partial<StepOutline>[], more: Partial<RunStart> = {}): RunStart => ({
  event: 'run.start',
  version: 1,
  time: time(0),
  pipeline: 'maml',
  run: 'r1',
  nodes: steps.reduce((sum, { nodes = 1 }) => sum + nodes, 0),
  slots: 2,
  gpus: 1,
  engine: 'wasm',
  engines: [{ name: 'wasm' }],
  steps: steps.map((step) => ({ step: '', kind: 'value', nodes: 1, hits: 0, needs: [], ...step })),
  ...more,
});
const stepOf = (node: string) => node.split(/[[@]/)[0] ?? node;
const start = (node: string, seconds: number, more: Partial<StepStart> = {}): RunEvent => ({
  event: 'step.start',
  time: time(seconds),
  node,
  step: stepOf(node),
  kind: 'value',
  key: 'a'.repeat(64),
  reason: 'new',
  threads: 1,
  gpus: 0,
  log: `artifacts/maml/r1/logs/${node}.log`,
  ...more,
});
const progress = (
  node: string,
  seconds: number,
  done: number,
  values: { [name: string]: number } = {},
): RunEvent => ({
  event: 'step.progress',
  time: time(seconds),
  node,
  done,
  total: 100,
  unit: 'iterations',
  rate: 10,
  secondsLeft: (100 - done) / 10,
  values,
});
const finish = (
  node: string,
  outcome: StepFinish['outcome'],
  seconds: number,
  more: Partial<StepFinish> = {},
): RunEvent => ({
  event: 'step.finish',
  time: time(seconds),
  node,
  step: stepOf(node),
  kind: 'value',
  outcome,
  reason: 'new',
  seconds: 1,
  ...more,
});

describe('the live view of a run that was recorded', () => {
  let recorded: readonly RunEvent[] = [];
  let resumed: readonly RunEvent[] = [];
  beforeAll(async () => {
    const project = temporaryProject({ files: { 'pipelines/small.yaml': smallExperiment } });
    recorded = eventsOf(await kshot(project, ['run', '--json']));
    resumed = eventsOf(await kshot(project, ['run', '--json', '--set', 'params.iterations=6']));
  });

  const anyRun = () => fc.constantFrom(recorded, resumed);
  const keys = fc.array(
    fc.constantFrom<PressedKey>('up', 'down', 'left', 'right', 'first', 'last', 'enter', 'escape', 'help'),
    { maxLength: 12 },
  );

  it('counts every node once, in every prefix of the events', () => {
    fc.assert(
      fc.property(anyRun(), fc.nat(), (events, length) => {
        const prefix = events.slice(0, length % (events.length + 1));
        const state = viewOf(prefix);
        const outcomes = new Map(
          prefix.flatMap((event) =>
            event.event === 'step.finish' ? [[event.node, event.outcome] as const] : [],
          ),
        );
        const counts = state.steps.map(countAll);
        for (const outcome of ['ran', 'hit', 'joined', 'failed', 'skipped', 'cancelled'] as const) {
          expect(counts.reduce((sum, one) => sum + one[outcome], 0)).toBe(
            [...outcomes.values()].filter((one) => one === outcome).length,
          );
        }
        const all = counts.reduce((sum, one) => sum + Object.values(one).reduce((a, b) => a + b), 0);
        expect(all).toBe(state.nodes);
      }),
    );
  });

  it('ends with the counts of the run, and each step told once', () => {
    for (const events of [recorded, resumed]) {
      const state = viewOf(events);
      const sums = state.steps.map(countAll);
      const last = events.at(-1);
      expect(last).toMatchObject({ event: 'run.finish', exitCode: 0 });
      if (last?.event !== 'run.finish') continue;
      for (const [outcome, count] of Object.entries(last.counts)) {
        expect(sums.reduce((sum, one) => sum + one[outcome as 'ran'], 0)).toBe(count);
      }
      const told = state.messages.flatMap((one) =>
        one.type === 'step' ? [one.step.step] : one.type === 'steps' ? one.steps.map(({ step }) => step) : [],
      );
      expect(told.toSorted()).toEqual(state.steps.map(({ step }) => step).toSorted());
    }
  });

  it('tells above the view what a step found, and its warnings, broken to the width', () => {
    const note = (line: string): RunEvent => ({
      event: 'step.note',
      time: time(1),
      node: 'interactions',
      line,
    });
    const state = viewOf([runStart([]), note('5 rows, 2 users'), note('warning: times are unlikely')]);
    expect(linesOf(state)).toEqual([
      'note      interactions  5 rows, 2 users',
      'warning   interactions  times are unlikely',
    ]);
    expect(Math.max(...linesOf(state, 30).map((line) => line.length))).toBeLessThanOrEqual(30);
  });

  it('never takes more columns or rows than the terminal has, whatever is selected, unfolded or open', () => {
    const size = { width: fc.integer({ min: 20, max: 200 }), height: fc.integer({ min: 4, max: 60 }) };
    fc.assert(
      fc.property(
        anyRun(),
        fc.nat(),
        keys,
        fc.record(size),
        fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 30 }),
        (events, length, pressed, { width, height }, log) => {
          const state = viewOf(events.slice(0, length % (events.length + 1)));
          const chosen = pressed.reduce(
            (one, key) => pressKey(one, key, state, log.length).chosen,
            nothingChosen,
          );
          const rows = screenOf(state, { width, height, chosen, log, seconds: 3600, isColoured: true });
          expect(rows.length).toBeLessThan(height);
          for (const row of rows) {
            expect(row).not.toContain('\n');
            expect(displayWidth(withoutColour(row)), row).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });

  it('keeps an open log within a terminal of four rows', () => {
    const open = { ...nothingChosen, log: { node: 'pairs', scrolled: 0 } };
    const size = { width: 80, height: 4, seconds: 3600, isColoured: false };
    expect(screenOf(viewOf(recorded), { ...size, chosen: open, log: ['a', 'b'] }).length).toBeLessThan(4);
  });

  it('keeps what is selected in sight', () => {
    fc.assert(
      fc.property(anyRun(), fc.nat(), keys, (events, length, pressed) => {
        const state = viewOf(events.slice(0, length % (events.length + 1)));
        const chosen = [...pressed, 'down' as const].reduce(
          (one, key) => pressKey(one, key, state).chosen,
          nothingChosen,
        );
        const rows = screenOf(state, { height: 14, chosen: { ...chosen, help: false } });
        const isList = chosen.log === undefined && state.steps.length > 0;
        expect(rows.filter((row) => row.startsWith(symbols.cursor))).toHaveLength(isList ? 1 : 0);
      }),
    );
  });

  it('shows the validation of earlier runs’ checkpoints too, and which was the best', () => {
    const until = resumed.findIndex((event) => event.event === 'step.start' && event.node === 'validate@6');
    const running = resumed.slice(0, until);
    const loss = resumed.find((event) => event.event === 'step.progress' && event.node === 'meta_train@6');
    const metrics = resumed.flatMap((event) =>
      event.event === 'step.finish' && event.step === 'validate' && event.outcome === 'hit'
        ? event.derivedFrom === undefined
          ? []
          : [{ at: event.derivedFrom, value: event.values?.['accuracy@1'] ?? 0 }]
        : [],
    );
    expect(metrics).toHaveLength(2);
    const isTraining = running.findLastIndex((event) => event.event === 'step.progress');
    const rows = screenOf(viewOf(running.slice(0, isTraining + 1)));
    const best = metrics.reduce((high, one) => (one.value > high.value ? one : high));
    expect(loss).toBeDefined();
    expect(rows.find((row) => row.includes('val accuracy@1'))).toContain(
      `best ${best.value.toFixed(4)} at ${best.at.replace('validate', '')}`,
    );
  });
});

describe('a program that reports figures of its own', () => {
  const report = (second: number, done: number, values: { [name: string]: number }): RunEvent => ({
    event: 'step.progress',
    time: time(second),
    node: 'train',
    done,
    unit: 'epoch',
    values,
  });
  const events = [
    runStart([{ step: 'train' }]),
    start('train', 0),
    ...[1, 2, 3].flatMap((epoch) => [
      report(epoch, epoch, { accuracy: epoch / 10, train_loss: 1 / epoch, f1: 0.5, last: 1 }),
      report(epoch, epoch, { once: Number.NaN }),
    ]),
  ];

  it('has a row for each of the first, a loss before the others, and how far it is without an end', () => {
    const rows = screenOf(viewOf(events));
    expect(rows.find((row) => row.includes('train '))).toMatch(/3 epoch/);
    const figures = rows.filter((row) => /accuracy|loss|f1|last|once/.test(row)).map((row) => row.trim());
    expect(figures).toEqual([
      expect.stringMatching(/^train_loss +0\.3333 .*lowest 0\.3333$/),
      expect.stringMatching(/^accuracy +0\.3 .*0\.1 to 0\.3$/),
      expect.stringMatching(/^f1 +0\.5 .*0\.5 to 0\.5$/),
    ]);
  });

  it('keeps its curve on the screen when it has failed', () => {
    const failed = finish('train', 'failed', 4, { reason: 'exit code 1' });
    const running = viewOf([...events, failed, start('other', 5)]);
    expect(screenOf(running).some((row) => row.includes('train_loss'))).toBe(true);
  });
});

describe('what is derived from a node', () => {
  const derived = { step: 'few_shot', derivedFrom: 'few_shot' };
  const values = { 'accuracy@1': 0.25 };
  const pipeline = runStart([{ step: 'few_shot', derived: 1 }], { nodes: 2 });

  it('is told with it, once both are done, with the figures that it found', () => {
    const before = [
      pipeline,
      start('few_shot', 0),
      finish('few_shot', 'ran', 1),
      start('few_shot/metrics', 1, derived),
    ];
    expect(linesOf(viewOf(before))).toEqual([]);
    expect(screenOf(viewOf(before)).join('\n')).toContain('1/2 nodes');
    const state = viewOf([...before, finish('few_shot/metrics', 'ran', 2, { ...derived, values })]);
    expect(linesOf(state)).toEqual(['ran       few_shot  2.0 s, accuracy@1 0.2500']);
    expect(screenOf(state).join('\n')).toContain('2/2 nodes');
  });

  it('is told by itself where it alone was executed, or failed', () => {
    const alone = [pipeline, finish('few_shot', 'hit', 0), start('few_shot/metrics', 0, derived)];
    expect(linesOf(viewOf([...alone, finish('few_shot/metrics', 'ran', 1, { ...derived, values })]))).toEqual(
      ['ran       few_shot/metrics  1.0 s, accuracy@1 0.2500'],
    );
    const failed = viewOf([...alone, finish('few_shot/metrics', 'failed', 1, derived)]);
    expect(linesOf(failed)[0]).toMatch(/^failed +few_shot\/metrics/);
    expect(screenOf(failed).join('\n')).toMatch(/few_shot.*new/);
  });

  it('is not told twice where the node failed', () => {
    const ended = [
      start('few_shot', 0),
      finish('few_shot', 'failed', 1),
      finish('few_shot/metrics', 'skipped', 1, derived),
    ];
    expect(linesOf(viewOf([pipeline, ...ended]))).toHaveLength(1);
  });
});

describe('the rows of the live view', () => {
  const pipeline = runStart([
    { step: 'data', hits: 1 },
    { step: 'pairs', hits: 1 },
    { step: 'train', nodes: 4, needs: ['pairs'] },
    { step: 'validate', nodes: 4, needs: ['train', 'pairs'], role: 'val' },
    { step: 'tune', nodes: 12, needs: ['train'], role: 'val' },
    { step: 'report', needs: ['tune'] },
  ]);
  const underWay = [
    pipeline,
    finish('data', 'hit', 0),
    finish('pairs', 'hit', 0),
    start('train@100', 0, { threads: 2, gpus: 1 }),
    ...[4, 3, 2.5, 2.25].map((loss, index) => progress('train@100', 1 + index, 25 * (index + 1), { loss })),
    finish('train@100', 'ran', 5, { values: { loss: 2.25 } }),
    finish('validate@100', 'ran', 6, { values: { 'accuracy@1': 0.25 } }),
    start('train@200', 6, { threads: 2, gpus: 1 }),
    progress('train@200', 8, 50, { loss: 2 }),
  ];

  it('are a line a step, hits folded, with progress, curves, what is in use and how long', () => {
    expect(screenOf(viewOf(underWay), { seconds: 9 })).toEqual([
      '',
      '  ✓ 2 steps from the cache',
      '  ● train      1/4  ━━━━━━──────────  37 %  25 s left  10/s  50/100 iterations',
      '      loss                    2  █▅▃▂▁  lowest 2',
      '      val accuracy@1     0.2500  ▄  best 0.2500 at @100',
      '  ◐ validate   1/4  ━━━━────────────  25 %',
      '  ○ tune      0/12',
      '  ○ report',
      '━━━━━━━─────────────────────────────────  4/23 nodes  9.0 s',
      'slots 2/2  gpu 1/1  wasm          ↑↓ select  → unfold  enter log  q stop  ? help',
    ]);
  });

  it('draw the validation of one setting, the best, and none where it may be of another training', () => {
    const validated = (step: string) => [
      ...([0.1, 0.11, 0.13] as const).flatMap((value, index) => [
        finish(`validate[lr=0.1]@${100 * (index + 1)}`, 'ran', 6, { values: { 'accuracy@1': value } }),
        finish(`validate[lr=0.5]@${100 * (index + 1)}`, 'ran', 6, { values: { 'accuracy@1': 0.4 - value } }),
      ]),
      start(`${step}@400`, 7),
      progress(`${step}@400`, 8, 50, { loss: 2 }),
    ];
    const begun = runStart([
      { step: 'train', nodes: 4 },
      { step: 'validate', nodes: 8, needs: ['train'], role: 'val' },
    ]);
    const validation = (step: string) =>
      screenOf(viewOf([begun, ...validated(step)])).find((row) => row.includes('val accuracy@1'));
    expect(validation('train')).toBe('      val accuracy@1     0.2700  █▆▁  best 0.3000 at [lr=0.5]@100');
    expect(validation('train[lr=0.1]')).toBeUndefined();
  });

  it('say less where there are fewer columns', () => {
    const rows = screenOf(viewOf(underWay), { seconds: 9, width: 60 });
    expect(rows.find((row) => row.includes('train'))).toBe(
      '  ● train      1/4  ━━━─────  37 %  25 s left  10/s',
    );
    expect(rows.at(-1)).toBe('slots 2/2  gpu 1/1  wasm           enter log  q stop  ? help');
  });

  it('unfold a step’s nodes to the right and open the log of what runs with enter', () => {
    const state = viewOf(underWay);
    const press = (...pressed: readonly PressedKey[]) =>
      pressed.reduce((chosen, key) => pressKey(chosen, key, state, 3).chosen, nothingChosen);
    const unfolded = screenOf(state, { chosen: press('down', 'down', 'right') });
    expect(unfolded.slice(2, 5).map((row) => row.replace(/ +/g, ' '))).toEqual([
      '❯ ● train 1/4 ━━━━━━────────── 37 % 25 s left 10/s 50/100 iterations',
      ' loss 2 █▅▃▂▁ lowest 2',
      ' val accuracy@1 0.2500 ▄ best 0.2500 at @100',
    ]);
    expect(unfolded.slice(5, 7).map((row) => row.replace(/ +/g, ' '))).toEqual([
      ' ✓ @100 ran 1.0 s',
      ' ● @200 ━━━━━━━━──────── 50 % 5 s left 10/s 50/100 iterations',
    ]);
    const log = ['one', 'two\u001b[2J', 'three'];
    expect(screenOf(state, { chosen: press('down', 'down', 'enter'), log }).slice(0, 6)).toEqual([
      '',
      'train@200  running',
      'artifacts/maml/r1/logs/train@200.log',
      '│ one',
      '│ two␛[2J',
      '│ three',
    ]);
    // To the left, the node before it; then back to the list.
    const before = press('down', 'down', 'enter', 'left');
    expect(before.log?.node).toBe('train@100');
    expect(pressKey(before, 'escape', state).chosen.log).toBeUndefined();
  });

  it('count every outcome of a step that was stopped, with the time from its first start to its last end', () => {
    const state = viewOf([
      runStart([{ step: 'v', nodes: 4 }, { step: 'w' }]),
      start('v[1]', 1),
      start('v[2]', 1),
      finish('v[1]', 'ran', 4, { seconds: 3 }),
      finish('v[2]', 'ran', 4, { seconds: 3 }),
      finish('v[3]', 'cancelled', 4, { seconds: 0 }),
      finish('v[4]', 'cancelled', 4, { seconds: 0 }),
    ]);
    const chosen = pressKey(pressKey(nothingChosen, 'down', state).chosen, 'right', state).chosen;
    expect(screenOf(state, { chosen }).join('\n')).toMatch(/ v +4\/4 +2 ran \+ 2 cancelled 3\.0 s$/m);
    expect(linesOf(state)).toEqual(['cancelled v  2 ran + 2 cancelled, 3.0 s']);
  });

  it('ask to stop with q, and of the keys that the terminal would have taken, the same as it', () => {
    for (const key of ['stop', 'interrupt', 'suspend'] as const) {
      expect(pressKey(nothingChosen, key, viewOf(underWay))).toEqual({ chosen: nothingChosen, action: key });
    }
  });

  it('hold a thousand nodes', () => {
    const many = runStart([
      { step: 'wide', nodes: 600 },
      ...Array.from({ length: 400 }, (_, index) => ({ step: `step_${index}` })),
    ]);
    const state = viewOf([many, start('wide[x=1]', 0), start('wide[x=2]', 0)]);
    const rows = screenOf(state, { height: 24 });
    expect(rows).toHaveLength(14);
    expect(rows[1]).toContain('wide');
    expect(rows.find((row) => row.includes('more'))).toBe('  ↓ 391 more');
    const last = pressKey(nothingChosen, 'last', state).chosen;
    expect(screenOf(state, { height: 24, chosen: last }).join('\n')).toContain('❯ ○ step_399');
  });
});

describe('what stays above the live view', () => {
  const failure = {
    reason: 'step-failed',
    message: 'exit code 3',
    lastLines: ['Traceback', 'ValueError'],
    log: 'artifacts/maml/r1/logs/b.log',
  };
  const events = [
    runStart([{ step: 'a' }, { step: 'a2' }, { step: 'b' }, { step: 'c', nodes: 3 }, { step: 'd' }]),
    finish('a', 'hit', 0),
    finish('a2', 'hit', 0),
    start('b', 0),
    finish('b', 'failed', 2, { failure, reason: 'exit code 3' }),
    start('c[x=1]', 0),
    finish('c[x=1]', 'ran', 4),
    finish('c[x=2]', 'hit', 4),
    finish('c[x=3]', 'skipped', 4, { reason: 'not started, because b failed' }),
    finish('d', 'skipped', 4, { reason: 'needs b: failed' }),
    {
      event: 'run.finish',
      time: time(5),
      run: 'r1',
      exitCode: 1,
      seconds: 5,
      counts: { ran: 1, hit: 3, joined: 0, failed: 1, skipped: 2, cancelled: 0 },
    } as const,
  ];

  it('is a line a step when it is over, hits folded, and a failure at once with its last lines and log', () => {
    expect(linesOf(viewOf(events))).toEqual([
      'hit       2 steps  a, a2',
      'failed    b  1.0 s: exit code 3',
      '          | Traceback',
      '          | ValueError',
      '          log: artifacts/maml/r1/logs/b.log',
      'skipped   c  1 ran + 1 hit + 1 skipped, 4.0 s',
      'skipped   d  needs b: failed',
    ]);
    expect(linesOf(viewOf(events.slice(0, 5)))).toContain('failed    b  1.0 s: exit code 3');
  });

  it('tells in one line at the end which steps one failure kept from starting', () => {
    const skip = (step: string, second: number) =>
      finish(step, 'skipped', second, { reason: 'needs b', after: 'b' });
    const told = [
      runStart([{ step: 'b' }, { step: 'c' }, { step: 'a' }, { step: 'd' }]),
      start('b', 0),
      finish('b', 'failed', 2, { failure, reason: 'exit code 3' }),
      skip('c', 2),
      start('a', 2),
      finish('a', 'ran', 3),
      skip('d', 4),
    ];
    const ending = events.at(-1)!;
    expect(linesOf(viewOf(told)).join('\n')).not.toContain('skipped');
    expect(linesOf(viewOf([...told, ending])).at(-1)).toBe('skipped   2 steps  after b: c, d');
  });

  it('says above it that a step is executed once more, and goes on with it', () => {
    const reason = 'the process that ran a was ended by SIGKILL';
    const retry: RunEvent = { event: 'step.retry', time: time(2), node: 'a', reason };
    const state = viewOf([runStart([{ step: 'a' }]), start('a', 0), retry]);
    expect(linesOf(state)).toEqual([`retry     a  ${reason}`]);
    expect(state.steps.map((step) => nodesByState(step).running)).toEqual([1]);
    expect(createPlainLines()(retry)).toEqual([`retry     a  ${reason}`]);
  });

  it('only grows, and fits the width but for failures, which are told whole', () => {
    const states = events.map((_, length) => viewOf(events.slice(0, length)));
    for (const [index, state] of states.entries()) {
      const before = states[index - 1]?.messages ?? [];
      expect(state.messages.slice(0, before.length)).toEqual(before);
    }
    const names = Array.from({ length: 40 }, (_, index) => `a_rather_long_name_${index}`);
    const hits = viewOf([
      runStart(names.map((step) => ({ step }))),
      ...names.map((name) => finish(name, 'hit', 0)),
      start('x', 0),
    ]);
    expect(linesOf(hits, 60)).toEqual(['hit       40 steps  a_rather_long_name_0 and 39 more']);
    expect(linesOf(hits, 80)[0]).toMatch(/^hit {7}40 steps {2}a_rather_long_name_0, .* and 38 more$/);
  });
});

describe('nodes that are jobs', () => {
  const queued = (node: string, seconds: number): RunEvent => ({
    event: 'step.job',
    time: time(seconds),
    node,
    state: 'queued',
  });
  const running = (node: string, seconds: number, job: string): RunEvent => ({
    event: 'step.job',
    time: time(seconds),
    node,
    state: 'running',
    job,
    host: 'node7',
  });
  const one = viewOf([runStart([{ step: 'train', nodes: 1 }]), start('train', 0), queued('train', 0)]);
  const begun = reduceView(one, running('train', 600, '4711_3'));
  const rowOf = (state: ViewState, seconds: number, chosen?: Chosen) =>
    screenOf(state, { seconds, ...(chosen === undefined ? {} : { chosen }) }).find((row) =>
      row.includes('train'),
    );

  it('say that they wait in the queue, then their job and its machine, and count from there', () => {
    expect(rowOf(one, 300)).toMatch(/train .*queued {2}5 min/);
    expect(rowOf(begun, 630)).toMatch(/train .*4711_3 on node7 {2}30 s/);
    // The queue's wait is nobody's slot here.
    expect(screenOf(begun, { seconds: 630 }).join('\n')).toContain('slots 0/2');
  });

  it('are counted by step, and each says its own where the step is unfolded', () => {
    const names = ['train[x=1]', 'train[x=2]', 'train[x=3]'];
    const many = viewOf([
      runStart([{ step: 'train', nodes: 3 }]),
      ...names.flatMap((name) => [start(name, 0), queued(name, 0)]),
      running('train[x=1]', 10, '4711_0'),
    ]);
    expect(rowOf(many, 20)).toContain('1 running, 2 queued');
    const chosen = (['down', 'right'] as const).reduce(
      (before, key) => pressKey(before, key, many, 3).chosen,
      nothingChosen,
    );
    const unfolded = screenOf(many, { seconds: 20, chosen }).join('\n');
    expect(unfolded).toMatch(/x=1.*4711_0 on node7/);
    expect(unfolded).toMatch(/x=2.*queued/);
  });
});

describe('how long the run may take', () => {
  const expected = runStart(
    [
      { step: 'a', expectedSeconds: 10 },
      { step: 'b', expectedSeconds: 10 },
    ],
    { expectedSeconds: 20 },
  );
  const at = (events: readonly RunEvent[], seconds: number) =>
    expectedTotal(viewOf([expected, ...events]), Date.parse(time(seconds)));

  it('is the estimate at first, and what it took at the end', () => {
    expect(at([], 0)).toBe(20);
    const end = [start('a', 0), finish('a', 'ran', 15), start('b', 15), finish('b', 'ran', 30)];
    expect(at(end, 30)).toBe(30);
  });

  it('stays where the run is as fast as expected, and grows where it is slower', () => {
    const half = [start('a', 0), finish('a', 'ran', 10)];
    expect(at(half, 10)).toBe(20);
    expect(at([start('a', 0), finish('a', 'ran', 20)], 20)).toBeGreaterThan(30);
  });

  it('is unknown where a step has never run', () => {
    expect(expectedTotal(viewOf([runStart([{ step: 'a' }])]), Date.parse(time(5)))).toBeUndefined();
  });
});
