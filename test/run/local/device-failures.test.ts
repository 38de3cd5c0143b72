import { existsSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/base/exit-code.js';
import type { Project } from '../../support/temporary-project.js';
import { projectOf, runProject } from '../support/run-pipeline.js';

const outOfMemory =
  'Invalid TF_Status: 8\\nMessage: OOM when allocating tensor with shape[4096,343] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc';

/** A step on a device that fails with `message` until the file `full` is gone, and one that needs it. */
function onDevice(message: string): Project {
  const project = projectOf(
    (root) => `  train:
    kind: test.device
    resources: { gpus: 1 }
    with: { meta_batch_size: 4096, full: "${root}/full", message: "${message}" }
  after: { kind: test.trace, in: { input: train }, with: { name: after } }
`,
  );
  project.write('full', '');
  return project;
}

const entriesOf = (project: Project): readonly string[] =>
  existsSync(project.path('cache/steps')) ? readdirSync(project.path('cache/steps')) : [];

const gpus = [{ id: '0', index: 0 }];

describe('a step whose device has no memory left', () => {
  it('fails for a reason of its own that names it and what to lower, and leaves nothing in the cache', async () => {
    const project = onDevice(outOfMemory);
    const { outcomeOf, events } = await runProject(project, { gpus });
    const { outcome, failure } = outcomeOf('train');
    expect(outcome).toBe('failed');
    expect(outcomeOf('after').outcome).toBe('skipped');
    expect(failure).toMatchObject({
      reason: 'device-out-of-memory',
      message: expect.stringContaining('GPU of the tests has no memory left: Invalid TF_Status: 8'),
      hint: expect.stringContaining('lower meta_batch_size (now 4096)'),
    });
    expect(exitCodeOf(failure?.reason ?? 'bug')).toBe(36);
    expect(entriesOf(project)).toEqual([]);
    const finish = events.find((event) => event.event === 'step.finish' && event.node === 'train');
    expect(finish).toMatchObject({ outcome: 'failed', failure: { reason: 'device-out-of-memory' } });
    // Nobody is shown where in a library it happened.
    expect(JSON.stringify(finish)).not.toMatch(/\bat .*\.js:\d+/);
  });

  it('can be run again, and so can what needs it', async () => {
    const project = onDevice(outOfMemory);
    await runProject(project, { gpus });
    rmSync(project.path('full'));
    const { counts } = await runProject(project, { gpus });
    expect(counts).toMatchObject({ ran: 2, failed: 0 });
    expect(readdirSync(project.path('cache/locks'))).toEqual([]);
  });
});

it('a step whose device is lost fails likewise, and says that a further run goes on', async () => {
  const project = onDevice('vkQueueSubmit failed with VK_ERROR_DEVICE_LOST');
  const { outcomeOf } = await runProject(project, { gpus });
  const { failure } = outcomeOf('train');
  expect(failure).toMatchObject({ reason: 'device-lost', hint: expect.stringContaining('run again') });
  expect(exitCodeOf(failure?.reason ?? 'bug')).toBe(36);
  expect(entriesOf(project)).toEqual([]);
});
