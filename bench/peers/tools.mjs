// Each tool: what to install, how its own documentation has it run, and where its project says what the cases change.
import { fileURLToPath } from 'node:url';

const kshot = `${process.execPath} ${fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))}`;
const kshotAccuracy = `${kshot} sql --json "SELECT value AS accuracy FROM latest_summary WHERE metric = 'accuracy'"`;

/** A text that an edit puts in the place of another, which must be in the file exactly once. */
const replace = (file, from, to) => ({ file, from, to });

/** What the tools have alike: `grid` is the file with rates and epochs, `train` the one that says what val is. */
function edits({ grid, val, rename, more = [] }) {
  return {
    'added rate': [replace(grid, '0.001, 0.01, 1.0', '0.001, 0.01, 0.1, 1.0'), ...more],
    'five more epochs': [replace(grid, 'epochs: 10', 'epochs: 15')],
    'five epochs fewer again': [replace(grid, 'epochs: 15', 'epochs: 10')],
    'test data in the choice': [val],
    'renamed step': rename,
  };
}

/**
 * `layers` are the folders that are laid over the common scripts; `sweep` is the command that trains, chooses, tests
 * and summarizes, `first` what has to go before it and is not killed, `last` what has to follow it; `summary` prints JSON with the mean accuracy.
 */
/** kshot's, with what else names the step that is renamed. */
function kshotEdits(...alsoNamed) {
  return edits({
    grid: 'pipelines/sweep.yaml',
    val: replace('pipelines/sweep.yaml', 'val.csv: data.val', 'val.csv: data.test'),
    rename: [
      replace('pipelines/sweep.yaml', '  train:\n    kind', '  fit:\n    kind'),
      replace(
        'pipelines/sweep.yaml',
        'rows: train.metrics, candidates: train.model',
        'rows: fit.metrics, candidates: fit.model',
      ),
      ...alsoNamed,
    ],
  });
}

export const tools = {
  bare: {
    title: 'a loop of shell',
    layers: ['bare'],
    packages: [],
    sweep: 'bash sweep.sh',
    summary: 'cat summary.json',
  },
  dvc: {
    title: 'DVC',
    layers: ['dvc'],
    packages: ['dvc==3.67.1'],
    prepare:
      'git init -q . && dvc init -q && dvc config core.analytics false && git add -A . && git -c user.name=b -c user.email=b@example.org commit -qm sweep',
    sweep: 'dvc repro',
    summary: 'cat summary.json',
    edits: edits({
      grid: 'params.yaml',
      val: replace('dvc.yaml', '--val data/val.csv', '--val data/test.csv'),
      rename: [replace('dvc.yaml', '  train:\n', '  fit:\n')],
    }),
  },
  snakemake: {
    title: 'Snakemake',
    layers: ['snakemake'],
    packages: ['snakemake==9.27.1'],
    sweep: 'snakemake',
    recover: 'snakemake --unlock',
    summary: 'cat results/summary.json',
    edits: edits({
      grid: 'config.yaml',
      val: replace('Snakefile', 'val="data/val.csv"', 'val="data/test.csv"'),
      rename: [replace('Snakefile', 'rule train:', 'rule fit:')],
    }),
  },
  hydra: {
    title: 'Hydra, Optuna',
    layers: ['hydra'],
    packages: [
      'hydra-core==1.3.8',
      'hydra-optuna-sweeper==1.3.0',
      'hydra-joblib-launcher==1.2.0',
      'sqlalchemy<2',
    ],
    first: 'python sweep/split.py --to data',
    sweep: 'python sweep/train.py --multirun',
    last: 'python sweep/finish.py',
    // It keeps no results, so all changes are alike.
    cases: ['nothing', 'added rate', 'test data in the choice'],
    summary: 'cat summary.json',
    edits: edits({
      grid: 'conf/config.yaml',
      val: replace('sweep/train.py', 'read("data/val.csv")', 'read("data/test.csv")'),
      // A study of Optuna keeps to the choices that it began with, so others are another study.
      more: [
        replace('conf/config.yaml', 'n_trials: 9', 'n_trials: 12'),
        replace('conf/config.yaml', 'study_name: sweep', 'study_name: sweep2'),
        replace('sweep/finish.py', 'study_name="sweep"', 'study_name="sweep2"'),
      ],
    }),
  },
  kshot: {
    title: 'kshot',
    layers: ['kshot'],
    packages: [],
    sweep: `${kshot} run pipelines/sweep.yaml -j 2`,
    summary: kshotAccuracy,
    edits: kshotEdits(),
  },
  segments: {
    title: 'kshot, segments',
    layers: ['kshot', 'kshot-segments'],
    packages: [],
    sweep: `${kshot} run pipelines/segments.yaml -j 2`,
    summary: kshotAccuracy,
    edits: kshotEdits(replace('pipelines/segments.yaml', '{ train:', '{ fit:')),
  },
};

/** What changes in scripts that all tools share. */
export const sharedEdits = {
  comment: [
    replace('sweep/logistic.py', 'def probability', '# The chance of class 1.\ndef probability'),
    replace('sweep/train.py', 'import json\n', 'import json  # what models are written as\n'),
  ],
  'helper module': [replace('sweep/logistic.py', 'max(-30, min(30, score))', 'max(-20, min(20, score))')],
  'new module': [replace('sweep/train.py', 'import json\n', 'import json\n\nimport clipping\n')],
  'new module edited': [replace('sweep/clipping.py', 'LIMIT = 30', 'LIMIT = 20')],
  'requirements.txt': [replace('requirements.txt', '1.0', '1.1')],
  'writes slowly': [
    replace(
      'sweep/train.py',
      'file.write(json.dumps(weights))',
      'text = json.dumps(weights); file.write(text[:20]); file.flush(); record("half"); __import__("time").sleep(1.5); file.write(text[20:])',
    ),
  ],
};
