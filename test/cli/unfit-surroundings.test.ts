import { mkdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kshot } from '../support/kshot.js';
import { temporaryProject } from '../support/temporary-project.js';

const pipeline = 'version: 1\nsteps:\n  one: { kind: value, with: { a: 1 } }\n';

test.each(['cache', 'cache/objects', 'cache/steps', 'cache/locks', 'cache/partial', 'artifacts'])(
  'a file in the place of the folder %s is the environment’s fault, and named',
  async (file) => {
    const project = temporaryProject({ files: { 'pipelines/a.yaml': pipeline, [file]: '' } });
    const { exitCode, stderr } = await kshot(project, ['run']);
    expect(stderr).toContain(`something else is in the place of ${project.path(file)}`);
    expect(stderr).toContain('hint: move it away');
    expect(stderr).not.toMatch(/bug in kshot|^ +at /m);
    expect(exitCode).toBe(36);

    rmSync(project.path(file));
    mkdirSync(project.path(file));
    expect((await kshot(project, ['run'])).exitCode).toBe(0);
  },
);
