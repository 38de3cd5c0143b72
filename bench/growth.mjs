// What `npm run bench:growth` runs: what a task costs the wasm engine as the catalogue, the tasks of an iteration or the
// prefixes grow, in time and in memory. `-- items`, `-- batch` and `-- prefix` measure one of the three.
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const usual = { items: 343, tasks: 32, prefix: 20 };
const series = {
  items: [343, 1000, 3430, 10_000, 34_300, 100_000],
  batch: [32, 64, 128, 256, 512, 1024],
  prefix: [20, 50, 100, 200, 500, 1000],
};
const parameterOf = { items: 'items', batch: 'tasks', prefix: 'prefix' };
const asked = process.argv.slice(2);
const point = fileURLToPath(new URL('./growth-point.mjs', import.meta.url));

function measure(sizes) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [point, JSON.stringify(sizes)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${JSON.stringify(sizes)} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

const three = (value) => Number(value.toPrecision(3)).toString();
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}; ms a task, all threads`,
);
for (const name of asked.length === 0 ? Object.keys(series) : asked) {
  console.log(
    `\n| ${name} | second order | first order | adapt and rank | peak memory, MB |\n|---|---|---|---|---|`,
  );
  for (const size of series[name]) {
    const { second, first, rank, megabytes } = measure({ ...usual, [parameterOf[name]]: size });
    console.log(
      `| ${size.toLocaleString('en')} | ${three(second)} | ${three(first)} | ${three(rank)} | ${megabytes.toFixed(0)} |`,
    );
  }
}
