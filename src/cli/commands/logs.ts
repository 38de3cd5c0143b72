import { readFileSync } from 'node:fs';
import { printable } from '../../base/terminal-text.js';
import { withOpenLines } from '../../run/step-log.js';
import { type FoundLog, noSuchStep } from '../../session/reading/find-logs.js';
import type { FollowedLogs, LogPiece } from '../../session/reading/follow-log.js';
import { fitText } from '../../ui/fit-text.js';
import { projectOf } from '../open-project.js';
import { shownPath } from '../shown-path.js';
import { type CommonOptions, openTerminal, type Terminal } from '../terminal.js';

export interface LogsOptions extends CommonOptions {
  readonly run?: string;
  readonly follow?: boolean;
}

/**
 * `kshot logs STEP`: the logs of a step's nodes on stdout, as of the latest run that lists the step, be it under way.
 * Of a node that this run did not execute, the log of the run that did.
 */
export async function logs(options: LogsOptions, step: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  if (options.follow === true) {
    const followed = await project.value.followLogs(step, options.run);
    if (!followed.ok) return terminal.fail(followed.failure);
    if (followed.value !== undefined) return await follow(followed.value, step, terminal);
  }
  const found = await project.value.logs(step, options.run);
  if (!found.ok) return terminal.fail(found.failure);
  for (const log of found.value) {
    const text = withOpenLines(readFileSync(log.file, 'utf8'));
    if (terminal.json) terminal.document({ ...log, text });
    else {
      terminal.say(printable(heading(log)));
      terminal.written(text.endsWith('\n') || text === '' ? text : `${text}\n`);
    }
  }
  return 0;
}

/** Prints what comes, and which log it is from whenever that changes. */
async function follow(
  { run, isWaiting, pieces }: FollowedLogs,
  step: string,
  terminal: Terminal,
): Promise<number> {
  if (isWaiting) terminal.say(`waiting for ${step} in ${run}`);
  let shown: string | undefined;
  for await (const piece of pieces) {
    const { node, file, text } = piece;
    if (!terminal.json) showText(piece, run, shown !== file, terminal);
    else if (text !== '') terminal.document({ run, node, text });
    shown = file;
  }
  if (drawsOpenLines(terminal)) terminal.data(eraseLine);
  return shown === undefined ? terminal.fail([noSuchStep(step, new Set())]) : 0;
}

function showText(
  { node, file, text, open }: LogPiece,
  run: string,
  isOther: boolean,
  terminal: Terminal,
): void {
  const draws = drawsOpenLines(terminal);
  if (draws) terminal.data(eraseLine);
  if (isOther) terminal.say(`${node} in ${run} (${shownPath(file)})`);
  terminal.written(text);
  if (draws) terminal.data(lineOf(open, terminal.dataWidth - 1));
}

/** What has not ended is drawn anew in its place, which only a terminal can. */
function drawsOpenLines({ dataWidth, json }: Terminal): boolean {
  return Number.isFinite(dataWidth) && !json;
}

const eraseLine = '\r\u001b[K';

/** Lines that have not ended as one that a terminal does not wrap. */
function lineOf(open: string, width: number): string {
  const [first = '', ...others] = open.split('\n').toReversed();
  const text = others.reduce((line, other) => `${other}  ${line}`, first);
  return fitText(text, width, '…');
}

function heading({ run, node, file, listed, ended }: FoundLog): string {
  const state = ended === undefined ? '' : ended === 'killed' ? ', which was killed' : ', which is under way';
  const place = `${node} in ${run}${state} (${shownPath(file)})`;
  return listed === undefined ? place : `${listed.outcome} in ${listed.run}; last executed as ${place}`;
}
