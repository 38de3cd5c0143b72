"""Metrics and intervals of an evaluation from its ranks, written again from docs/pipelines.md.

Reads rows {user_id, rank} as JSON from standard input; writes {metric: [value, low, high]}.
"""

import hashlib
import json
import math
import struct
import sys

import numpy as np
from scipy.stats import norm, t

RESAMPLES = 2000


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ c3 ^ k1, p0 & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


def words(key, index):
    block = 0
    while True:
        yield from philox((block & 0xFFFFFFFF, block >> 32, index & 0xFFFFFFFF, index >> 32), key)
        block += 1


def draws(bound, key, index):
    limit = 2**32 - 2**32 % bound
    accepted = (word % bound for word in words(key, index) if word < limit)
    return [next(accepted) for _ in range(bound)]


GAINS = {
    "accuracy@1": lambda rank: float(rank == 1),
    "recall@5": lambda rank: float(rank <= 5),
    "recall@10": lambda rank: float(rank <= 10),
    "hit@20": lambda rank: float(rank <= 20),
    "ndcg@5": lambda rank: 1 / math.log2(rank + 1) if rank <= 5 else 0.0,
    "ndcg@10": lambda rank: 1 / math.log2(rank + 1) if rank <= 10 else 0.0,
    "map@10": lambda rank: 1 / rank if rank <= 10 else 0.0,
    "mrr": lambda rank: 1 / rank,
}

rows = json.load(sys.stdin)
users = sorted({row["user_id"] for row in rows}, key=lambda name: name.encode())
ranks = {user: [row["rank"] for row in rows if row["user_id"] == user] for user in users}
counts = np.array([len(ranks[user]) for user in users], dtype=float)
key = struct.unpack("<2I", hashlib.sha256(b'ld0;s"bootstrap";').digest()[:8])
drawn = np.array([draws(len(users), key, resample) for resample in range(RESAMPLES)])
tail = norm.cdf(-math.sqrt(len(users) / (len(users) - 1)) * t.ppf(0.975, len(users) - 1))
result = {}
for name, gain in GAINS.items():
    sums = np.array([sum(gain(rank) for rank in ranks[user]) for user in users])
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [100 * tail, 100 * (1 - tail)])
    result[name] = [sums.sum() / counts.sum(), low, high]
json.dump(result, sys.stdout)
