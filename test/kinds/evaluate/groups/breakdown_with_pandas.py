"""Groups of query pairs and metrics in them, written again from docs/pipelines.md with pandas.

Reads {train, pairs, ranks, baseline, bounds} as JSON from standard input: pairs of train and of the split, ranks of each
model, the model that others are compared with, and for each grouping the values with which its groups after the first
begin. Writes {"model grouping group": {n, users, metrics: {metric: [value, difference]}}}.
"""

import json
import sys

import numpy as np
import pandas as pd

told = json.load(sys.stdin)
train, pairs = pd.DataFrame(told["train"]), pd.DataFrame(told["pairs"])
pairs["train_count"] = pairs["label"].map(train["label"].value_counts()).fillna(0).astype(int)
pairs["prefix_length"] = pairs["prefix"].map(len)
pairs = pairs.sort_values(["label_ts_epoch", "pair_id"])
pairs["history_length"] = pairs.groupby("user_id").cumcount()
facts = pairs.set_index("pair_id")[["train_count", "prefix_length", "history_length"]]


def metrics_of(rank):
    found = rank <= 10
    return pd.DataFrame(
        {
            "accuracy@1": (rank == 1).astype(float),
            "recall@5": (rank <= 5).astype(float),
            "recall@10": found.astype(float),
            "hit@20": (rank <= 20).astype(float),
            "ndcg@5": np.where(rank <= 5, 1 / np.log2(rank + 1), 0),
            "ndcg@10": np.where(found, 1 / np.log2(rank + 1), 0),
            "map@10": np.where(found, 1 / rank, 0),
            "mrr": 1 / rank,
        }
    )


measured = {}
for model, rows in told["ranks"].items():
    ranks = pd.DataFrame(rows).join(facts, on="pair_id")
    measured[model] = pd.concat([ranks, metrics_of(ranks["rank"])], axis=1)

result = {}
for grouping, starts in told["bounds"].items():
    edges = [-np.inf, *starts, np.inf]
    for model, rows in measured.items():
        # Intervals that begin with their lower end: 1 is in [1, 10), and 10 is not.
        cut = pd.cut(rows[grouping], edges, right=False, labels=False)
        for group in range(len(edges) - 1):
            within = (cut == group).to_numpy()
            base = measured[told["baseline"]][within]
            own = rows[within]
            names = metrics_of(rows["rank"]).columns
            result[f"{model} {grouping} {group}"] = {
                "n": int(within.sum()),
                "users": int(own["user_id"].nunique()),
                "metrics": {
                    name: [own[name].mean(), own[name].mean() - base[name].mean()] if within.any() else None
                    for name in names
                },
            }
json.dump(result, sys.stdout)
