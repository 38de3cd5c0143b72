"""Makes a folder of the names, columns and sizes of the notebook's own, for maml_residual_xuetangx.yaml to run on.

    /usr/bin/python3 -m venv --system-site-packages VENV && VENV/bin/pip install 'pyarrow<16'
    VENV/bin/python bench/notebook/make_folder.py FOLDER

Wants pandas, pyarrow and torch (Debian's python3-torch). Learners are drawn: each goes through the courses of one or
two subjects in an order that most learners share. Users with 15 pairs or more have a window of K + Q = 15 pairs for
every start in train, and one, the last, in val and test. gru_global.pth is a checkpoint of PyTorch's, trained for one
epoch on the pairs of train. The pairs name no user, as the notebook's do not; --user-id keeps that column. The same
arguments give the same data.
"""

import argparse
import json
import pathlib

import numpy
import pandas
import torch

import make_checkpoint

COURSES = 343
K, Q = 5, 10
LONGEST_PREFIX = 50
# Of each split: users with episodes, episodes, pairs.
SIZES = {"train": (3006, 66187, 212923), "val": (340, 340, 24698), "test": (346, 346, 26608)}


def spread(random, total, count, least):
    """So many whole numbers of at least that, with that sum, a few of them large."""
    shares = random.pareto(1.5, count) + 0.2
    extra = total - count * least
    numbers = numpy.floor(shares / shares.sum() * extra).astype(int)
    numbers[: extra - numbers.sum()] += 1
    return numbers + least


def pair_counts(random, users, episodes, pairs):
    """How many pairs each user has: first those with episodes, then those with fewer than K + Q pairs."""
    window = K + Q
    if episodes > users:
        long = spread(random, episodes + users * (window - 1), users, window)
    else:
        long = spread(random, int(pairs * 0.6), users, window)
    short = []
    left = pairs - long.sum()
    while left > 0:
        short.append(min(left, int(random.integers(1, window))))
        left -= short[-1]
    return [*long, *short]


def write_pairs(random, subjects, counts, first_id, split):
    """The pairs of all users of a split, in order of user and time."""
    rows = []
    for user, count in enumerate(counts):
        own = subjects[random.choice(len(subjects), size=2, replace=False)]
        now = 1_500_000_000 + int(random.integers(0, 30_000_000))
        made, place, subject = 0, int(random.integers(0, len(own[0]))), 0
        while made < count:
            length = int(min(count - made, random.geometric(0.2)))
            now += int(random.integers(3_600, 400_000))
            prefix = []
            for step in range(length + 1):
                if random.random() < 0.15:
                    subject = 1 - subject
                forward = random.random() < 0.75
                place = (place + 1 if forward else int(random.integers(0, len(own[0])))) % len(own[0])
                course = int(own[subject][place])
                if step > 0:
                    rows.append((f"U_{split}_{user}", prefix[-LONGEST_PREFIX:], course, now))
                prefix = [*prefix, course]
                now += int(random.integers(1, 900))
            made += length
    frame = pandas.DataFrame(rows, columns=["user_id", "prefix", "label", "label_ts_epoch"])
    frame.insert(0, "pair_id", numpy.arange(first_id, first_id + len(frame)))
    return frame


def episodes_of(pairs, every_window):
    rows = []
    for user, ids in pairs.groupby("user_id", sort=False)["pair_id"]:
        ids = ids.to_numpy()
        last = len(ids) - (K + Q)
        for start in range(0 if every_window else last, last + 1) if last >= 0 else ():
            rows.append((user, ids[start : start + K], ids[start + K : start + K + Q]))
    return pandas.DataFrame(rows, columns=["user_id", "support_pair_ids", "query_pair_ids"])


def train_baseline(pairs, path, epochs):
    torch.manual_seed(0)
    model = make_checkpoint.GRURecommender(COURSES, 64, 128)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    # By length, so that no batch holds padding.
    lengths = pairs["prefix"].map(len)
    for _ in range(epochs):
        batches = [
            group.iloc[start : start + 256]
            for _, group in pairs.groupby(lengths)
            for start in range(0, len(group), 256)
        ]
        for index in torch.randperm(len(batches)):
            batch = batches[index]
            scores = model(torch.tensor(numpy.stack(batch["prefix"].to_numpy())))
            loss = torch.nn.functional.cross_entropy(scores, torch.tensor(batch["label"].to_numpy()))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    torch.save(make_checkpoint.checkpoint(model), path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--user-id", action="store_true")
    given = parser.parse_args()
    random = numpy.random.default_rng(20260107)
    subjects = random.permutation(COURSES)[:336].reshape(28, 12)
    processed = given.folder / "data/processed/xuetangx"
    models = given.folder / "models/baselines"
    for folder in (processed / "pairs", processed / "episodes", processed / "vocab", models):
        folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {f"course-v1:School+{index:04}": index for index in range(COURSES)}
    (processed / "vocab/course2id.json").write_text(json.dumps(vocabulary))
    first_id = 0
    for split, (users, episodes, count) in SIZES.items():
        pairs = write_pairs(random, subjects, pair_counts(random, users, episodes, count), first_id, split)
        first_id += len(pairs)
        made = episodes_of(pairs, split == "train")
        assert (made["user_id"].nunique(), len(made), len(pairs)) == (users, episodes, count)
        if split == "train":
            train_baseline(pairs, models / "gru_global.pth", given.epochs)
        if split == "val":
            # As it comes back from a CSV file.
            pairs["prefix"] = pairs["prefix"].map(str)
        if split == "test":
            # Rows that were filtered or shuffled keep their old numbers in a column of pandas' own.
            pairs = pairs.sample(frac=1, random_state=1)
        if not given.user_id:
            pairs = pairs.drop(columns=["user_id"])
        pairs.to_parquet(processed / f"pairs/pairs_{split}.parquet")
        made.to_parquet(processed / f"episodes/episodes_{split}_K{K}_Q{Q}.parquet")


if __name__ == "__main__":
    main()
