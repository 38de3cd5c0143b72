/** The whole experiment of the main pipeline on few users and a tiny model: seconds, not minutes. */
export const smallExperiment = `version: 1
name: small
engine: reference
params: { seed: 7, iterations: 4, outer_lr: 0.01 }
steps:
  interactions: { kind: data.synthetic, with: { users: 90, items: 40, seed: "\${params.seed}", repeats: true } }
  pairs: { kind: data.pairs, in: { interactions: interactions } }
  split: { kind: data.split, in: { pairs: pairs }, with: { train: 0.6, val: 0.2, seed: "\${params.seed}" } }
  episodes: { kind: data.episodes, in: { pairs: split }, with: { k: 3, q: 4 } }
  fingerprint: { kind: data.fingerprint, in: { data: episodes } }
  meta_train:
    kind: maml.train
    in: { train: episodes.train }
    with:
      inner_lr: 0.05
      outer_lr: "\${params.outer_lr}"
      inner_steps: 2
      meta_batch_size: 4
      iterations: "\${params.iterations}"
      checkpoint_interval: 2
      embedding_size: 6
      hidden_size: 8
      seed: "\${params.seed}"
  validate:
    kind: eval.few_shot
    over: { model: meta_train.checkpoints }
    in: { episodes: episodes.val }
    with: { inner_lr: 0.05, steps: [2], max_episodes: 5 }
  best:
    kind: select
    in: { candidates: meta_train.checkpoints, rows: validate }
    with: { metric: mrr, mode: max }
  tune:
    kind: eval.few_shot
    in: { model: best, episodes: episodes.val }
    with: { steps: [1, 3] }
    matrix: { inner_lr: [0.01, 0.1] }
  chosen:
    kind: select
    in: { rows: tune }
    with: { metric: mrr, mode: max, settings: [inner_lr, steps] }
  zero_shot: { kind: eval.zero_shot, in: { model: best, episodes: episodes.test } }
  few_shot: { kind: eval.few_shot, in: { model: best, episodes: episodes.test, settings: chosen.settings } }
`;
