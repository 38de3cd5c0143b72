// What `npm run bench:torch` runs: a second-order meta-iteration on the CPU by the engine torch, as a step has it (frames
// to and from its Python included), beside loops over tasks in the same PyTorch and the engine wasm, on the same episodes;
// and a module of the user's beside a plain loop with create_graph. All take turns, so that what else the machine does
// falls on each of them.
//
//   npm run bench:torch -- [--python .venv] [--college-msg CollegeMsg.txt] [--rounds 9] [--threads 1,2]
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createEngine as createTorch } from '../dist/engines/torch/torch-engine.js';
import { createEngine as createWasm } from '../dist/engines/wasm/wasm-engine.js';
import { interpreterOf, median, ofEngine, ofPeer, peerText, takeTurns, writeBeginning } from './peer.mjs';
import { shippedSettings as settings, shippedSizes as sizes } from './shipped-settings.mjs';
import { collegeMsgWorkload, drawTasks, metaBatch, syntheticWorkload, tasksOf } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    'college-msg': { type: 'string' },
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: '1,2' },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = interpreterOf(options.python);
const rounds = Number(options.rounds);
const warmUps = 2;
const folder = mkdtempSync(join(tmpdir(), 'kshot-bench-torch-'));
const moduleOf = (items) => ({
  items,
  folder: here('../examples/own-model'),
  file: 'models/attentive.py',
  className: 'Attentive',
  // Without, so that losses can be held to one another.
  options: { dropout: 0 },
  head: ['output.*'],
  seed: 1,
  secondOrder: true,
});

const [processor] = cpus();
console.log(`${processor?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
try {
  for (const data of [
    syntheticWorkload(),
    ...(options['college-msg'] === undefined ? [] : [collegeMsgWorkload(options['college-msg'])]),
  ]) {
    for (const threads of options.threads.split(',').map(Number)) await measure(data, threads);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(data, threads) {
  const shape = { items: data.items, embedding: sizes.embedding, hidden: sizes.hidden };
  const draws = drawTasks(tasksOf(data, sizes.k, sizes.q), warmUps + rounds);
  const families = await familiesOf(data, shape, threads, draws);
  const { facts } = families.flatMap(({ cases }) => cases).find((one) => one.facts);
  console.log(
    `\n${data.name}: ${data.items} items, ${metaBatch} tasks, K = ${sizes.k}, Q = ${sizes.q}, second order, ${facts.threads} thread${facts.threads === 1 ? '' : 's'}; ${peerText(facts)}`,
  );
  for (const { name, cases } of families) {
    report(name, cases, await takeTurns(cases, draws.length, warmUps));
    for (const { close } of cases) await close();
  }
}

/** Prints the median of each case of a family. */
function report(name, cases, took) {
  console.log(`  ${name}`);
  const own = median(took[0]);
  for (const [place, one] of cases.entries()) {
    const milliseconds = median(took[place]);
    const beside = place === 0 ? '' : `, ${(milliseconds / own).toFixed(2)} times the engine torch`;
    console.log(
      `    ${one.name.padEnd(28)} ${milliseconds.toFixed(1).padStart(8)} ms (best ${Math.min(...took[place]).toFixed(1)})${beside}`,
    );
  }
}

/** What is measured: each model's cases, the engine torch first. */
async function familiesOf(data, shape, threads, draws) {
  const { start, files } = writeBeginning(folder, shape, draws);
  const peer = { threads, draws: files.draws, settings };
  const module = moduleOf(data.items);
  const { folder: at, file, className, options: given, seed } = module;
  const torch = { threads, allowSoftware: true, python };

  return [
    {
      name: 'the built-in GRU',
      cases: [
        ofEngine('engine torch', await createTorch({ shape, ...torch }), start, draws, settings),
        await ofPeer(
          "the notebook's loop",
          python,
          { ...peer, form: 'notebook', initial: files.initial },
          folder,
        ),
        await ofPeer(
          'loop, shared prefixes',
          python,
          { ...peer, form: 'shared', initial: files.initial },
          folder,
        ),
        ofEngine('engine wasm', await createWasm({ shape, threads }), start, draws, settings),
      ],
    },
    {
      name: `${file}:${className}`,
      cases: [
        ofModule('engine torch', await createTorch({ shape: module, ...torch }), draws),
        await ofPeer(
          'a plain loop, create_graph',
          python,
          {
            ...peer,
            form: 'module',
            items: data.items,
            file: join(at, file),
            class: className,
            options: given,
            seed,
          },
          folder,
        ),
      ],
    },
  ];
}

function ofModule(name, engine, draws) {
  return ofEngine(name, engine, Float32Array.from(engine.module.initialParameters), draws, settings);
}
