"""SASRec, self-attentive sequential recommendation (Kang and McAuley 2018), in plain PyTorch."""
import json
import math

import torch
from torch import nn


def read_rows(path):
    """A table of kshot's as a list of objects; with `tables: jsonl` each row is a line."""
    with open(path) as file:
        return [json.loads(line) for line in file]


def right_padded(sequences, padding):
    """One row a sequence, the first item at position 0, padding behind the last."""
    longest = max(map(len, sequences))
    return torch.tensor([items + [padding] * (longest - len(items)) for items in sequences])


class Block(nn.Module):
    """Attention to the positions up to one's own, then a layer at each position by itself."""

    def __init__(self, size, dropout):
        super().__init__()
        self.attention_norm, self.layer_norm = nn.LayerNorm(size), nn.LayerNorm(size)
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.inner, self.outer = nn.Linear(size, size), nn.Linear(size, size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        normed = self.attention_norm(x)
        scores = self.query(normed) @ self.key(normed).transpose(1, 2) / math.sqrt(x.shape[2])
        # What comes later is not seen. Padding is always later than an item, so it needs no mask of its own.
        later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        weights = scores.masked_fill(later, -math.inf).softmax(2)
        x = x + self.dropout(self.dropout(weights) @ self.value(normed))
        return x + self.dropout(self.outer(self.dropout(torch.relu(self.inner(self.layer_norm(x))))))


class SASRec(nn.Module):
    """Scores of every item at every position of sequences of item ids; the id `items` is padding."""

    def __init__(self, items, size=64, blocks=2, max_length=50, dropout=0.2):
        super().__init__()
        self.settings = {"items": items, "size": size, "blocks": blocks, "max_length": max_length, "dropout": dropout}
        self.padding, self.max_length = items, max_length
        self.item = nn.Embedding(items + 1, size, padding_idx=items)
        self.position = nn.Embedding(max_length, size)
        self.blocks = nn.Sequential(*(Block(size, dropout) for _ in range(blocks)))
        self.last_norm = nn.LayerNorm(size)
        self.dropout = nn.Dropout(dropout)
        for table in (self.item, self.position):
            nn.init.normal_(table.weight, std=0.02)
        with torch.no_grad():
            self.item.weight[items].zero_()

    def forward(self, sequences):
        positions = torch.arange(sequences.shape[1])
        x = self.dropout(self.item(sequences) * math.sqrt(self.item.embedding_dim) + self.position(positions))
        return self.last_norm(self.blocks(x)) @ self.item.weight[: self.padding].T

    @torch.no_grad()
    def rank_queries(self, folder, batch=512):
        """A row with `pair_id` and `rank` for each query pair of the episodes in a folder."""
        self.eval()
        queries = {pair for episode in read_rows(f"{folder}/episodes") for pair in episode["query_pair_ids"]}
        pairs = [pair for pair in read_rows(f"{folder}/pairs") if pair["pair_id"] in queries]
        rows = []
        for start in range(0, len(pairs), batch):
            some = pairs[start : start + batch]
            prefixes = [pair["prefix"][-self.max_length :] for pair in some]
            last = torch.tensor([len(prefix) - 1 for prefix in prefixes])
            scores = self(right_padded(prefixes, self.padding))[torch.arange(len(some)), last]
            labels = torch.tensor([[pair["label"]] for pair in some])
            own = scores.gather(1, labels)
            # Of equal scores the lower id comes first, as in kshot's own evaluations.
            before = (scores > own) | ((scores == own) & (torch.arange(self.padding) < labels))
            ranks = (before.sum(1) + 1).tolist()
            rows += [{"pair_id": pair["pair_id"], "rank": rank} for pair, rank in zip(some, ranks)]
        return rows


def write_rows(path, rows):
    with open(path, "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
