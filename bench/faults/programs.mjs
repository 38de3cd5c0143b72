// The campaigns that are programs of their own, a small number of tries at a time.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { has, Tally } from './rig.mjs';

function runProgram(tally, name, args, counts) {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL(name, import.meta.url)), ...args],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  const found = counts.exec(stdout)?.groups;
  const text = `${args.join(' ')}: ${`${stdout}${stderr}`.slice(-1500)}`;
  if (found === undefined) tally.count(['it came to no count'], text);
  else tally.countMany(Number(found.tried), Number(found.fell), text);
}

export function* importedFiles({ random }) {
  const tally = new Tally('spoilt files of interactions: read as a reader in Python reads them, or refused');
  yield [tally];
  if (!has('python3')) {
    tally.skipped = 'no python3';
    return;
  }
  for (;;) {
    const seed = String(random.below(1e6));
    yield () =>
      runProgram(
        tally,
        'import-files.mjs',
        ['--files', '200', '--seed', seed],
        /(?<tried>\d+) files, (?<fell>\d+) faults/,
      );
  }
}

export function* engineStarts({ random }) {
  const tally = new Tally('starts of the wasm engine whose memory grows meanwhile');
  yield [tally];
  for (;;) {
    const seed = String(random.below(1e6));
    yield () =>
      runProgram(
        tally,
        'engine-starts.mjs',
        ['--starts', '10', '--seed', seed],
        /(?<fell>\d+) of (?<tried>\d+) starts/,
      );
  }
}
