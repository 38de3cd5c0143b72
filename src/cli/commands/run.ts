import { largestExitCode } from '../../base/exit-code.js';
import type { Failure } from '../../base/failure.js';
import type { Result } from '../../base/result.js';
import type { Run, RunEnd } from '../../session/project.js';
import { closingLines } from '../../ui/views/closing-lines.js';
import { commandName } from '../command-name.js';
import { projectOf } from '../open-project.js';
import { type PlanningOptions, pipelineRequest } from '../pipeline-request.js';
import { openRunDisplay, type RunDisplayOptions } from '../run-display.js';
import { shownPath } from '../shown-path.js';
import { type Cancellation, cancelOnSignals } from '../signals.js';
import { type CommonOptions, openTerminal, type Terminal } from '../terminal.js';
import { plan as printPlan } from './plan.js';

export interface RunOptions extends CommonOptions, PlanningOptions {
  readonly jobs?: number;
  readonly keepGoing?: boolean;
  readonly tag?: string;
  readonly dryRun?: boolean;
  readonly inProcess?: boolean;
  readonly verbose?: boolean;
}

/** `kshot run [FILE] [targets]`: computes what is not there yet; events on stderr, or on stdout with `--json`. */
export async function run(options: RunOptions, targets: readonly string[]): Promise<number> {
  if (options.dryRun === true) {
    const { tag } = options;
    return await printPlan(options, targets, { forRun: true, ...(tag === undefined ? {} : { tag }) });
  }
  const terminal = openTerminal(options, { events: true });
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const inProcess = options.inProcess === true;
  const verbose = options.verbose === true || process.env['KSHOT_DEBUG'] === '1';
  const controller = new AbortController();
  const begun = await project.value.run({
    ...runRequest(options, targets),
    inProcess,
    verbose,
    signal: controller.signal,
  });
  if (!begun.ok) return terminal.fail(begun.failure);
  for (const warning of begun.value.warnings) terminal.warn(warning);
  const ended = await show(begun.value, terminal, controller, {
    root: project.value.root,
    // A body in this process leaves no time to draw, and decisions are lines.
    isPlain: inProcess || verbose,
  });
  if (!ended.ok) return failWhereShown(ended.failure, terminal);
  const end = ended.value;
  for (const warning of end.warnings) terminal.warn(warning);
  for (const caution of end.cautions) terminal.caution(caution);
  failWhereShown(end.failures, terminal);
  printCautions(end, terminal);
  if (!terminal.json) {
    const closing = {
      ...end,
      place: shownPath(end.page),
      command: commandName(process.env),
      targets,
      options,
    };
    for (const line of closingLines(closing, terminal)) terminal.sayWhole(line);
  }
  return end.exitCode;
}

function runRequest(options: RunOptions, targets: readonly string[]) {
  const { jobs, keepGoing, tag } = options;
  return {
    ...pipelineRequest(targets, options),
    ...(jobs === undefined ? {} : { slots: jobs }),
    ...(keepGoing === undefined ? {} : { keepGoing }),
    ...(tag === undefined ? {} : { tag }),
  };
}

/** Failures of a run, which as JSON were an event of it; returns the exit code. */
function failWhereShown(failures: readonly Failure[], terminal: Terminal): number {
  return terminal.json ? largestExitCode(failures) : terminal.fail(failures);
}

/** Prints them where the last lines, which do so too, are not shown. */
function printCautions({ report }: RunEnd, { quiet, json, caution }: Terminal): void {
  if (quiet && !json) for (const text of report?.cautions ?? []) caution(text);
}

/** Shows a run until it has ended; a signal aborts it. */
async function show(
  run: Run,
  terminal: Terminal,
  controller: AbortController,
  options: Pick<RunDisplayOptions, 'root' | 'isPlain'>,
): Promise<Result<RunEnd, Failure[]>> {
  const display = openRunDisplay(terminal, { ...options, stop: () => cancellation.cancel() });
  const cancellation: Cancellation = cancelOnSignals(controller, (line) => display.stopping(line));
  try {
    for await (const event of run) {
      if (event.event === 'run.finish') cancellation.stop();
      display.emit(event);
    }
    return await run.ended;
  } finally {
    cancellation.stop();
    display.close();
  }
}
