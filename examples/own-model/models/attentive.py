"""A small transformer: one block of attention, the last item asking all items of the prefix."""
import torch
from torch import nn
from torch.nn import functional as F


class Attentive(nn.Module):
    def __init__(self, items, size=32, longest=50, dropout=0.1):
        super().__init__()
        self.embedding = nn.Embedding(items + 1, size, padding_idx=items)
        self.positions = nn.Embedding(longest, size)
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.norm, self.norm_out = nn.LayerNorm(size), nn.LayerNorm(size)
        self.wide, self.narrow = nn.Linear(size, 2 * size), nn.Linear(2 * size, size)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(size, items)

    def forward(self, prefixes, lengths):
        places = torch.arange(prefixes.shape[1], device=prefixes.device)
        # Positions count from the end: the last item has 0, whatever the length.
        ages = (lengths[:, None] - 1 - places).clamp(min=0)
        rows = self.norm(self.embedding(prefixes) + self.positions(ages))
        is_last = (ages == 0) & (places < lengths[:, None])
        last = (rows * is_last[:, :, None]).sum(1, keepdim=True)
        mask = (places < lengths[:, None])[:, None, :]
        seen = F.scaled_dot_product_attention(self.query(last), self.key(rows), self.value(rows), attn_mask=mask)
        hidden = last + self.dropout(seen)
        hidden = hidden + self.dropout(self.narrow(F.gelu(self.wide(hidden))))
        return self.output(self.norm_out(hidden)).squeeze(1)
