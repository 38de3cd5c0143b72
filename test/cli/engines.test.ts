import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Manifest, Report } from '../../src/artifacts/run-documents.js';
import { checkedJson } from '../../src/base/files/checked-json.js';
import { eventsOf, kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { swiftShader } from '../support/swift-shader.js';
import { type Project, temporaryProject } from '../support/temporary-project.js';

const experiment = (engine: string) =>
  temporaryProject({
    files: { 'pipelines/small.yaml': smallExperiment.replace('engine: reference', `engine: ${engine}`) },
  });

function documentOf<Document>(project: Project, run: string, name: string): Document {
  return JSON.parse(project.read(`artifacts/small/${run}/${name}`)) as Document;
}

/** Runs the experiment to its end; what it found, and how its training went. */
async function run(project: Project, args: readonly string[], environment = {}) {
  const { exitCode, stdout, stderr } = await kshot(project, ['run', '--json', ...args], { environment });
  expect(exitCode, stderr + stdout).toBe(0);
  const events = eventsOf({ stdout });
  const start = events.find((event) => event.event === 'run.start');
  if (start?.event !== 'run.start') throw new Error('no start');
  return {
    events,
    start,
    report: documentOf<Report>(project, start.run, 'report.json'),
    manifest: documentOf<Manifest>(project, start.run, 'manifest.json'),
    losses: events.flatMap((event) =>
      event.event === 'step.progress' && event.values['loss'] !== undefined ? [event.values['loss']] : [],
    ),
  };
}

describe('the experiment on tfjs:cpu', () => {
  it('runs to its end and finds what wasm finds, to rounding in float32', async () => {
    const project = experiment('wasm');
    const wasm = await run(project, []);
    const tfjs = await run(project, ['--engine', 'tfjs:cpu']);
    expect(tfjs.start.engine).toBe('tfjs:cpu');
    expect(tfjs.losses.length).toBeGreaterThan(0);
    expect(tfjs.losses).toHaveLength(wasm.losses.length);
    for (const [index, loss] of tfjs.losses.entries()) {
      expect(Math.abs((loss ?? Number.NaN) / (wasm.losses[index] ?? Number.NaN) - 1)).toBeLessThan(1e-5);
    }
    // Where two scores are a rounding apart, the rank of a pair may be another: of one pair, not of two.
    const rows = wasm.report.metrics;
    expect(rows.length).toBeGreaterThan(5);
    expect(tfjs.report.metrics.map(({ node }) => node)).toEqual(rows.map(({ node }) => node));
    for (const [index, row] of rows.entries()) {
      for (const [metric, value] of Object.entries(row.values)) {
        const other = tfjs.report.metrics[index]?.values[metric];
        expect(Math.abs((other ?? Number.NaN) - value), `${row.node} ${metric}`).toBeLessThanOrEqual(
          1 / (row.n ?? 0),
        );
      }
    }
    expect(tfjs.report.not_deterministic).toEqual([]);
    const trained = tfjs.manifest.nodes.find(({ id }) => id === 'meta_train@2');
    expect(trained).toMatchObject({ outcome: 'ran', engine: 'tfjs:cpu' });
    expect(trained?.device).toBeUndefined();
  });
});

describe('the experiment on tfjs:webgpu', () => {
  const { skip, environment } = swiftShader();

  it.skipIf(skip)(
    'gives the device with each result, marks them, and takes what it computes anew',
    async () => {
      const project = experiment('wasm');
      const gpu = await run(project, ['meta_train@2', '--engine', 'tfjs:webgpu'], {
        ...environment,
        KSHOT_GPUS: undefined,
      });
      const wasm = await run(project, ['meta_train@2']);
      expect(gpu.losses.at(-1)).toBeDefined();
      expect(Math.abs((gpu.losses.at(-1) ?? 0) / (wasm.losses.at(-1) ?? 0) - 1)).toBeLessThan(1e-4);
      expect(gpu.report.not_deterministic).toEqual(['meta_train@2']);
      const node = gpu.manifest.nodes.find(({ id }) => id === 'meta_train@2');
      expect(node).toMatchObject({
        engine: 'tfjs:webgpu',
        device: expect.stringMatching(/SwiftShader.*, software/i),
      });
      const started = gpu.events.find(
        (event) => event.event === 'step.start' && event.node === 'meta_train@2',
      );
      expect(started).toMatchObject({ gpus: 1, devices: ['software'], threads: 1 });
      // Computed again: whatever the bytes, this is the result from now on.
      const again = await run(project, ['meta_train@2', '--engine', 'tfjs:webgpu', '--force=meta_train'], {
        ...environment,
        KSHOT_GPUS: undefined,
      });
      expect(
        again.events.find((event) => event.event === 'step.finish' && event.node === 'meta_train@2'),
      ).toMatchObject({
        outcome: 'ran',
      });
    },
  );
});

describe('engine: auto', () => {
  const kept = 'cache/engine-probes.json';

  it('is wasm where there is no GPU, says in which form, and looks no further', async () => {
    const project = experiment('auto');
    const environment = { KSHOT_KERNEL: 'wasm' };
    const planned = await kshot(project, ['plan', '--json'], { environment });
    const engines = [{ name: 'wasm', form: 'WebAssembly, 4 lanes' }];
    expect(JSON.parse(planned.stdout)).toMatchObject({ engine: 'wasm', engines });
    const inWords = await kshot(project, ['plan'], { environment });
    expect(inWords.stdout).toMatch(/\nengine {3}wasm: WebAssembly, 4 lanes\n$/);
    expect(existsSync(project.path(kept))).toBe(false);
    const { stderr } = await kshot(project, ['run', 'fingerprint']);
    // No node of it computes with one.
    expect(stderr).not.toContain('engine');
  });

  it('is wasm where no engine can use the GPU; what was found is kept until the machine changes', async () => {
    const project = experiment('auto');
    const environment = { KSHOT_GPUS: '0', VK_ICD_FILENAMES: '/nowhere.json' };
    const plan = () => kshot(project, ['plan', '--json'], { environment });
    expect(JSON.parse((await plan()).stdout)).toMatchObject({ engine: 'wasm' });
    const first = statSync(project.path(kept)).mtimeMs;
    const { machine, probes } = JSON.parse(project.read(kept));
    expect(Object.keys(probes)).toEqual([
      expect.stringMatching(/^torch [0-9a-f]{64}$/),
      expect.stringMatching(/^tfjs:tensorflow [0-9a-f]{64}$/),
      'tfjs:webgpu',
      'tfjs:webgpu-plain',
    ]);
    expect(probes['tfjs:webgpu'].available).toBe(false);
    await plan();
    expect(statSync(project.path(kept)).mtimeMs).toBe(first);

    // That a probe is not repeated shows by what stands in its place.
    const hardware = { available: true, device: 'NVIDIA H100', versions: {} };
    project.write(kept, checkedJson({ machine, probes: { ...probes, 'tfjs:webgpu': hardware } }));
    expect(JSON.parse((await plan()).stdout)).toMatchObject({ engine: 'tfjs:webgpu' });
    // And that it is, on another machine.
    const elsewhere = { ...environment, VK_ICD_FILENAMES: '/elsewhere.json' };
    const again = await kshot(project, ['plan', '--json'], { environment: elsewhere });
    expect(JSON.parse(again.stdout)).toMatchObject({ engine: 'wasm' });
  });

  it('is recorded as what it became, with what was asked for and why', async () => {
    const project = experiment('auto');
    const { manifest, start } = await run(project, ['fingerprint']);
    expect(start).toMatchObject({ engine: 'wasm', engineReason: 'there is no GPU' });
    // No node of it computes with an engine.
    expect(start.engines).toBeUndefined();
    expect(manifest).toMatchObject({
      engine: 'wasm',
      engine_choice: { asked: 'auto', why: 'there is no GPU' },
    });
  });
});

describe('an engine that cannot compute here', () => {
  it('is told of before anything runs, by exit code 36, with what to do', async () => {
    const project = experiment('auto');
    const environment = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
    const { exitCode, stderr } = await kshot(project, ['run', '--engine', 'tfjs:webgpu'], { environment });
    expect(exitCode).toBe(36);
    expect(stderr).toMatch(/^kshot: the engine tfjs:webgpu cannot compute here: /);
    expect(stderr).toContain('hint: ');
    expect(existsSync(project.path('artifacts'))).toBe(false);
    // What can be said without it is said.
    expect((await kshot(project, ['plan', '--engine', 'tfjs:webgpu'], { environment })).exitCode).toBe(0);
  });

  it('is suggested a name where it has none', async () => {
    const { exitCode, stderr } = await kshot(experiment('auto'), ['plan', '--engine', 'tfjs:webgp']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('there is no engine tfjs:webgp\n  hint: did you mean tfjs:webgpu?');
  });
});

it('the names of engines in the schema are those that there are', () => {
  const schema = readFileSync(new URL('../../schemas/pipeline.schema.json', import.meta.url), 'utf8');
  for (const name of [
    'auto',
    'tfjs',
    'torch',
    'tfjs:tensorflow',
    'tfjs:webgpu',
    'tfjs:webgpu-plain',
    'tfjs:cpu',
    'wasm',
    'reference',
  ]) {
    expect(schema).toContain(`"${name}"`);
  }
});
