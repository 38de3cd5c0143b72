import { expect, it } from 'vitest';
import { projectOf, runProject } from '../../run/support/run-pipeline.js';

it('writes its parameters as JSON with names sorted at every level', async () => {
  const run = await runProject(
    projectOf('  v: { kind: value, with: { b: 1.50, a: { z: [1, {y: null, x: true}], c: "ü" } } }\n'),
  );
  expect(await run.textOf('v')).toBe('{"a":{"c":"ü","z":[1,{"x":true,"y":null}]},"b":1.5}\n');
});

it('has the same key however the names are ordered', async () => {
  const project = projectOf('  v: { kind: value, with: { a: 1, b: 2 } }\n');
  await runProject(project);
  project.edit('pipelines/test.yaml', 'a: 1, b: 2', 'b: 2.0, a: 1');
  expect((await runProject(project)).counts.hit).toBe(1);
});

it('may have nothing to say', async () => {
  const run = await runProject(projectOf('  v: { kind: value }\n'));
  expect(await run.textOf('v')).toBe('{}\n');
});
