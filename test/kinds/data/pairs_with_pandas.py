"""Pairs and episodes by plain loops over pandas frames: what the SQL is checked against.

Reads {events: [[user, item, time]], ties, gap, longest, k, q} on stdin, writes {items, pairs, windows, last}.
"""
import json
import sys

import pandas as pd

asked = json.load(sys.stdin)
events = pd.DataFrame(asked["events"], columns=["user", "item", "time"])
events["position"] = range(len(events))
items = {name: number for number, name in enumerate(sorted(events["item"].unique()))}

pairs = []
for user, own in events.sort_values(["user", "time", "position"], kind="stable").groupby("user", sort=True):
    own = own.copy()
    own["session"] = (own["time"].diff() > asked["gap"]).cumsum() + 1
    for session, part in own.groupby("session", sort=True):
        part = part[part["item"] != part["item"].shift()]
        ids = [items[name] for name in part["item"]]
        times = list(part["time"])
        for place in range(1, len(ids)):
            if asked["ties"] == "drop" and times[place] == times[place - 1]:
                continue
            prefix = ids[max(0, place - asked["longest"]) : place]
            pairs.append(
                {
                    "pair_id": len(pairs),
                    "user_id": user,
                    "session_id": f"{user}/{session}",
                    "prefix": prefix,
                    "label": ids[place],
                    "label_ts_epoch": times[place],
                    "prefix_len": len(prefix),
                }
            )

size = asked["k"] + asked["q"]
windows, last = [], []
for user, own in pd.DataFrame(pairs).groupby("user_id", sort=True):
    ids = [int(one) for one in own["pair_id"]]
    for table, starts in ((windows, range(0, len(ids) - size + 1)), (last, [len(ids) - size])):
        for start in starts:
            if start < 0:
                continue
            table.append(
                {
                    "episode_id": len(table),
                    "user_id": user,
                    "support_pair_ids": ids[start : start + asked["k"]],
                    "query_pair_ids": ids[start + asked["k"] : start + size],
                }
            )

json.dump({"items": items, "pairs": pairs, "windows": windows, "last": last}, sys.stdout)
