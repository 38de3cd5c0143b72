"""Trains on train, and says how good it is on val."""
import json
from pathlib import Path

import hydra
from bench_tally import record
from hydra.core.hydra_config import HydraConfig
from logistic import accuracy, descend, read, start


@hydra.main(version_base=None, config_path="../conf", config_name="config")
def main(args):
    folder = Path(HydraConfig.get().runtime.output_dir)
    train, val = read("data/train.csv"), read("data/val.csv")
    epoch, weights = 0, start(args.seed)
    while epoch < args.epochs:
        epoch += 1
        weights = descend(weights, train, args.lr, args.seed, epoch)
    with open(folder / "model.json", "w") as file:
        file.write(json.dumps(weights))
    reached = accuracy(weights, val)
    record("trained")
    return reached


main()
