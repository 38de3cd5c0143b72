"""First-order transitions in exact fractions: what baseline.markov is checked against.

Reads {items, support_weight, pairs: [[prefix, label]] of train, episodes: [{support: [[prefix, label]], query: the same}]}
on stdin, writes the rank of each query pair's label, in order: by the share in train's transitions plus the weight times
the share in the user's own, equal ones by how often they are a label in train, then by id.
"""
import json
import sys
from collections import Counter
from fractions import Fraction

asked = json.load(sys.stdin)
weight = Fraction(asked["support_weight"])


def shares(transitions, last):
    after = Counter(label for prefix, label in transitions if prefix[-1] == last)
    total = sum(after.values())
    return {item: Fraction(count, total) for item, count in after.items()}


popularity = Counter(label for _, label in asked["pairs"])
of_train = {last: shares(asked["pairs"], last) for last in range(asked["items"])}
ranks = []
for episode in asked["episodes"]:
    for prefix, label in episode["query"]:
        inside = [[prefix[:end], prefix[end]] for end in range(1, len(prefix))]
        own = shares(episode["support"] + inside, prefix[-1])
        order = sorted(
            range(asked["items"]),
            key=lambda item: (
                -of_train[prefix[-1]].get(item, 0) - weight * own.get(item, 0),
                -popularity[item],
                item,
            ),
        )
        ranks.append(order.index(label) + 1)
print(json.dumps(ranks))
