// What `npm run bench:faults` runs: faults by the thousand, where the tests try each once. Prints what was tried, how
// often, and what fell; ends with 1 where anything did.
//
//   --minutes N   how long in all, default 10      --seed N   to try the same again
//   --only WORD   only campaigns whose name holds it (may be repeated)
import { parseArgs } from 'node:util';
import { spoiltCaches } from './cache.mjs';
import { refusedCalls, smallDisk } from './disk.mjs';
import { fuzzedArguments, mutatedFiles, strangeNames } from './inputs.mjs';
import { killedRuns, killedTrainings } from './kills.mjs';
import { engineStarts, importedFiles } from './programs.mjs';
import { randomNumbers } from './rig.mjs';
import { clocks, copies, manySteps, readOnly } from './surroundings.mjs';

const campaigns = {
  killedRuns,
  killedTrainings,
  refusedCalls,
  smallDisk,
  spoiltCaches,
  mutatedFiles,
  importedFiles,
  engineStarts,
  fuzzedArguments,
  strangeNames,
  clocks,
  copies,
  readOnly,
  manySteps,
};

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', multiple: true },
  },
});
const seed = Number(options.seed);
const chosen = Object.entries(campaigns).filter(
  ([name]) => options.only?.some((word) => name.includes(word)) ?? true,
);
const millisecondsEach = (Number(options.minutes) * 60_000) / chosen.length;
console.log(`seed ${seed}, ${options.minutes} minutes, Node ${process.version}`);

const began = performance.now();
const tallies = [];
for (const [index, [name, campaign]] of chosen.entries()) {
  console.log(`${name} ...`);
  let end;
  // A campaign yields what it counts by, then one attempt after the other, for as long as there is time.
  const attempts = campaign({ random: randomNumbers(seed + index) });
  tallies.push(...attempts.next().value);
  for (const attempt of attempts) {
    // From here: what an attempt needs has been made.
    end ??= performance.now() + millisecondsEach;
    await attempt();
    if (performance.now() > end) break;
  }
}

console.log(`\nin ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
console.log(`\n| fault | tried | held | fell | |\n|---|---:|---:|---:|---|`);
for (const { name, tried, fell, skipped, notes } of tallies) {
  const more =
    skipped === ''
      ? Object.entries(notes)
          .map(([note, times]) => `${note}: ${times}`)
          .sort()
          .join(', ')
      : `skipped: ${skipped}`;
  const counts = [tried, tried - fell, fell].map((count) => count.toLocaleString('en'));
  console.log(`| ${name} | ${counts.join(' | ')} | ${more} |`);
}
process.exitCode = tallies.some(({ fell }) => fell > 0) ? 1 : 0;
