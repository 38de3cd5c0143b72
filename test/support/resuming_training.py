"""A training that goes on from its state, its generator's included, and writes a trace of its epochs."""
import json
import os
import random
import time

from kshot import log, params, state

p = params(epochs=20, rate=0.1, seed=1, pause=0.0)
draw = random.Random(p.seed)
epoch, weights = 0, [draw.gauss(0, 1) for _ in range(5)]
if state.exists("training.json"):
    with open(state.path("training.json")) as file:
        kept = json.load(file)
    epoch, weights = kept["epoch"], kept["weights"]
    version, inner, gauss = kept["draw"]
    draw.setstate((version, tuple(inner), gauss))
while epoch < p.epochs:
    epoch += 1
    time.sleep(p.pause)
    if "TRACE" in os.environ:
        with open(os.environ["TRACE"], "a") as file:
            file.write("{} {}\n".format(epoch, os.getpid()))
    weights = [w - p.rate * (w - 1 + draw.gauss(0, 0.1)) for w in weights]
    log(epoch, total=p.epochs, unit="epoch", loss=sum((w - 1) ** 2 for w in weights))
    with state.save("training.json") as path:
        with open(path, "w") as file:
            json.dump({"epoch": epoch, "weights": weights, "draw": draw.getstate()}, file)
with open("model.json", "w") as file:
    json.dump(weights, file)
