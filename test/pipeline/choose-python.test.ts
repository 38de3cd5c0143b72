import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { choosePython } from '../../src/pipeline/choose-python.js';
import { temporaryProject } from '../support/temporary-project.js';

const interpreters = ['own/bin/python3', 'env/bin/python', 'active/bin/python3', 'apart/python3.12'];
const project = temporaryProject({
  files: Object.fromEntries(interpreters.map((path) => [path, '#!/bin/sh\n'])),
});
for (const path of interpreters) chmodSync(project.path(path), 0o755);

/** What is chosen in the project, by what kshot.yaml says and the command line, given in `folder`. */
async function chosen(settings: string, asked?: string, folder = '.') {
  project.write('kshot.yaml', settings);
  return await choosePython({ root: project.root, folder: join(project.root, folder) }, asked);
}
const by = (from: string, path: string) => ({ ok: true, value: { program: project.path(path), from } });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the Python of a project', () => {
  it('is the one on the command line, else in kshot.yaml, else of the active environment, else left to PATH', async () => {
    vi.stubEnv('VIRTUAL_ENV', project.path('active'));
    expect(await chosen('python: own\n', 'env')).toEqual(by('--python', 'env/bin/python'));
    expect(await chosen('python: own\n')).toEqual(by('kshot.yaml', 'own/bin/python3'));
    expect(await chosen('# python: own\n')).toEqual(by('VIRTUAL_ENV', 'active/bin/python3'));
    vi.stubEnv('VIRTUAL_ENV', project.path('gone'));
    expect(await chosen('{}\n')).toEqual({ ok: true, value: undefined });
  });

  it('is named by its path, by the folder of its environment, from where it is written, or by its name in PATH', async () => {
    vi.stubEnv('PATH', project.path('apart'));
    vi.stubEnv('HOME', project.root);
    expect(await chosen('{}', '../env', 'own')).toEqual(by('--python', 'env/bin/python'));
    expect(await chosen('python: own/bin/python3', undefined, 'own')).toEqual(
      by('kshot.yaml', 'own/bin/python3'),
    );
    expect(await chosen('python: ~/own')).toEqual(by('kshot.yaml', 'own/bin/python3'));
    expect(await chosen('{}', 'python3.12')).toEqual(by('--python', 'apart/python3.12'));
  });

  it.each([
    [
      'python: nowhere',
      undefined,
      'invalid-value',
      'nowhere is no interpreter, and no environment that has one',
    ],
    ['python: pipelines', undefined, 'invalid-value', 'pipelines is no interpreter'],
    ['python: [a]', undefined, 'invalid-value', 'python must be text, is ["a"]'],
    ['pyton: own', undefined, 'unknown-key', 'kshot.yaml has no parameter pyton'],
    ['python: ""', undefined, 'invalid-value', 'python must have at least 1 characters'],
    ['- python', undefined, 'invalid-value', 'kshot.yaml is a map'],
    ['python: own', './nowhere', 'usage', '--python: ./nowhere is no interpreter'],
  ])('is refused where %j and --python %s name none', async (settings, asked, reason, message) => {
    const failure = { reason, message: expect.stringContaining(message), hint: expect.any(String) };
    const location = asked === undefined ? { location: expect.objectContaining({ file: 'kshot.yaml' }) } : {};
    const { hint: _, ...bare } = failure;
    const expected = message.startsWith('python must') ? bare : failure;
    expect(await chosen(settings, asked)).toMatchObject({
      ok: false,
      failure: [{ ...expected, ...location }],
    });
  });
});
