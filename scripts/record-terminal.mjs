// Records docs/images/terminal.svg, and terminal-still.svg for who wants no motion: runs the real command line in a
// pseudo-terminal, in a new project with an empty cache, and draws what the terminal showed. Needs `script` of
// util-linux. What is typed is typed by this script; what is printed, and when, is kshot's, only pauses are cut short.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { screensOf, terminalSvg } from './terminal-svg.mjs';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const size = { columns: 96, rows: 34 };

/** What is typed, in order. */
const commands = [
  'npx kshot run pipelines/quickstart.yaml',
  'npx kshot plan pipelines/quickstart.yaml --set steps.meta_train.with.outer_lr=0.004',
];
const title = 'A terminal: kshot runs an experiment, then says what changing one number would run again.';

/** Seconds: between two keys, before a command and after it, the longest pause that is kept, at the end. */
const pace = { key: 0.03, before: 0.5, after: 2, longestPause: 1.2, end: 5 };

/** What a command wrote to a terminal of that size, and when: chunks as `screensOf` takes them, from 0 seconds. */
export function recordCommand(command, { columns, rows, folder, environment }) {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'kshot-record-')));
  const log = join(scratch, 'log');
  const times = join(scratch, 'times');
  try {
    execFileSync(
      'script',
      [
        '--quiet',
        '--flush',
        '--return',
        '--log-out',
        log,
        '--log-timing',
        times,
        '--logging-format',
        'classic',
        '--command',
        `stty cols ${columns} rows ${rows} && ${command}`,
      ],
      { cwd: folder, env: environment, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const bytes = readFileSync(log);
    // The log begins with a line of its own.
    let offset = bytes.indexOf('\n') + 1;
    let at = 0;
    return readFileSync(times, 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const [delay, length] = line.split(' ').map(Number);
        at += delay;
        const data = bytes.subarray(offset, offset + length);
        offset += length;
        return { at, data };
      });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A project as a clone has it, whose `npx kshot` is this checkout's build without npm's own second. */
function newProject() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kshot-record-')));
  cpSync(join(checkout, 'pipelines'), join(folder, 'pipelines'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  const npx = join(folder, 'bin/npx');
  writeFileSync(npx, `#!/bin/sh\nshift\nexec node "${join(checkout, 'dist/cli/main.js')}" "$@"\n`);
  chmodSync(npx, 0o755);
  return folder;
}

async function record() {
  const folder = newProject();
  const environment = { ...process.env, TERM: 'xterm-256color', PATH: `${folder}/bin:${process.env.PATH}` };
  for (const name of Object.keys(environment)) {
    if (/^(?:CI|NO_COLOR|FORCE_COLOR|COLORTERM|NODE_OPTIONS|npm_.*)$/.test(name)) delete environment[name];
  }
  const chunks = [];
  let now = 0;
  const prompt = '\u001b[32m$\u001b[0m ';
  try {
    chunks.push({ at: 0, data: prompt });
    for (const command of commands) {
      now += pace.before;
      for (const character of command) {
        now += pace.key;
        chunks.push({ at: now, data: character });
      }
      now += pace.before;
      chunks.push({ at: now, data: '\r\n' });
      let before = 0;
      for (const { at, data } of recordCommand(command, { ...size, folder, environment })) {
        now += Math.min(at - before, pace.longestPause);
        before = at;
        chunks.push({ at: now, data });
      }
      now += 0.1;
      chunks.push({ at: now, data: prompt });
      now += pace.after;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const screens = await screensOf(chunks, size);
  const { columns } = size;
  const last = screens.at(-1);
  return {
    'terminal.svg': terminalSvg(screens, {
      columns,
      duration: now + pace.end,
      still: screens.length - 1,
      title,
    }),
    'terminal-still.svg': terminalSvg([last], { columns, duration: 1, still: 0, title }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? join(checkout, 'docs/images');
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of Object.entries(await record())) {
    writeFileSync(join(folder, name), svg);
    console.log(`${join(folder, name)}: ${Math.round(Buffer.byteLength(svg) / 1024)} kB`);
  }
}
