"""Trains SASRec on the sessions of train, and ranks the query pairs of val."""
import json

import torch
from torch.nn.functional import cross_entropy

from kshot import log, params, state
from sasrec import SASRec, read_rows, right_padded, write_rows

p = params(lr=0.001, dropout=0.2, seed=1, epochs=20, batch=64)

with open("train/items") as file:
    items = len(json.load(file))
# The last pair of a session has the whole of it: each item of it is to be told by those before.
sessions = {pair["session_id"]: pair["prefix"] + [pair["label"]] for pair in read_rows("train/pairs")}
torch.manual_seed(p.seed)
model = SASRec(items, dropout=p.dropout)
sequences = [session[-model.max_length - 1 :] for session in sessions.values()]
optimizer = torch.optim.Adam(model.parameters(), lr=p.lr, betas=(0.9, 0.98))

epoch = 0
if state.exists("training.pt"):
    saved = torch.load(state.path("training.pt"))
    epoch = saved["epoch"]
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
while epoch < p.epochs:
    epoch += 1
    # What an epoch draws depends on nothing before it, so one that goes on draws the same.
    torch.manual_seed(p.seed * 1_000_000 + epoch)
    model.train()
    total = 0.0
    order = torch.randperm(len(sequences)).tolist()
    for start in range(0, len(order), p.batch):
        batch = right_padded([sequences[index] for index in order[start : start + p.batch]], items)
        scores, targets = model(batch[:, :-1]), batch[:, 1:]
        loss = cross_entropy(scores.flatten(0, 1), targets.flatten(), ignore_index=items)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    log(epoch, unit="epoch", loss=total / len(sequences))
    with state.save("training.pt") as path:
        torch.save({"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, path)

torch.save({"settings": model.settings, "model": model.state_dict()}, "model.pt")
write_rows("ranks.jsonl", model.rank_queries("val"))
