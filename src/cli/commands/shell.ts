import { spawn } from 'node:child_process';
import { constants, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stepFolderVariable } from '../../base/step-processes.js';
import { printable } from '../../base/terminal-text.js';
import { stateVariable } from '../../kinds/program/lasting/program-state.js';
import { quotedWord } from '../../kinds/program/launch.js';
import { eventsFile, eventsVariable } from '../../kinds/program/program-events.js';
import type { KeptProgram } from '../../session/reading/find-kept-program.js';
import { projectOf } from '../open-project.js';
import { shownPath } from '../shown-path.js';
import { leaveInterrupts } from '../signals.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface ShellOptions extends CommonOptions {
  readonly run?: string;
  readonly print?: boolean;
}

/**
 * `kshot shell STEP`: a shell in the folder that is kept of a program which failed, with the environment that it had.
 * With `--print`, and where there is no terminal, the commands that lead there, on stdout.
 */
export async function shell(options: ShellOptions, step: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const found = await project.value.keptProgram(step, options.run);
  if (!found.ok) return terminal.fail(found.failure);
  const kept = found.value;
  if (terminal.json) {
    terminal.document(kept);
    return 0;
  }
  const env = environmentIn(kept);
  const missing = kept.launch.passed.filter((name) => process.env[name] === undefined);
  if (missing.length > 0) terminal.say(`${missing.join(', ')}: not set here, and the program had it`);
  const command = commandOf(kept);
  const hasTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (options.print === true || !hasTerminal) {
    const exported = Object.entries(env).map(([name, value]) => `export ${name}=${quotedWord(value)}`);
    terminal.data(`${[`cd ${quotedWord(kept.folder)}`, ...exported, command].join('\n')}\n`);
    return 0;
  }
  terminal.say(printable(`${kept.node} as it failed in ${kept.run}, in ${shownPath(kept.folder)}`));
  terminal.sayWhole(`run it again:  ${printable(command)}`);
  return await openShell(kept.folder, { ...inherited(), ...env, ...passed(kept) });
}

function commandOf({ launch: { argv } }: KeptProgram): string {
  return typeof argv === 'string' ? argv : argv.map(quotedWord).join(' ');
}

/**
 * What the program had, with paths of the folder as it is kept. State is a copy: what somebody tries here must not be
 * what the next run goes on from.
 */
function environmentIn({ folder, launch, state }: KeptProgram): { readonly [name: string]: string } {
  const copy = join(folder, '.kshot-state');
  rmSync(copy, { recursive: true, force: true });
  if (state === undefined || !existsSync(state)) mkdirSync(copy);
  else cpSync(state, copy, { recursive: true, mode: constants.COPYFILE_FICLONE, verbatimSymlinks: true });
  const params = join(folder, '.kshot-params.json');
  if (launch.params !== undefined) writeFileSync(params, launch.params);
  return {
    ...launch.env,
    ...(launch.params === undefined ? {} : { KSHOT_PARAMS: params }),
    [stateVariable]: copy,
    [eventsVariable]: join(folder, eventsFile),
    [stepFolderVariable]: folder,
  };
}

/** What a program is given, and what a shell at a terminal needs. */
function inherited(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'LANG', 'TERM', 'COLORTERM', 'SHELL', 'USER', 'LOGNAME', 'TZ'];
  return variablesOf(names);
}

function passed({ launch }: KeptProgram): NodeJS.ProcessEnv {
  return variablesOf(launch.passed);
}

function variablesOf(names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function openShell(folder: string, env: NodeJS.ProcessEnv): Promise<number> {
  // Ctrl-C is the shell's, and ends what runs in it.
  const hearAgain = leaveInterrupts();
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.env['SHELL'] || '/bin/sh', { cwd: folder, env, stdio: 'inherit' });
      child.once('error', reject);
      child.once('exit', () => resolve(0));
    });
  } finally {
    hearAgain();
  }
}
