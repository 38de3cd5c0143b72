// What is changed in a finished sweep, what then has to run again, and kills in its middle.
import { join } from 'node:path';
import { sharedEdits } from './tools.mjs';

/**
 * Changes of a finished sweep. `before` brings the project to where the change is made, and is run too; `change` is
 * what is measured; `epochs` is how many have to be trained for the results to be right.
 */
export const changes = [
  { name: 'nothing', epochs: 0, change: () => {} },
  { name: 'files touched', epochs: 0, change: ({ sweep }) => sweep.touch() },
  { name: 'comment', epochs: 0, change: ({ sweep }) => sweep.edit(sharedEdits.comment) },
  { name: 'renamed step', epochs: 0, change: ({ sweep, tool }) => sweep.edit(tool.edits['renamed step']) },
  { name: 'helper module', epochs: 90, change: ({ sweep }) => sweep.edit(sharedEdits['helper module']) },
  {
    name: 'module that nobody declared',
    epochs: 90,
    before: ({ sweep }) => {
      sweep.edit(sharedEdits['new module']);
      sweep.write('sweep/clipping.py', 'LIMIT = 30\n');
    },
    change: ({ sweep }) => sweep.edit(sharedEdits['new module edited']),
  },
  { name: 'package upgraded', epochs: 90, change: ({ venv }) => venv.install('1.1') },
  {
    name: 'package upgraded, requirements.txt too',
    epochs: 90,
    change: ({ venv, sweep }) => {
      venv.install('1.1');
      sweep.edit(sharedEdits['requirements.txt']);
    },
  },
  { name: 'added rate', epochs: 30, change: ({ sweep, tool }) => sweep.edit(tool.edits['added rate']) },
  {
    name: 'five more epochs',
    epochs: 45,
    change: ({ sweep, tool }) => sweep.edit(tool.edits['five more epochs']),
  },
  {
    name: 'five epochs more and fewer again',
    epochs: 0,
    before: ({ sweep, tool }) => sweep.edit(tool.edits['five more epochs']),
    change: ({ sweep, tool }) => sweep.edit(tool.edits['five epochs fewer again']),
  },
  {
    name: 'test data in the choice',
    epochs: 0,
    refused: true,
    change: ({ sweep, tool }) => sweep.edit(tool.edits['test data in the choice']),
  },
];

/** The change in a copy of the finished sweep: what ran then, with exit code and times; none where the tool names its cases. */
export function measureChange(kase, { tool, venv, finished, project, folder }) {
  if (tool.cases?.includes(kase.name) === false) return undefined;
  const sweep = project(tool, venv, folder, { from: finished });
  const around = { sweep, tool, venv };
  try {
    if (kase.before !== undefined) {
      kase.before(around);
      mustRun(tool, sweep);
    }
    kase.change(around);
    return sweep.run();
  } finally {
    sweep.remove();
    if (kase.name.startsWith('package')) venv.install('1.0');
  }
}

export function mustRun(tool, sweep) {
  const ran = sweep.run();
  if (ran.exit !== 0) throw new Error(`${tool.title} ended with ${ran.exit}:\n${ran.said}`);
  return ran;
}

/** A second run after a kill; where the tool refuses it, one more after what its message says to do first. */
function goOn(tool, sweep) {
  const first = sweep.run();
  if (first.exit === 0 || tool.recover === undefined) return { ...first, recovered: false };
  const { exit, said } = sweep.run(tool.recover);
  if (exit !== 0) throw new Error(`${tool.recover} ended with ${exit}:\n${said}`);
  return { ...sweep.run(), recovered: true };
}

/** SIGKILL to the tool alone when three trainings have ended and more are under way; what it starts may go on. */
export async function killTool({ tool, venv, project, folder }) {
  const sweep = project(tool, venv, folder);
  try {
    const { killed, over } = await sweep.kill(({ trained, epoch }) => trained >= 3 && epoch >= 35, {
      everything: false,
    });
    const after = goOn(tool, sweep);
    return { killed, over, after, accuracy: after.exit === 0 ? sweep.accuracy() : undefined };
  } finally {
    sweep.remove();
  }
}

/** SIGKILL to everything while a program has half written its output, as a loss of power does. */
export async function killWriter({ tool, venv, project, folder }) {
  const sweep = project(tool, venv, folder);
  try {
    sweep.edit(sharedEdits['writes slowly']);
    const { killed } = await sweep.kill(({ half }) => half >= 3, { everything: true });
    const left = sweep.halfWritten();
    const after = goOn(tool, sweep);
    return { killed, left, after, accuracy: after.exit === 0 ? sweep.accuracy() : undefined };
  } finally {
    sweep.remove();
  }
}

export const inFolder = (root, ...names) => join(root, names.join('-').replaceAll(/[^a-z0-9-]/gi, '_'));
