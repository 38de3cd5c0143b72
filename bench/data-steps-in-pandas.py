"""What kshot's import, pairs, split, episodes and fingerprint do, in pandas as one would write it for speed.

Reads the CSV file that is named, writes parquet where pyarrow is there, else pickles, to a folder that is then removed.
"""
import hashlib
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

GAP, LONGEST, K, Q = 1800, 200, 5, 10
folder = tempfile.TemporaryDirectory()


def save(frame, name):
    path = Path(folder.name) / name
    try:
        frame.to_parquet(path)
    except ImportError:
        frame.to_pickle(path)
    return path


def in_file_order(path):
    events = pd.read_csv(path, dtype={"user_id": str, "item_id": str})
    save(events, "interactions")
    return events


def to_pairs(events):
    events["user"] = events["user_id"].astype("category").cat.codes
    events["item"] = events["item_id"].astype("category").cat.codes
    events = events.sort_values(["user", "timestamp"], kind="stable")
    user, time, item = (events[name].to_numpy() for name in ("user", "timestamp", "item"))
    first_of_user = np.append(True, user[1:] != user[:-1])
    starts = first_of_user | np.append(True, time[1:] - time[:-1] > GAP)
    session = np.cumsum(starts)
    events["session"] = session - np.maximum.accumulate(np.where(first_of_user, session, 0)) + 1
    keep = starts | np.append(True, item[1:] != item[:-1])
    events, starts = events[keep], starts[keep]
    place = np.arange(len(events))
    start = np.maximum.accumulate(np.where(starts, place, 0))
    items = events["item"].to_numpy()
    labels = np.flatnonzero(~starts)
    begins = np.maximum(start[labels], labels - LONGEST)
    pairs = events.iloc[labels][["user", "user_id"]].copy()
    pairs["session_id"] = pairs["user_id"] + "/" + events["session"].iloc[labels].astype(str)
    pairs["prefix"] = [items[begin:end] for begin, end in zip(begins, labels)]
    pairs["label"] = items[labels]
    pairs["label_ts_epoch"] = events["timestamp"].to_numpy()[labels]
    pairs["prefix_len"] = labels - begins
    pairs.insert(0, "pair_id", np.arange(len(pairs)))
    save(pairs, "pairs")
    return pairs


def to_splits(pairs):
    draws = {
        user: int(hashlib.sha256(f"1|data.split|{user}".encode()).hexdigest()[:13], 16) / 2**52
        for user in pairs["user_id"].unique()
    }
    draw = pairs["user_id"].map(draws).to_numpy()
    splits = {"train": pairs[draw < 0.7], "val": pairs[(draw >= 0.7) & (draw < 0.85)], "test": pairs[draw >= 0.85]}
    for name, split in splits.items():
        save(split, name)
    return splits


def to_episodes(name, pairs):
    user = pairs["user"].to_numpy()
    ids = pairs["pair_id"].to_numpy()
    first = np.flatnonzero(np.append(True, user[1:] != user[:-1]))
    counts = np.diff(np.append(first, len(user)))
    size = K + Q
    enough = counts >= size
    windows = np.where(enough, counts - size + 1 if name == "train" else 1, 0)
    begins = first if name == "train" else first + counts - size
    start = np.repeat(begins, windows) + np.arange(windows.sum()) - np.repeat(np.cumsum(windows) - windows, windows)
    frame = pd.DataFrame({"episode_id": np.arange(len(start)), "user_id": pairs["user_id"].to_numpy()[start]})
    frame["support_pair_ids"] = [ids[one : one + K] for one in start]
    frame["query_pair_ids"] = [ids[one + K : one + size] for one in start]
    save(frame, f"{name}-episodes")
    return frame


def describe(pairs, episodes):
    for column in ("pair_id", "user_id", "session_id", "label", "label_ts_epoch", "prefix_len"):
        print(column, pairs[column].isna().sum(), pairs[column].min(), pairs[column].max(), pairs[column].nunique())
    print(pd.Series(np.concatenate(pairs["prefix"].to_numpy())).nunique())
    times = pd.Series(pairs["label_ts_epoch"].to_numpy(), index=pairs["pair_id"].to_numpy())
    support = np.stack(episodes["support_pair_ids"].to_numpy())
    query = np.stack(episodes["query_pair_ids"].to_numpy())
    last, begin = times.reindex(support.max(axis=1)).to_numpy(), times.reindex(query.min(axis=1)).to_numpy()
    print(np.unique(support).size, np.unique(query).size, (last > begin).sum(), (last == begin).sum())


for name, split in to_splits(to_pairs(in_file_order(sys.argv[1]))).items():
    describe(split, to_episodes(name, split))
for path in Path(folder.name).iterdir():
    hashlib.sha256(path.read_bytes()).hexdigest()
folder.cleanup()
