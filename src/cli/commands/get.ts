import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { printable } from '../../base/terminal-text.js';
import type { StoredOutput } from '../../session/reading/get-output.js';
import { projectOf } from '../open-project.js';
import { shownPath } from '../shown-path.js';
import { type CommonOptions, openTerminal, type Terminal } from '../terminal.js';

export interface GetOptions extends CommonOptions {
  readonly output?: string;
  readonly run?: string;
}

/**
 * `kshot get OUTPUT [-o FILE]`: what a step gave, verified, to a file; or its bytes to stdout, where `--json` says which
 * file of the cache has them instead.
 */
export async function get(options: GetOptions, name: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const { output = '-', run } = options;
  if (output === '-') {
    const found = await project.value.get(name, run);
    if (!found.ok) return terminal.fail(found.failure);
    return await print(found.value, name, terminal);
  }
  const saved = await project.value.save(name, output, run);
  if (!saved.ok) return terminal.fail(saved.failure);
  if (terminal.json) {
    terminal.document(saved.value);
    return 0;
  }
  for (const { output, file } of saved.value.files) {
    terminal.say(printable(`${output} of ${saved.value.run} written to ${shownPath(file)}`));
  }
  remarkOn(saved.value, name, terminal);
  return 0;
}

async function print(found: StoredOutput, name: string, terminal: Terminal): Promise<number> {
  if (terminal.json) {
    terminal.document(found);
    return 0;
  }
  if (process.stdout.isTTY && !(await isText(found.path))) {
    return terminal.fail([
      {
        reason: 'usage',
        message: `${found.output} is no text, and stdout is a terminal`,
        hint: `kshot get '${name}' -o FILE writes it to a file; of a table FILE.csv has the rows`,
      },
    ]);
  }
  remarkOn(found, name, terminal);
  for await (const piece of createReadStream(found.path)) {
    if (process.stdout.isTTY) terminal.written(String(piece));
    else if (!(await terminal.stream(piece as Buffer))) break;
  }
  return 0;
}

/** Whether a file begins as text does. */
async function isText(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8192), 0, 8192, 0);
    return !buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await file.close();
  }
}

function remarkOn(
  { run, outdated, also_in: others = [] }: Pick<StoredOutput, 'run' | 'outdated' | 'also_in'>,
  name: string,
  terminal: Terminal,
): void {
  if (others.length > 0) {
    terminal.say(
      printable(`${name} is of run ${run}; runs of ${others.join(', ')} have it too: --run ${others[0]}`),
    );
  }
  if (outdated === undefined) return;
  terminal.caution(`${name} is as run ${run} had it: ${outdated}; kshot run brings it up to date`);
}
