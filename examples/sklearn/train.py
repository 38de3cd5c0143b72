"""Trains a linear classifier; runs by hand as well: python train.py --lr 0.1 (with train and val beside it)."""
import argparse
import json

import numpy as np
from sklearn.linear_model import SGDClassifier

from kshot import log

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--epochs", type=int, default=15)
args = parser.parse_args()

train, val = np.load("train"), np.load("val")
model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=args.lr, random_state=args.seed)
order = np.random.default_rng(args.seed)
for epoch in range(1, args.epochs + 1):
    rows = order.permutation(len(train["labels"]))
    model.partial_fit(train["images"][rows], train["labels"][rows], classes=np.arange(10))
    accuracy = model.score(val["images"], val["labels"])
    log(epoch, accuracy=accuracy)
    print(f"epoch {epoch}: accuracy on val {accuracy:.4f}")

np.savez("model.npz", coef=model.coef_, intercept=model.intercept_)
with open("metrics.json", "w") as file:
    json.dump({"accuracy": accuracy}, file)
