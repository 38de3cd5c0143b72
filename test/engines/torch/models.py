"""Small models for the tests: some that keep to the contract, and others that each break it in one way."""
import random

import torch
from torch import nn

try:
    import numpy
except ImportError:  # PyTorch from PyPI comes without
    numpy = None


class Recurrent(nn.Module):
    def __init__(self, items, hidden=4):
        super().__init__()
        self.embedding = nn.Embedding(items + 1, hidden, padding_idx=items)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.output = nn.Linear(hidden, items)

    def forward(self, prefixes, lengths):
        states, _ = self.gru(self.embedding(prefixes))
        return self.output(states[torch.arange(len(prefixes), device=prefixes.device), lengths - 1])


class Attentive(nn.Module):
    def __init__(self, items, size=4, dropout=0.0):
        super().__init__()
        self.items = items
        self.embedding = nn.Embedding(items + 1, size, padding_idx=items)
        self.positions = nn.Embedding(64, size)
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.norm = nn.LayerNorm(size)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(size, items)

    def forward(self, prefixes, lengths):
        places = torch.arange(prefixes.shape[1], device=prefixes.device)
        rows = self.embedding(prefixes) + self.positions(places)
        hidden = self.dropout(self.norm(rows))
        mask = (places < lengths[:, None])[:, None, :]
        seen = nn.functional.scaled_dot_product_attention(
            self.query(hidden), self.key(hidden), self.value(hidden), attn_mask=mask
        )
        last = (places == (lengths - 1)[:, None]).to(rows.dtype)
        return self.output(((rows + seen) * last[:, :, None]).sum(1))


class Averaged(nn.Module):
    def __init__(self, items, size=4):
        super().__init__()
        self.items = items
        self.embedding = nn.Embedding(items + 1, size, padding_idx=items)
        self.layers = nn.Sequential(nn.Linear(size, size), nn.Tanh(), nn.Linear(size, items))

    def mean(self, prefixes, lengths):
        return self.embedding(prefixes).sum(1) / lengths[:, None]

    def forward(self, prefixes, lengths):
        return self.layers(self.mean(prefixes, lengths))


class Scaled(Averaged):
    """With a parameter that is a single number."""

    def __init__(self, items):
        super().__init__(items)
        self.scale = nn.Parameter(torch.tensor(0.7))

    def forward(self, prefixes, lengths):
        return self.scale * super().forward(prefixes, lengths)


class Detached(Averaged):
    def forward(self, prefixes, lengths):
        return super().forward(prefixes, lengths).detach()


class Whole(Averaged):
    def forward(self, prefixes, lengths):
        return super().forward(prefixes, lengths).long()


class Chancy(Averaged):
    """Drops out by generators that are not PyTorch's."""

    def mean(self, prefixes, lengths):
        mean = super().mean(prefixes, lengths)
        drawn = random.random() + (0.0 if numpy is None else numpy.random.rand())
        return mean * drawn if self.training else mean


class WrongShape(Averaged):
    def forward(self, prefixes, lengths):
        return self.embedding(prefixes).sum(1)


class NotFinite(Averaged):
    def forward(self, prefixes, lengths):
        return self.layers(self.mean(prefixes, lengths)) / 0


class Normalized(Averaged):
    def __init__(self, items):
        super().__init__(items)
        self.batch = nn.BatchNorm1d(items)

    def forward(self, prefixes, lengths):
        return self.batch(super().forward(prefixes, lengths))


class AlwaysDropping(Averaged):
    def forward(self, prefixes, lengths):
        return nn.functional.dropout(super().forward(prefixes, lengths), 0.5)


class Unused(Averaged):
    def __init__(self, items):
        super().__init__(items)
        self.spare = nn.Linear(2, 2)


class SeesPadding(Averaged):
    def mean(self, prefixes, lengths):
        return self.embedding(prefixes).mean(1)


class Once(torch.autograd.Function):
    @staticmethod
    def forward(context, value):
        context.save_for_backward(value)
        return value.sin()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(context, gradient):
        (value,) = context.saved_tensors
        return gradient * value.cos()


class OnceDifferentiable(Averaged):
    def forward(self, prefixes, lengths):
        return Once.apply(super().forward(prefixes, lengths))


class Grouped(Averaged):
    """Normalized over the features of each row."""

    def __init__(self, items):
        super().__init__(items)
        self.norm = nn.GroupNorm(2, 4)

    def mean(self, prefixes, lengths):
        return self.norm(super().mean(prefixes, lengths))


class Large(Averaged):
    """Scores of a million, which float32 rounds by more than the least of them."""

    def forward(self, prefixes, lengths):
        return 1e6 * super().forward(prefixes, lengths)


def continuations(prefixes, lengths, items):
    """For each row the items that follow its prefix in other rows: what it is to predict."""
    found = torch.zeros(len(prefixes), items)
    rows = [row[:length] for row, length in zip(prefixes.tolist(), lengths.tolist())]
    for at, prefix in enumerate(rows):
        for other in rows:
            if len(other) > len(prefix) and other[: len(prefix)] == prefix:
                found[at, other[len(prefix)]] = 1
    return found


class Cheating(Averaged):
    def forward(self, prefixes, lengths):
        return super().forward(prefixes, lengths) + 20 * continuations(prefixes, lengths, self.items)


class CheatingInTraining(Averaged):
    def forward(self, prefixes, lengths):
        scores = super().forward(prefixes, lengths)
        return scores + 20 * continuations(prefixes, lengths, self.items) if self.training else scores


class CheatingInLargeBatches(Averaged):
    def forward(self, prefixes, lengths):
        scores = super().forward(prefixes, lengths)
        return scores + 20 * continuations(prefixes, lengths, self.items) if len(prefixes) > 6 else scores


class Remembering(Averaged):
    """Sees one row at a time, and keeps them all."""

    def __init__(self, items):
        super().__init__(items)
        self.seen = []

    def forward(self, prefixes, lengths):
        self.seen += [(row[None, :length], length[None]) for row, length in zip(prefixes, lengths)]
        longest = max(row.shape[1] for row, _ in self.seen)
        rows = [nn.functional.pad(row, (0, longest - row.shape[1]), value=self.items) for row, _ in self.seen]
        found = continuations(torch.cat(rows), torch.cat([length for _, length in self.seen]), self.items)
        return super().forward(prefixes, lengths) + 20 * found[-len(prefixes) :]


class Centred(Averaged):
    def mean(self, prefixes, lengths):
        mean = super().mean(prefixes, lengths)
        return mean - mean.mean(0)


class ShiftedInBatches(Averaged):
    """By how many rows there are, not by what they hold."""

    def mean(self, prefixes, lengths):
        return super().mean(prefixes, lengths) + (len(prefixes) > 1)


class CentredBehindZero(Centred):
    """Scores that are 0 to begin with."""

    def __init__(self, items):
        super().__init__(items)
        nn.init.zeros_(self.layers[2].weight)


class BatchStatistics(Averaged):
    def __init__(self, items):
        super().__init__(items)
        self.batch = nn.BatchNorm1d(4, track_running_stats=False)

    def mean(self, prefixes, lengths):
        return self.batch(super().mean(prefixes, lengths))


class Raising(Averaged):
    def forward(self, prefixes, lengths):
        raise ValueError("no such layer")
