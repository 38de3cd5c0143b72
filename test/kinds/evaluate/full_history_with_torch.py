"""Whole histories by pandas, and a GRU's ranks on them by PyTorch: what `history: full` is checked against.

Reads {pairs: [{pair_id, user_id, session_id, prefix, label, label_ts_epoch}], length, queries: [pair_id], weights:
{name: rows}} on stdin. Writes {prefixes: of every pair by id, ranks: of the queries}. A user's events are put together
from the events of all sessions by their times, not session by session: each session's first item is given the time
just before its first label.
"""
import json
import sys

import pandas as pd
import torch

asked = json.load(sys.stdin)
pairs = pd.DataFrame(asked["pairs"])

# One row an event of a user: every label, and the item that each session began with.
labels = pairs.assign(item=pairs["label"], time=pairs["label_ts_epoch"], kind=1)
firsts = pairs[pairs["prefix"].str.len() == 1]
firsts = firsts.assign(item=firsts["prefix"].str[0], time=firsts["label_ts_epoch"] - 0.25, kind=0)
events = pd.concat([labels, firsts]).sort_values(["user_id", "time", "kind"], kind="stable")

prefixes = {}
for user, own in events.groupby("user_id", sort=False):
    items = own["item"].tolist()
    for place, (kind, pair) in enumerate(zip(own["kind"], own["pair_id"])):
        if kind == 1:
            prefixes[pair] = items[:place][-asked["length"]:]

weights = {name: torch.tensor(rows, dtype=torch.float64) for name, rows in asked["weights"].items()}
embedding = weights["embedding.weight"]
gru = torch.nn.GRU(embedding.shape[1], weights["fc.weight"].shape[1], batch_first=True, dtype=torch.float64)
gru.load_state_dict({name[4:]: value for name, value in weights.items() if name.startswith("gru.")})
label_of = dict(zip(pairs["pair_id"], pairs["label"]))
ranks = []
with torch.no_grad():
    for pair in asked["queries"]:
        _, last = gru(embedding[torch.tensor(prefixes[pair])].unsqueeze(0))
        scores = weights["fc.weight"] @ last.squeeze() + weights["fc.bias"]
        own = scores[label_of[pair]]
        ranks.append(1 + int((scores > own).sum()) + int((scores[: label_of[pair]] == own).sum()))

print(json.dumps({"prefixes": [prefixes[pair] for pair in sorted(prefixes)], "ranks": ranks}))
