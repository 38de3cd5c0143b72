"""Metrics of ranks by the definitions of RecBole, written out here, and by scikit-learn.

Reads {ranks, items} as JSON from standard input: the rank of each query pair's one relevant item among so many. Writes
{recbole: {metric: value}, sklearn: {metric: value}}.

RecBole's definitions: recbole.evaluator.metrics, https://recbole.io/docs/recbole/recbole.evaluator.metrics.html.
They are over a list of recommended items and a set of relevant ones; nothing here knows that the set has one item.
"""

import json
import sys

import numpy as np
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score, top_k_accuracy_score

told = json.load(sys.stdin)
ranks, items = told["ranks"], told["items"]


def hit(listed, relevant, k):
    return float(any(item in relevant for item in listed[:k]))


def recall(listed, relevant, k):
    return sum(item in relevant for item in listed[:k]) / len(relevant)


def mrr(listed, relevant, k):
    return next((1 / place for place, item in enumerate(listed[:k], 1) if item in relevant), 0.0)


def average_precision(listed, relevant, k):
    precisions = [
        sum(other in relevant for other in listed[:place]) / place
        for place, item in enumerate(listed[:k], 1)
        if item in relevant
    ]
    return sum(precisions) / min(len(relevant), k)


def ndcg(listed, relevant, k):
    gained = sum(1 / np.log2(place + 1) for place, item in enumerate(listed[:k], 1) if item in relevant)
    return gained / sum(1 / np.log2(place + 1) for place in range(1, min(len(relevant), k) + 1))


# The item that is relevant to pair i is i modulo the items; the others stand around it as they come.
labels = [pair % items for pair in range(len(ranks))]
lists = []
for label, rank in zip(labels, ranks):
    listed = [item for item in range(items) if item != label]
    listed.insert(rank - 1, label)
    lists.append(listed)


def mean(metric, k):
    return float(np.mean([metric(listed, {label}, k) for listed, label in zip(lists, labels)]))


recbole = {
    "accuracy@1": mean(hit, 1),
    "recall@5": mean(recall, 5),
    "recall@10": mean(recall, 10),
    "hit@20": mean(hit, 20),
    "ndcg@5": mean(ndcg, 5),
    "ndcg@10": mean(ndcg, 10),
    "map@10": mean(average_precision, 10),
    "mrr": mean(mrr, items),
}

# Scores that put each list in its order.
scores = np.zeros((len(ranks), items))
for row, listed in enumerate(lists):
    scores[row, listed] = -np.arange(items)
truth = np.zeros_like(scores)
truth[np.arange(len(ranks)), labels] = 1


def within(k):
    return float(top_k_accuracy_score(labels, scores, k=k, labels=range(items)))


sklearn = {
    "accuracy@1": within(1),
    "recall@5": within(5),
    "recall@10": within(10),
    "hit@20": within(20),
    "ndcg@5": float(ndcg_score(truth, scores, k=5)),
    "ndcg@10": float(ndcg_score(truth, scores, k=10)),
    "mrr": float(label_ranking_average_precision_score(truth, scores)),
}
json.dump({"recbole": recbole, "sklearn": sklearn}, sys.stdout)
