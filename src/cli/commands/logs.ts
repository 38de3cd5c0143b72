import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { suggestion } from '../../pipeline/nearest-name.js';
import { identityOf, type RunRecord, readRegister, runFolderOf } from '../../report/register.js';
import { type Manifest, readManifest } from '../../report/run-documents.js';
import { logFileName } from '../../run/step-log.js';
import { findRoot } from '../find-pipeline.js';
import { findRun, noResults } from '../find-run.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface LogsOptions extends CommonOptions {
  readonly run?: string;
}

interface Log {
  readonly run: string;
  readonly node: string;
  readonly file: string;
}

/** `kshot logs STEP`: what a step's nodes wrote in the latest run that executed any of them, on stdout. */
export async function logs(options: LogsOptions, step: string): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const only = options.run === undefined ? undefined : findRun(root.value, options.run);
  if (only !== undefined && !only.ok) return terminal.fail([only.failure]);
  const runs = only === undefined ? readRegister(root.value).runs : [only.value];
  const names = new Set<string>();
  const found = latestLogs(root.value, runs, step, names);
  if (found === undefined) {
    return terminal.fail([runs.length === 0 ? noResults() : noLog(step, names)]);
  }
  for (const log of found) {
    const text = readFileSync(log.file, 'utf8');
    if (terminal.json) terminal.data(`${JSON.stringify({ ...log, text })}\n`);
    else {
      terminal.say(`${log.node} in ${log.run} (${log.file})`);
      terminal.data(text.endsWith('\n') || text === '' ? text : `${text}\n`);
    }
  }
  return 0;
}

function latestLogs(
  root: string,
  runs: readonly RunRecord[],
  step: string,
  names: Set<string>,
): readonly Log[] | undefined {
  for (const record of runs.toReversed()) {
    const identity = identityOf(record);
    const manifest: Manifest | undefined = readManifest(root, identity);
    const nodes = manifest?.nodes ?? [];
    for (const node of nodes) names.add(node.step).add(node.id);
    const found = nodes
      .filter((node) => node.step === step || node.id === step)
      .map((node) => ({
        run: identity,
        node: node.id,
        file: join(runFolderOf(root, identity), 'logs', logFileName(node.id)),
      }))
      .filter(({ file }) => existsSync(file));
    if (found.length > 0) return found;
  }
  return undefined;
}

function noLog(step: string, names: ReadonlySet<string>): Failure {
  if (names.has(step)) {
    return {
      reason: 'no-results',
      message: `${step} wrote no log in any run`,
      hint: `it printed nothing, or the folders of its runs are gone; kshot run --force=${step} executes it again`,
    };
  }
  const hint = suggestion(step, names);
  return {
    reason: 'unknown-step',
    message: `no run has a step ${step}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
