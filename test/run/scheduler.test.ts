import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { StepFinish, StepProgress, StepStart } from '../../src/run/event.js';
import { openStore } from '../../src/store/local/open-store.js';
import { eventsSchema } from '../../src/ui/events-schema.js';
import type { Project } from '../support/temporary-project.js';
import { isAlive } from './support/is-alive.js';
import { digestAt, projectOf, runProject } from './support/run-pipeline.js';

interface Trace {
  readonly name: string;
  readonly event: 'begin' | 'end';
  readonly threads: number;
  readonly pid: number;
}

const traceOf = (project: Project): readonly Trace[] =>
  project
    .read('trace')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Trace);

const tracing = (name: string, project: string, more = '') =>
  `{ kind: test.trace, with: { name: ${name}, trace: "${project}/trace"${more} } }`;

describe('a run', () => {
  it('executes what is not a hit in the order of the graph, in as many processes as slots, and hits cost nothing', async () => {
    const project = projectOf(
      (root) => `  a: ${tracing('a', root)}
  b: { kind: test.trace, in: { input: a }, with: { name: b, trace: "${root}/trace" } }
  c: { kind: test.trace, in: { input: b }, with: { name: c, trace: "${root}/trace" } }
`,
    );
    const first = await runProject(project);
    expect(first.counts).toEqual({ ran: 3, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 0 });
    expect(traceOf(project).map(({ name, event }) => `${name} ${event}`)).toEqual([
      'a begin',
      'a end',
      'b begin',
      'b end',
      'c begin',
      'c end',
    ]);
    expect(new Set(traceOf(project).map(({ pid }) => pid)).size).toBe(1);
    expect(first.workers).toBe(1);
    const second = await runProject(project);
    expect(second.counts.hit).toBe(3);
    expect(second.workers).toBe(0);
    expect(second.outcomeOf('c').entry).toEqual(first.outcomeOf('c').entry);
  });

  it('makes the ports that are derived in nodes of their own, with no process more', async () => {
    const steps = (content: string) => (root: string) =>
      `  w:
    kind: test.whole
    with: { content: ${content}, parts: [a, b] }
    matrix: { n: [1, 2] }
  long: ${tracing('long', root)}
  longer: { kind: test.trace, in: { input: long }, with: { name: longer, trace: "${root}/trace" } }
  a: { kind: test.trace, over: { input: w.a }, with: { name: a } }
  b: { kind: test.trace, in: { input: "w[n=2].b" }, with: { name: b } }
`;
    const project = projectOf(steps('{ a: 3, b: 4 }'));
    const first = await runProject(project, { slots: 1 });
    // What is derived from equal contents, and of what follows, is made once.
    expect(first.counts).toMatchObject({ ran: 8, joined: 3, failed: 0 });
    expect(first.workers).toBe(1);
    expect(await first.textOf('w[n=1]/a', 'a')).toBe('3');
    expect(await first.textOf('w[n=2]/b', 'b')).toBe('4');
    const started = first.events.flatMap((event) => (event.event === 'step.start' ? [event] : []));
    const order = started.map(({ node }) => node);
    for (const id of order.filter((node) => node.includes('/'))) {
      expect(order.indexOf(id), id).toBeGreaterThan(order.indexOf(id.slice(0, -2)));
    }
    expect(started.filter(({ derivedFrom }) => derivedFrom !== undefined)).toHaveLength(2);

    // Another b: the node of a runs again, but what it gives is the same, so that nothing over it does.
    const other = projectOf(steps('{ a: 3, b: 5 }'));
    const store = await openStore(project.path('cache'));
    const again = await runProject(other, { store });
    // Of two nodes with equal keys either may be the one that runs.
    const ran = again.nodes.flatMap(({ node, outcome }) =>
      outcome === 'ran' ? [node.id.replace(/\[.*\]/, '')] : [],
    );
    expect([...new Set(ran)]).toEqual(expect.arrayContaining(['w', 'w/a', 'w/b', 'b']));
    expect(again.outcomeOf('a@n=1').outcome).toBe('hit');
  });

  it('tells of a derived node that fails, and skips what needs it alone', async () => {
    const project = projectOf(`  w: { kind: test.whole, with: { content: null, parts: [a] } }
  of: { kind: test.trace, in: { input: w.a }, with: { name: of } }
  whole: { kind: test.trace, in: { input: w.value }, with: { name: whole } }
`);
    const ran = await runProject(project, { keepGoing: true });
    const outcomes = Object.fromEntries(ran.nodes.map(({ node, outcome }) => [node.id, outcome]));
    expect(outcomes).toEqual({ w: 'ran', 'w/a': 'failed', of: 'skipped', whole: 'ran' });
  });

  it('fills the slots and no more, and keeps its processes from step to step', async () => {
    const project = projectOf(
      (root) => `  s:
    kind: test.trace
    with: { name: s, trace: "${root}/trace", seconds: 0.3 }
    matrix: { i: [1, 2, 3, 4, 5, 6, 7, 8, 9] }
`,
    );
    const { counts, workers } = await runProject(project, { slots: 3 });
    expect(counts.ran).toBe(9);
    let atOnce = 0;
    let most = 0;
    for (const { event } of traceOf(project)) {
      atOnce += event === 'begin' ? 1 : -1;
      most = Math.max(most, atOnce);
    }
    expect(most).toBe(3);
    expect(workers).toBe(3);
    expect(new Set(traceOf(project).map(({ pid }) => pid)).size).toBe(3);
  });

  it('gives all free slots to a kind that can use them, where nothing else runs', async () => {
    const project = projectOf('  a: { kind: test.free }\n  b: { kind: test.free, in: { input: a } }\n');
    const run = await runProject(project, { slots: 5 });
    expect(await run.textOf('a')).toBe('5');
    expect(await run.textOf('b')).toBe('5');
    expect(run.outcomeOf('a').threads).toBe(5);
  });

  it('gives each of the steps that run at once its part of the memory, which is in no key', async () => {
    const project = projectOf('  a: { kind: test.memory }\n');
    const { textOf } = await runProject(project, { slots: 4 });
    const bytes = Number(await textOf('a'));
    expect(bytes).toBeGreaterThan(2 ** 20);
    expect(4 * bytes).toBeLessThan(Math.max(totalmem(), 4 * 2 ** 28));
    expect((await runProject(project, { slots: 1 })).counts.hit).toBe(1);
  });

  it('stops the wave at a step that gave the same bytes again', async () => {
    const project = projectOf(
      '  a: { kind: test.trace, with: { name: a, content: same } }\n  b: { kind: test.trace, in: { input: a }, with: { name: b } }\n',
    );
    await runProject(project);
    project.edit('pipelines/test.yaml', 'name: a, content', 'name: other, content');
    const { outcomeOf } = await runProject(project);
    expect(outcomeOf('a').outcome).toBe('ran');
    expect(outcomeOf('b').outcome).toBe('hit');
  });

  it('executes equal keys once', async () => {
    const project = projectOf(
      (root) => `  a: ${tracing('x', root, ', seconds: 0.1')}
  b: ${tracing('x', root, ', seconds: 0.1')}
`,
    );
    const { counts, outcomeOf } = await runProject(project);
    expect(counts).toMatchObject({ ran: 1, joined: 1 });
    expect(outcomeOf('b').entry).toBe(outcomeOf('a').entry);
    expect(traceOf(project)).toHaveLength(2);
  });

  it('does a thousand trivial steps on two workers, and starts none for a thousand hits', async () => {
    const numbers = Array.from({ length: 1000 }, (_, index) => index).join(', ');
    const project = projectOf(`  v: { kind: value, with: { a: 1 }, matrix: { i: [${numbers}] } }\n`);
    const cold = await runProject(project);
    expect(cold.counts.ran).toBe(1000);
    expect(cold.workers).toBe(2);
    expect(await cold.textOf('v[i=7]')).toBe('{"a":1,"i":7}\n');
    const warm = await runProject(project);
    expect(warm.counts.hit).toBe(1000);
    expect(warm.workers).toBe(0);
  });
});

describe('a failed step', () => {
  const steps = `  bad: { kind: command, with: { argv: [sh, -c, "echo first; echo last >&2; exit 7"], outputs: { out: out } } }
  after: { kind: test.trace, in: { input: bad }, with: { name: after } }
  slow: { kind: test.trace, with: { name: slow, seconds: 1 } }
  late: { kind: test.trace, in: { input: slow }, with: { name: late } }
`;

  it('stops what depends on it and what has not started, while what runs finishes', async () => {
    const project = projectOf(steps);
    const { counts, outcomeOf, events } = await runProject(project);
    expect(counts).toEqual({ ran: 1, hit: 0, joined: 0, failed: 1, skipped: 2, cancelled: 0 });
    expect(outcomeOf('slow').outcome).toBe('ran');
    expect(outcomeOf('after').reason).toBe('needs bad: failed');
    expect(outcomeOf('late').reason).toBe('not started, because bad failed');
    expect(outcomeOf('bad').failure).toMatchObject({
      reason: 'step-failed',
      message: 'the program ended with exit code 7',
    });
    const finish = events.find(
      (event): event is StepFinish => event.event === 'step.finish' && event.node === 'bad',
    );
    // Not the message too, which the event holds.
    expect(finish?.failure?.lastLines.slice(1)).toEqual(['first', 'last']);
    expect(finish?.failure?.log).toBe('logs/bad.log');
    expect(project.read('logs/bad.log')).toMatch(
      /\[kshot\] ended \S+, after \d+\.\d+ s: failed: the program ended with exit code 7\n$/,
    );
    const { key } = outcomeOf('slow');
    expect(project.read('logs/slow.log')).toMatch(
      new RegExp(
        `^\\[kshot\\] slow \\(test\\.trace\\) starts \\S+Z, threads 1, key ${key}\\n\\[kshot\\] because: new\\n\\[kshot\\] ended \\S+Z, after \\d+\\.\\d+ s: ran\\n$`,
      ),
    );
  });

  it.each([1, 2])('is the last that starts, with %i slots', async (slots) => {
    const { events, counts } = await runProject(
      projectOf(`  bad: { kind: command, with: { argv: ["false"] } }
  x:
    kind: test.trace
    with: { name: x, seconds: 1 }
    matrix: { i: [1, 2, 3, 4, 5, 6] }
`),
      { slots },
    );
    const failedAt = events.findIndex((event) => event.event === 'step.finish' && event.outcome === 'failed');
    expect(events.slice(failedAt).filter(({ event }) => event === 'step.start')).toEqual([]);
    expect(counts.ran).toBe(slots - 1);
    expect(counts.skipped).toBe(7 - slots);
  });

  it('keeps what was about to start from starting, and its lock goes', async () => {
    const project = projectOf(
      '  bad: { kind: command, with: { argv: ["false"] } }\n  x: { kind: test.trace, with: { name: x } }\n',
    );
    const store = await openStore(project.path('cache'));
    let failed: () => void = () => {};
    const failure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    let claims = 0;
    const { events, outcomeOf } = await runProject(project, {
      store: {
        ...store,
        // x is claimed, and then waits until the other has failed.
        async claim(key) {
          const claim = await store.claim(key);
          if (++claims === 2) await failure;
          return claim;
        },
      },
      emit(event) {
        if (event.event === 'step.finish' && event.outcome === 'failed') failed();
      },
    });
    expect(outcomeOf('x')).toMatchObject({ outcome: 'skipped', reason: 'not started, because bad failed' });
    expect(events.some((event) => event.event === 'step.start' && event.node === 'x')).toBe(false);
    expect(readdirSync(project.path('cache/locks'))).toEqual([]);
  });

  it('is none where another host has taken the step over: its result is waited for and taken', async () => {
    const project = projectOf('  x: { kind: test.trace, with: { name: x } }\n');
    const store = await openStore(project.path('cache'));
    let taken: string | undefined;
    const { events, outcomeOf } = await runProject(project, {
      store: {
        ...store,
        async commit(workspace, entry, outputs) {
          // As the other does, while this process is stopped.
          await store.commit(workspace, entry, outputs);
          taken = 'host elsewhere, process 7';
          return { ok: false, failure: { reason: 'claim-lost', message: 'taken over' } };
        },
        takerOf: async () => taken,
      },
    });
    expect(outcomeOf('x').outcome).toBe('joined');
    const said = events.flatMap((event) => (event.event === 'step.note' ? [event.line] : []));
    expect(said).toEqual([expect.stringContaining('taken over by host elsewhere, process 7')]);
    const waits = events.flatMap((event) => (event.event === 'step.wait' ? [event.reason] : []));
    expect(waits).toEqual(['for its result, computed by host elsewhere, process 7']);
  });

  it('lets what does not depend on it go on with keep-going', async () => {
    const { counts, outcomeOf } = await runProject(projectOf(steps), { keepGoing: true });
    expect(counts).toEqual({ ran: 2, hit: 0, joined: 0, failed: 1, skipped: 1, cancelled: 0 });
    expect(outcomeOf('late').outcome).toBe('ran');
  });

  it('leaves nothing cached: it fails again, and after a repair runs', async () => {
    const project = projectOf(
      '  a: { kind: command, with: { argv: [sh, -c, "echo half > out; exit 1"], outputs: { out: out } } }\n',
    );
    expect((await runProject(project)).counts.failed).toBe(1);
    expect((await runProject(project)).counts.failed).toBe(1);
    project.edit('pipelines/test.yaml', 'exit 1', 'exit 0');
    const repaired = await runProject(project);
    expect(await repaired.textOf('a', 'out')).toBe('half\n');
  });

  it('is one that leaves out an output', async () => {
    const { outcomeOf } = await runProject(projectOf('  a: { kind: test.silent }\n'));
    expect(outcomeOf('a').failure?.reason).toBe('output-missing');
  });

  it.each([
    ['kill', 'worker-killed', 'was ended by SIGKILL; so was one before it'],
    ['abort', 'worker-crashed', 'was ended by SIGABRT'],
    ['exit', 'worker-crashed', 'ended by itself with exit code 3'],
    ['throw', 'worker-crashed', 'ended by itself with exit code 1'],
  ])(
    'is one whose process ends (%s): the step, its last lines and its log are named',
    async (how, reason, words) => {
      const { outcomeOf, counts, events } = await runProject(
        projectOf(
          `  a: { kind: test.crash, with: { how: ${how} } }\n  b: { kind: test.trace, with: { name: b } }\n`,
        ),
        { slots: 1, keepGoing: true },
      );
      const { failure, log } = outcomeOf('a');
      expect(failure).toMatchObject({ reason });
      expect(failure?.message).toBe(`the process that ran a ${words}`);
      if (how === 'throw') expect(failure?.details).toContain('Error: out of nowhere');
      else expect(failure?.details?.slice(-2)).toEqual(['about to end', 'printed to stderr']);
      // A process cannot be told from one that was killed from outside where it kills itself: once more, and no more.
      const retries = events.flatMap((event) => (event.event === 'step.retry' ? [event.reason] : []));
      expect(retries).toEqual(how === 'kill' ? ['the process that ran a was ended by SIGKILL'] : []);
      expect(events.filter((event) => event.event === 'step.start' && event.node === 'a')).toHaveLength(1);
      expect(log).toBe('logs/a.log');
      // The next step gets a new process.
      expect(counts).toMatchObject({ failed: 1, ran: 1 });
    },
  );

  it('is one that takes longer than it may, with all that it started', async () => {
    const project = projectOf(
      (
        root,
      ) => `  a: { kind: command, with: { argv: "sleep 60 & echo $! > ${root}/pid; wait", shell: true }, resources: { time: 0.5 s } }
`,
    );
    const start = performance.now();
    const { outcomeOf } = await runProject(project);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(outcomeOf('a').failure).toMatchObject({
      reason: 'step-timeout',
      hint: 'raise `time` under the `resources` of the step',
    });
    expect(isAlive(Number(project.read('pid')))).toBe(false);
  });
});

describe('--force', () => {
  it('computes again and finds the same bytes', async () => {
    const project = projectOf(
      '  a: { kind: test.trace, with: { name: a } }\n  b: { kind: test.trace, with: { name: b } }\n',
    );
    await runProject(project);
    const all = await runProject(project, { force: 'all' });
    expect(all.counts.ran).toBe(2);
    expect(all.outcomeOf('a').reason).toBe('forced');
    const one = await runProject(project, { force: ['b'] });
    expect(one.counts).toMatchObject({ ran: 1, hit: 1 });
  });

  it('fails where a deterministic kind gives other bytes, and keeps both', async () => {
    const project = projectOf(
      (root) => `  a: { kind: test.counter, with: { counter: "${root}/counter" } }\n`,
    );
    await runProject(project);
    const { outcomeOf } = await runProject(project, { force: 'all' });
    expect(outcomeOf('a').failure?.reason).toBe('not-deterministic');
  });

  it('replaces the entry of a kind that is not deterministic, and what follows takes the new bytes', async () => {
    const project = projectOf(
      (root) =>
        `  a: { kind: test.random, with: { counter: "${root}/counter" } }\n  b: { kind: test.trace, in: { input: a }, with: { name: b } }\n`,
    );
    await runProject(project);
    const forced = await runProject(project, { force: ['a'] });
    expect(forced.counts.ran).toBe(2);
    expect(await forced.textOf('a')).toBe('2');
    expect((await runProject(project)).counts.hit).toBe(2);
  });
});

describe('a bad object', () => {
  it('is found before a step reads it; its producer runs again, then the step', async () => {
    const project = projectOf('  a: { kind: test.trace, with: { name: a } }\n');
    const first = await runProject(project);
    const path = first.store.objectPath(digestAt(first.outcomeOf('a').entry));
    const good = readFileSync(path, 'utf8');
    chmodSync(path, 0o644);
    writeFileSync(path, good.replace('a', 'b'));
    project.edit(
      'pipelines/test.yaml',
      'with: { name: a } }\n',
      'with: { name: a } }\n  b: { kind: test.trace, in: { input: a }, with: { name: b } }\n',
    );
    const second = await runProject(project);
    expect(second.badObjects).toEqual(['a']);
    expect(second.outcomeOf('a').reason).toBe('computed again: its stored result was damaged');
    expect(second.counts).toMatchObject({ ran: 2, failed: 0 });
    expect(readFileSync(path, 'utf8')).toBe(good);
  });
});

describe('the edit of an external file while the run is under way', () => {
  it('fails the step that would be stored under the key of the old content', async () => {
    const project = projectOf(
      '  a: { kind: command, with: { argv: [cat, data.txt], files: [data.txt] } }\n',
      { 'data.txt': 'before' },
    );
    const { outcomeOf } = await runProject(project, { meddle: () => project.write('data.txt', 'after!') });
    expect(outcomeOf('a').failure).toMatchObject({ reason: 'bad-data', hint: 'run again' });
    expect((await runProject(project)).counts.ran).toBe(1);
  });
});

describe('settings', () => {
  const steps = (value: string) =>
    `  s: { kind: value, with: ${value} }\n  a: { kind: test.settings, in: { settings: s.value }, with: { steps: 5 } }\n`;

  it('lie over the parameters when the step runs, and are made canonical', async () => {
    const run = await runProject(projectOf(steps('{ rate: 0.25 }')));
    expect(JSON.parse(await run.textOf('a'))).toEqual({ rate: 0.25, steps: 5, canonical: true });
  });

  it('stand in the key as the values themselves, so that it does not matter where they came from', async () => {
    const project = projectOf(steps('{ rate: 0.25 }'));
    await runProject(project);
    project.write(
      'pipelines/test.yaml',
      'version: 1\nname: test\nsteps:\n  a: { kind: test.settings, with: { steps: 5, rate: 0.25 } }\n',
    );
    expect((await runProject(project)).counts).toMatchObject({ ran: 0, hit: 1 });
  });

  it('have what chose them run again where their bytes went bad, also after planning', async () => {
    const project = projectOf(steps('{ rate: 0.25 }'));
    const { store, outcomeOf } = await runProject(project);
    const path = store.objectPath(digestAt(outcomeOf('s').entry, 'value'));
    const spoil = () => {
      chmodSync(path, 0o600);
      writeFileSync(path, readFileSync(path, 'utf8').replace('0.25', '0.99'));
    };
    const meddled = await runProject(project, { meddle: spoil, force: ['a'] });
    expect(meddled.outcomeOf('s').outcome).toBe('ran');
    expect(JSON.parse(await meddled.textOf('a'))).toEqual({ rate: 0.25, steps: 5, canonical: true });
    spoil();
    const later = await runProject(project);
    expect(later.outcomeOf('s').outcome).toBe('ran');
    expect(later.outcomeOf('a').outcome).toBe('hit');
  });

  it('are refused where the kind has no such setting', async () => {
    const { outcomeOf } = await runProject(projectOf(steps('{ depth: 3 }')));
    expect(outcomeOf('a').failure).toMatchObject({ reason: 'invalid-value' });
    expect(outcomeOf('a').failure?.message).toContain('depth is none of rate');
  });
});

describe('events', () => {
  it('follow their schema, tell progress with rate and time left, and come at most about five times a second', async () => {
    const project = projectOf(
      '  a: { kind: test.progress, with: { steps: 60, seconds: 1.2 } }\n  b: { kind: command, with: { argv: [sh, -c, "echo hello; exit 1"] } }\n',
    );
    const { events } = await runProject(project);
    const validate = new Ajv2020({
      strict: true,
      allowUnionTypes: true,
      formats: { 'date-time': true },
    }).compile(eventsSchema);
    for (const event of events) {
      validate(JSON.parse(JSON.stringify(event)));
      expect(validate.errors ?? []).toEqual([]);
    }
    expect(events.some((event) => event.event === 'step.log' && event.line === 'hello')).toBe(true);
    const start = events.find(
      (event): event is StepStart => event.event === 'step.start' && event.node === 'a',
    );
    expect(start).toMatchObject({ reason: 'new', kind: 'test.progress', threads: 1 });
    const progress = events.filter((event): event is StepProgress => event.event === 'step.progress');
    expect(progress.length).toBeGreaterThan(3);
    const times = progress.map(({ time }) => Date.parse(time));
    expect(progress.length).toBeLessThan(4 + (5 * (Math.max(...times) - Math.min(...times))) / 1000);
    expect(progress[0]?.rate).toBeUndefined();
    const [last] = progress.slice(-1);
    expect(last).toMatchObject({ done: 60, total: 60, secondsLeft: 0, values: { loss: 1 / 60 } });
    // 60 steps in 1.2 s, or more on a machine that is busy.
    expect(last?.rate).toBeGreaterThan(0);
    expect(last?.rate).toBeLessThanOrEqual(60);
  });
});

describe('cancelling', () => {
  it('ends what runs, starts nothing more, and keeps the state to go on from', async () => {
    const project = projectOf(
      (root) => `  long: { kind: test.resume, with: { steps: 20, seconds: 4, trace: "${root}/resumed" } }
  block: { kind: test.block, with: { seconds: 60, pidFile: "${root}/pid" } }
  after: { kind: test.trace, in: { input: long }, with: { name: after } }
  queued: { kind: test.trace, with: { name: queued } }
`,
    );
    const abort = new AbortController();
    const running = runProject(project, { signal: abort.signal });
    const partial = project.path('cache/partial');
    const saved = () =>
      existsSync(partial)
        ? readdirSync(partial, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            // Its digest stands before it.
            .map((entry) => Number(readFileSync(join(entry.parentPath, entry.name)).subarray(32)))
        : [];
    await expect
      .poll(() => existsSync(project.path('pid')) && saved().some((done) => done > 0), {
        timeout: 60_000,
        interval: 20,
      })
      .toBe(true);
    const start = performance.now();
    abort.abort();
    const { counts } = await running;
    // What blocks would go on for a minute.
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(counts).toEqual({ ran: 0, hit: 0, joined: 0, failed: 0, skipped: 0, cancelled: 4 });
    expect(isAlive(Number(project.read('pid')))).toBe(false);
    project.edit('pipelines/test.yaml', 'seconds: 60', 'seconds: 0');
    const { counts: again } = await runProject(project);
    expect(again.ran).toBe(4);
    const [, resumedAt] = project.read('resumed').trim().split('\n').map(Number);
    expect(resumedAt).toBeGreaterThan(0);
  });
});
