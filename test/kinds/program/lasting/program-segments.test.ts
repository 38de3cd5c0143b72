import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/base/failure.js';
import { loadPipeline } from '../../../../src/pipeline/load-pipeline.js';
import { projectOf, type Ran, runProject } from '../../../run/support/run-pipeline.js';
import { rowsOf } from '../../../support/run-kind.js';

/** Counts epochs in its state, tells of each, and is at its best after ten. */
const train = `
at=$(cat $KSHOT_STATE/at 2>/dev/null || echo 0)
begun=$at
while [ $at -lt $1 ]; do
  at=$((at + 1))
  echo $at > $KSHOT_STATE/at
  printf '{"step": %d, "loss": %d}\\n' $at $at >> $KSHOT_EVENTS
done
echo "$begun to $at" > model
echo "{\\"accuracy\\": $((100 - (at - 10) * (at - 10)))}" > metrics.json
`;
const score =
  'echo "{\\"accuracy\\": $((100 - ($(cut -d " " -f 3 model) - 10) * ($(cut -d " " -f 3 model) - 10)))}" > metrics.json\n';

const pipeline = (epochs: number) => `
  train:
    kind: command
    with:
      argv: [sh, train.sh, "{epochs}"]
      files: [train.sh]
      params: { epochs: ${epochs}, lr: 1 }
      outputs: { model: model, metrics: { path: metrics.json, as: metrics }, curve: { as: history } }
    segments: { of: epochs, every: 5 }
  val:
    kind: command
    over: { model: train.segments.model }
    with: { argv: [sh, score.sh], files: [score.sh], outputs: { metrics: { path: metrics.json, as: metrics } } }
  best: { kind: select, in: { rows: val.metrics, candidates: train.segments.model }, with: { metric: accuracy } }
  told: { kind: select, in: { rows: train.segments.metrics, candidates: train.segments.model }, with: { metric: accuracy } }
  picked: { kind: command, in: { model: best.chosen, told: told.chosen }, with: { shell: true, argv: "cat model told > value", outputs: { value: value } } }
  last: { kind: command, in: { given: train.model }, with: { argv: [cp, given, value], outputs: { value: value } } }
  state: { kind: command, in: { given: train.state }, with: { argv: [cp, given/at, value], outputs: { value: value } } }
`;

const idsOf = ({ nodes }: Ran, outcome: string) =>
  nodes.filter((one) => one.outcome === outcome && one.node.step === 'train').map(({ node }) => node.id);

async function curveOf(ran: Ran, id: string) {
  const curve = ran.outcomeOf(id).entry?.outputs['curve'];
  if (curve?.type !== 'file') throw new Error('no curve');
  const rows = await rowsOf(ran.store.objectPath(curve.leaf.digest));
  return rows.map(({ iteration }) => Number(iteration));
}

describe('a program in segments', () => {
  const project = projectOf(pipeline(12), { 'train.sh': train, 'score.sh': score });

  it('is a chain of nodes, each from the state of the one before, whose outputs are lists to choose from', async () => {
    const ran = await runProject(project);
    expect(idsOf(ran, 'ran').filter((id) => !id.includes('/'))).toEqual(['train@5', 'train@10', 'train@12']);
    expect(await ran.textOf('last')).toBe('10 to 12\n');
    expect(await ran.textOf('state')).toBe('12\n');
    expect(await ran.textOf('picked')).toBe('5 to 10\n5 to 10\n');
    const curves = await Promise.all(['5', '10', '12'].map((end) => curveOf(ran, `train@${end}/curve`)));
    expect(curves).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
      [11, 12],
    ]);
    const { names, parameters, givenParameters } = ran.outcomeOf('train@10').node;
    expect([names, givenParameters['epochs']]).toEqual([{ epochs: 10, lr: 1 }, 10]);
    // How far all of them go is nowhere.
    expect(JSON.stringify(parameters)).not.toContain('12');
  });

  it('runs for more epochs only what is new, from the last segment that was whole', async () => {
    project.write('pipelines/test.yaml', `version: 1\nname: test\nsteps:${pipeline(20)}`);
    const ran = await runProject(project);
    expect(idsOf(ran, 'hit').filter((id) => !id.includes('/'))).toEqual(['train@5', 'train@10']);
    expect(idsOf(ran, 'ran').filter((id) => !id.includes('/'))).toEqual(['train@15', 'train@20']);
    expect(await ran.textOf('last')).toBe('15 to 20\n');
    expect(await ran.textOf('picked')).toBe('5 to 10\n5 to 10\n');
  });

  it('shares the segments that two trainings of a matrix have in common, and runs each once', async () => {
    const text = pipeline(20).replace('    segments:', '    matrix: { epochs: [5, 12, 15] }\n    segments:');
    const [head] = text.split('  val:');
    project.write(
      'pipelines/test.yaml',
      `version: 1\nname: test\nsteps:${head}  best: { kind: select, in: { rows: train.segments.metrics, candidates: train.segments.model }, with: { metric: accuracy } }
  picked: { kind: command, in: { model: best.chosen }, with: { argv: [cp, model, value], outputs: { value: value } } }
`,
    );
    const ran = await runProject(project);
    const trained = ran.nodes.filter(({ node }) => node.step === 'train' && node.derivedFrom === undefined);
    expect(trained.map(({ node, outcome }) => `${outcome} ${node.id}`)).toEqual([
      'hit train[epochs=5]@5',
      'hit train[epochs=12]@5',
      'hit train[epochs=12]@10',
      'hit train[epochs=12]@12',
      'hit train[epochs=15]@5',
      'hit train[epochs=15]@10',
      'hit train[epochs=15]@15',
    ]);
    expect(await ran.textOf('picked')).toBe('5 to 10\n');
  });

  it('are chosen from, over a matrix too, by a program that evaluates each of them', async () => {
    const text = pipeline(10)
      .replace('    segments:', '    matrix: { lr: [1, 2] }\n    segments:')
      .replace('"{epochs}"]', '"{epochs}", "{lr}"]');
    const [head] = text.split('  told:');
    project.write('train.sh', `${train}echo "$begun to $at $2" > model\n`);
    project.write(
      'score.sh',
      'set -- $(cat model)\necho "{\\"accuracy\\": $(($3 * 10 + $4))}" > metrics.json\n',
    );
    project.write(
      'pipelines/test.yaml',
      `version: 1\nname: test\nsteps:${head}  picked: { kind: command, in: { model: best.chosen }, with: { argv: [cp, model, value], outputs: { value: value } } }
`,
    );
    const ran = await runProject(project);
    const ids = ran.nodes.filter(({ node }) => node.step === 'val' && node.derivedFrom === undefined);
    expect(ids.map(({ node }) => node.id)).toEqual([
      'val@lr=1@5',
      'val@lr=1@10',
      'val@lr=2@5',
      'val@lr=2@10',
    ]);
    expect(await ran.textOf('picked')).toBe('5 to 10 2\n');
    project.write('train.sh', train);
    project.write('score.sh', score);
  });

  it('fails where a segment leaves no state', async () => {
    project.write(
      'pipelines/test.yaml',
      `version: 1\nname: test\nsteps:\n  a: { kind: command, with: { argv: ["true"], params: { epochs: 2 } }, segments: { of: epochs, every: 1 } }\n`,
    );
    const { failure } = (await runProject(project)).outcomeOf('a@1');
    expect(failure).toMatchObject({ reason: 'output-missing', hint: expect.stringContaining('kshot.state') });
    expect(failure?.message).toContain('left nothing in the folder that KSHOT_STATE names');
  });

  it('takes the settings that are chosen for it, and begins with a state that it is given', async () => {
    project.write(
      'pipelines/test.yaml',
      `version: 1
name: test
steps:
  settings: { kind: value, with: { lr: 7 } }
  warm: { kind: command, with: { shell: true, argv: "echo 4 > $KSHOT_STATE/at", params: { n: 1 } }, segments: { of: n, every: 1 } }
  train:
    kind: command
    in: { settings: chosen.settings, state: warm.state }
    with: { shell: true, argv: "echo {lr} {epochs} $(cat $KSHOT_STATE/at) > m; ls > names; echo {epochs} > $KSHOT_STATE/at", params: { epochs: 4, lr: 1 }, outputs: { value: m, names: names } }
    segments: { of: epochs, every: 2 }
  rows: { kind: command, with: { shell: true, argv: "echo '[{\\"metric\\": \\"a\\", \\"value\\": 1, \\"lr\\": 7}]' > m.json", outputs: { metrics: { path: m.json, as: metrics } } } }
  chosen: { kind: select, in: { rows: rows.metrics }, with: { metric: a, settings: [lr] } }
`,
    );
    const ran = await runProject(project);
    expect([await ran.textOf('train@2'), await ran.textOf('train@4')]).toEqual(['7 2 4\n', '7 4 2\n']);
    expect(await ran.textOf('train@4', 'names')).toBe('m\nnames\n');
  });
});

describe('segments that cannot be', () => {
  const failuresOf = async (step: string): Promise<readonly Failure[]> => {
    const project = projectOf(`${step}\n`);
    const loaded = await loadPipeline({ root: project.root, file: 'pipelines/test.yaml' });
    return loaded.ok ? [] : loaded.failure;
  };
  const refusal = async (segments: string, params = '{ epochs: 4 }', outputs = '{}') =>
    (
      await failuresOf(
        `  a: { kind: command, with: { argv: ["true"], params: ${params}, outputs: ${outputs} }, segments: ${segments} }`,
      )
    ).map(
      ({ message, hint, location }) =>
        `${location?.column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
    );

  it('are refused where they stand', async () => {
    expect(await refusal('{ of: epoch, every: 1 }')).toEqual([
      expect.stringMatching(/^\d+ segments are of epoch, which params does not declare \(.*epochs/),
    ]);
    expect(await refusal('{ of: epochs, every: 0 }')).toEqual([
      expect.stringMatching(/^\d+ segments\.every must be a whole number, at least 1/),
    ]);
    expect(await refusal('{ of: epochs, every: 1.5 }')).toHaveLength(1);
    expect(await refusal('{ of: epochs }')).toEqual([expect.stringContaining('segments has no every')]);
    expect(await refusal('{ off: epochs, every: 1 }')).toEqual(
      expect.arrayContaining([expect.stringContaining('unknown key off')]),
    );
    for (const total of ['2.5', '0', '-1', 'ten', 'null', '[1]']) {
      const [found, ...others] = await refusal('{ of: epochs, every: 1 }', `{ epochs: ${total} }`);
      expect(found, total).toContain('segments are of epochs, which must be a whole number above 0, and is ');
      expect(others, total).toEqual([]);
    }
    expect(await refusal('{ of: epochs, every: 1 }', '{ epochs: 1e9 }')).toEqual([
      expect.stringContaining('a would become at least 1000000000 nodes'),
    ]);
    expect(await refusal('{ of: epochs, every: 1 }', '{ epochs: 4 }', '{ state: a, segments: b }')).toEqual([
      expect.stringContaining('outputs.state'),
      expect.stringContaining('outputs.segments'),
    ]);
  });

  it('are none of a kind that is cut otherwise, or not at all', async () => {
    const messages = (
      await failuresOf(
        '  a: { kind: value, with: { a: 1 }, segments: { of: a, every: 1 } }\n  b: { kind: maml.train, segments: { of: iterations, every: 1 } }',
      )
    ).map(({ message }) => message);
    expect(messages).toEqual(
      expect.arrayContaining([
        'value is not cut into segments',
        'maml.train is cut into segments by iterations and checkpoint_interval',
      ]),
    );
  });

  it('cannot have their number chosen', async () => {
    const steps = (
      settings: string,
    ) => `  rows: { kind: command, with: { argv: ["true"], outputs: { m: { path: m, as: metrics } } } }
  chosen: { kind: select, in: { rows: rows.m }, with: { metric: a, settings: [${settings}] } }
  a: { kind: command, in: { settings: chosen.settings }, with: { argv: ["true"], params: { epochs: 4, lr: 1 } }, segments: { of: epochs, every: 1 } }`;
    expect(await failuresOf(steps('lr'))).toEqual([]);
    expect((await failuresOf(steps('epochs'))).map(({ message }) => message)).toEqual([
      expect.stringContaining('chosen.settings sets epochs, of which segments are made'),
    ]);
  });
});
