"""The splits of data.split over pandas frames: what its SQL is checked against.

Reads {pairs: [[pair_id, user, time]], asked: [{by, train, val, test, seed, folds, fold, leave_out}]} on stdin, writes for
each of the asked {train: [pair_id], val: [pair_id], test: [pair_id]}.
"""
import hashlib
import json
import sys

import pandas as pd

given = json.load(sys.stdin)
pairs = pd.DataFrame(given["pairs"], columns=["pair_id", "user", "time"])


def draw(user, seed):
    return int(hashlib.sha256(f"{seed}|data.split|{user}".encode()).hexdigest()[:13], 16) / 2**52


def by_users(asked):
    fold = asked.get("folds")

    def split(user):
        value = draw(user, asked["seed"])
        if fold is not None:
            return {0: "test", 1: "val"}.get((int(value * fold) - asked["fold"]) % fold, "train")
        edges = [("train", asked["train"]), ("val", asked["val"]), ("test", asked["test"])]
        for name, width in edges:
            if value < width:
                return name
            value -= width
        return None

    return pairs["user"].map(split)


def by_time(asked):
    ordered = pairs["time"].sort_values()
    # The smallest time that so great a share of all does not exceed.
    cut = ordered[ordered.rank(method="max", pct=True) >= asked["train"]].iloc[0]
    began = pairs.groupby("user")["time"].transform("min")
    later = pairs["user"].map(lambda user: draw(user, asked["seed"]))
    of_val = later * (asked["val"] + asked["test"]) < asked["val"]
    split = of_val.map({True: "val", False: "test"})
    split[began < cut] = "train"
    return split.where((split != "train") | (pairs["time"] < cut))


def leave_last_out(asked):
    """Leave-one-out as RecBole has it (the last of each user is test, the one before it val), of so many pairs."""
    out = asked["leave_out"]
    ordered = pairs.sort_values(["user", "time", "pair_id"], kind="stable")
    users = ordered.groupby("user")
    place, count = users.cumcount(), users["pair_id"].transform("size")
    asks = count > 2 * out
    return {
        "train": ordered[~asks | (place < count - 2 * out)],
        "val": ordered[asks & (place < count - out)],
        "test": ordered[asks],
    }


answers = []
for asked in given["asked"]:
    if asked["by"] == "leave_last_out":
        parts = leave_last_out(asked)
    else:
        split = (by_time if asked["by"] == "time" else by_users)(asked)
        parts = {name: pairs[split == name] for name in ("train", "val", "test")}
    answers.append({name: sorted(int(one) for one in part["pair_id"]) for name, part in parts.items()})
json.dump(answers, sys.stdout)
