import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slowTest } from '../support/slow-tests.js';
import type { Project } from '../support/temporary-project.js';
import { checkout, cleanClone, copyFolders, runScript } from './clean-clone.js';
import { type Fence, fencesOf, shownCommands } from './fences.js';
import { linesOf, mismatch, updated } from './shown-output.js';

/**
 * Runs what the documents tell a reader to run, each document from top to bottom in a clone of its own.
 *
 * - `sh`: a script, which must end with 0.
 * - `console`: commands behind `$ ` and what they print.
 * - `sql`: a query for `kshot sql`.
 * - `yaml`: a pipeline, or with `over="FILE"` steps laid over one; `kshot plan` must take it.
 * - `text output`: what the block before it printed.
 * - `diff`: a change of the clone's files.
 * - `file="PATH"` on any: the reader saves the block there.
 * - `exit="N"`: the last command ends with N.
 * - `planned="REASON"` on `sh`: each `kshot run` is only planned, for the reason given.
 * - `needs="PROGRAM"`: skipped where this program is missing.
 * - `skip="REASON"`: not run; reported as skipped, with the reason.
 *
 * `UPDATE_DOCS=1` writes what was printed into the documents in place of what they show.
 */

/** This one comes first and begins with an empty cache; the others have a run of which it has computed everything. */
const fromNothing = 'docs/tutorial.md';
/** Shown, never run. */
const shownOnly = ['text', 'json'];
const isUpdate = process.env['UPDATE_DOCS'] === '1';

const documents = [
  fromNothing,
  'README.md',
  ...readdirSync(join(checkout, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((file) => `docs/${file}`)
    .filter((file) => file.endsWith('.md') && file !== fromNothing)
    .sort(),
];

let first: Project | undefined;
let warm: Project | undefined;

/** A clone with a run, which takes what the first document has in its cache. */
async function warmClone(): Promise<Project> {
  if (warm !== undefined) return warm;
  warm = cleanClone();
  if (first !== undefined) copyFolders(first, warm, ['cache']);
  const { exitCode, printed } = await runScript(warm, 'npx kshot run pipelines/quickstart.yaml --quiet');
  expect(exitCode, printed).toBe(0);
  return warm;
}

describe.each(documents)('%s', (document) => {
  const markdown = readFileSync(join(checkout, document), 'utf8');
  const fences = fencesOf(markdown);
  /** Lines to put in place of others, from which line on. */
  const updates: { readonly line: number; readonly count: number; readonly lines: readonly string[] }[] = [];
  let project: Project;
  let lastPrinted = '';

  beforeAll(async () => {
    // What only shows needs no clone.
    if (!fences.some(isRun)) return;
    project = cleanClone();
    if (document === fromNothing) first = project;
    else copyFolders(await warmClone(), project, ['cache', 'artifacts']);
  });

  afterAll(() => {
    if (!isUpdate || updates.length === 0) return;
    const lines = markdown.split('\n');
    for (const { line, count, lines: printed } of updates.toReversed())
      lines.splice(line - 1, count, ...printed);
    writeFileSync(join(checkout, document), lines.join('\n'));
  });

  /** Holds what a block shows against what was printed. */
  function compare({ indent }: Fence, line: number, shown: readonly string[], printed: string): void {
    const wrong = mismatch(shown, linesOf(printed));
    if (wrong === undefined) return;
    if (isUpdate) {
      const lines = updated(shown, linesOf(printed)).map((text) => `${indent}${text}`.trimEnd());
      updates.push({ line, count: shown.length, lines });
    } else expect(wrong.printed, `${document}:${line}: what is printed now`).toEqual(wrong.shown);
  }

  async function run(script: string, exitCode: number): Promise<void> {
    const result = await runScript(project, script);
    lastPrinted = result.printed;
    expect(result.exitCode, `${script}\n${result.printed}`).toBe(exitCode);
  }

  async function check(fence: Fence): Promise<void> {
    const { language, attributes, lines } = fence;
    const text = `${lines.join('\n')}\n`;
    const exitCode = Number(attributes['exit'] ?? 0);
    const file = attributes['file'];
    if (file !== undefined) project.write(file, text);
    if (language === 'sh') {
      await run('planned' in attributes ? text.replaceAll('kshot run', 'kshot plan') : text, exitCode);
    } else if (language === 'console') {
      const commands = shownCommands(fence);
      for (const [index, { command, output, line }] of commands.entries()) {
        await run(command, index === commands.length - 1 ? exitCode : 0);
        compare(fence, line, output, lastPrinted);
      }
    } else if (language === 'sql') {
      project.write('.shim/query.sql', text);
      await run('npx kshot sql "$(cat .shim/query.sql)"', exitCode);
    } else if (language === 'yaml') await plan(file, text, attributes['over'], exitCode);
    else if (language === 'diff') {
      project.write('.shim/change.diff', text);
      await run('git apply --recount .shim/change.diff', exitCode);
    } else if ('output' in attributes) compare(fence, fence.line, lines, lastPrinted);
    else if (file === undefined && !shownOnly.includes(language)) {
      throw new Error(
        `nothing is known of how to check a block "${language}": name a language, file or skip`,
      );
    }
  }

  async function plan(
    file: string | undefined,
    text: string,
    over: string | undefined,
    exitCode: number,
  ): Promise<void> {
    if (file !== undefined && !file.startsWith('pipelines/')) return;
    const path = file ?? 'pipelines/shown_in_document.yaml';
    if (over !== undefined) text = `version: 1\nname: shown\nextends: ${over}\nsteps:\n${text}`;
    if (file === undefined) project.write(path, text);
    await run(`npx kshot plan ${path}`, exitCode);
    if (file === undefined) rmSync(project.path(path));
  }

  it('points at files and headings that are there', () => {
    const anchorsOf = (file: string) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => /^#+ /.test(line))
        .map(anchorOf);
    const prose = markdown.replace(/^( *)(`{3,})[\s\S]*?^ *\2$/gm, '').replaceAll(/`[^`\n]*`/g, '');
    const targets = [
      ...[...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
      ...[...prose.matchAll(/(?:src|srcset|href)="([^"]+)"/g)].map(([, target = '']) => target),
    ];
    const broken = targets.filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(checkout, document) : resolve(checkout, dirname(document), path);
      if (relative(checkout, file).startsWith('..') || !existsSync(file)) return true;
      return anchor !== undefined && !anchorsOf(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  for (const fence of fences) {
    const { file, planned } = fence.attributes;
    const title = `line ${fence.line}: ${fence.language} ${file ?? fence.lines[0] ?? ''}`;
    const reason = reasonToSkip(fence);
    if (reason !== undefined) it.skip(`${title} (${reason})`, () => undefined);
    else it(planned === undefined ? title : `${title} (planned only: ${planned})`, () => check(fence));
  }
});

// npm builds the clone first, which takes a quarter of a minute.
slowTest('npx kshot is the command of the clone, without the stand-in of these tests', async () => {
  const project = cleanClone();
  const { exitCode, printed } = await runScript(project, 'npx kshot --version', { npx: 'real' });
  expect(exitCode, printed).toBe(0);
  expect(linesOf(printed).at(-1)).toBe(
    (JSON.parse(project.read('package.json')) as { version: string }).version,
  );
});

it('no document can install or remove packages', async () => {
  const project = cleanClone();
  for (const command of ['npm ci', 'npm install', 'npm rm yaml', 'npx cowsay']) {
    expect((await runScript(project, command)).exitCode, command).toBe(97);
  }
  // Even a removal by hand takes links away and nothing behind them.
  await runScript(project, 'rm -rf node_modules');
  expect(existsSync(join(checkout, 'node_modules/yaml/package.json'))).toBe(true);
});

function reasonToSkip({ attributes: { needs, skip } }: Fence): string | undefined {
  return skip ?? (needs === undefined || isInstalled(needs) ? undefined : `${needs} is not installed`);
}

/** Whether there is more to do with a block than to read it. */
function isRun(fence: Fence): boolean {
  const { language, attributes } = fence;
  if (reasonToSkip(fence) !== undefined) return false;
  return 'file' in attributes || 'output' in attributes || !shownOnly.includes(language);
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
