import { relative, resolve } from 'node:path';
import { printable } from '../../base/terminal-text.js';
import { createProject } from '../../session/project.js';
import { commandName } from '../command-name.js';
import { shownPath } from '../shown-path.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface InitOptions extends CommonOptions {
  readonly python?: boolean;
}

/** `kshot init [DIR]`: makes a project that runs, and says on stderr how to go on. */
export async function init({ python = false, ...options }: InitOptions, folder = '.'): Promise<number> {
  const terminal = openTerminal(options);
  const created = await createProject({
    folder: folder === '' ? '' : resolve(options.root ?? '.', folder),
    python,
  });
  if (!created.ok) return terminal.fail(created.failure);
  const { root, written, kept, pipeline, hasOthers, documentation } = created.value;
  if (terminal.json) {
    terminal.document(created.value);
    return 0;
  }
  for (const path of written) terminal.data(`${printable(shownPath(resolve(root, path)))}\n`);
  for (const path of kept) {
    const advice = '; kshot writes to cache/ and artifacts/, which git need not have';
    terminal.say(`${shownPath(resolve(root, path))} was kept as it is${path === 'kshot.yaml' ? '' : advice}`);
  }
  const kshot = commandName(process.env);
  const place = relative(process.cwd(), root);
  const steps = [
    ...(place === '' ? [] : [`cd ${place}`]),
    hasOthers ? `${kshot} run ${pipeline}` : `${kshot} run`,
    `${kshot} results`,
    `${kshot} get best.chosen -o model/`,
  ];
  terminal.say('');
  for (const [index, step] of steps.entries())
    terminal.sayWhole(`${index === 0 ? 'next' : '    '}      ${step}`);
  terminal.sayWhole(`read      ${documentation}`);
  return 0;
}
