import { describe, expect, it } from 'vitest';
import { kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { temporaryProject } from '../support/temporary-project.js';

const file = 'pipelines/small.yaml';

async function planned(more: string, ...args: readonly string[]) {
  const project = temporaryProject({ files: { [file]: smallExperiment + more } });
  const { exitCode, stderr } = await kshot(project, ['plan', file, ...args]);
  return { exitCode, stderr };
}

const documentOf = (block: string) => `  page:
    kind: document
    in: { scores: zero_shot.metrics, ranks: zero_shot.ranks }
    with: { content: { a: { from: ranks, count: user_id }, b: ${block} } }
`;

describe('a name that is none is refused by kshot plan, with those that there are', () => {
  it.each([
    [
      'a metric to choose a checkpoint by',
      '',
      ['--set', 'steps.best.with.metric=coverage'],
      'metric is coverage',
      'there are accuracy@1',
    ],
    [
      'a setting to hand on',
      '',
      ['--set', 'steps.chosen.with.settings=[inner_rl]'],
      'settings names inner_rl, which the rows do not have',
      'did you mean inner_lr?',
    ],
    [
      'a column that a document takes',
      documentOf('{ from: scores, where: { metric: mrr }, value: valeu }'),
      [],
      'scores has no column valeu',
      'did you mean value?',
    ],
    [
      'a column that a document spreads by',
      documentOf('{ from: scores, by: [metrics] }'),
      [],
      'scores has no column metrics',
      'did you mean metric?',
    ],
    [
      'a column that a document asks',
      documentOf('{ from: ranks, where: { metric: mrr }, count: rank }'),
      [],
      'ranks has no column metric',
      'there are k, steps',
    ],
    [
      'a metric that a document asks',
      documentOf('{ from: scores, where: { metric: [mrr, recall@50] }, by: metric }'),
      [],
      'scores has no metric recall@50',
      'did you mean recall@',
    ],
    [
      'a port that is published',
      'publish:\n  best.chosn: best.safetensors\n',
      [],
      'there is no port best.chosn',
      'did you mean best.chosen?',
    ],
  ])('%s', async (_, more, args, message, hint) => {
    const { exitCode, stderr } = await planned(more, ...args);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).toMatch(/^(pipelines\/small\.yaml|--set):\d+:\d+: /m);
    expect(exitCode).toBe(2);
  });

  it('and a document that names what is there is taken', async () => {
    const block =
      '{ from: scores, where: { metric: [mrr, recall@5], steps: 0 }, by: [k, metric], value: high }';
    expect((await planned(documentOf(block))).exitCode).toBe(0);
  });
});
