"""Writes checkpoints of the recommender as PyTorch itself writes them, in the forms that people save: FOLDER/FORM.pth.

    python3 make_checkpoint.py FOLDER FORM... [--items N] [--embedding E] [--hidden H] [--weights FILE]

FORM: state_dict | checkpoint | parallel | half | bfloat16 | double | other_names | parameters | transposed | shared |
legacy | torchscript | module. With --weights, the weights of a safetensors file of F32 tensors; else drawn, seed 0.
"""

import argparse
import copy
import json
import struct
from collections import OrderedDict

import numpy
import torch


class GRURecommender(torch.nn.Module):
    def __init__(self, items, embedding, hidden):
        super().__init__()
        self.embedding = torch.nn.Embedding(items, embedding, padding_idx=0)
        self.gru = torch.nn.GRU(embedding, hidden, batch_first=True)
        self.fc = torch.nn.Linear(hidden, items)

    def forward(self, prefixes):
        return self.fc(self.gru(self.embedding(prefixes))[0][:, -1])


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(
            numpy.frombuffer(data[slice(*entry["data_offsets"])], dtype="<f4").reshape(entry["shape"]).copy()
        )
        for name, entry in header.items()
    }


def transposed(tensor):
    """The same numbers with strides of another order."""
    return tensor.t().contiguous().t() if tensor.dim() == 2 else tensor


def shared(state):
    """Views into one storage, each with an offset."""
    flat = torch.cat([tensor.reshape(-1) for tensor in state.values()])
    views, start = OrderedDict(), 0
    for name, tensor in state.items():
        views[name] = flat[start : start + tensor.numel()].view(tensor.shape)
        start += tensor.numel()
    return views


def checkpoint(model):
    # The optimizer's step, which fills its state, must move nobody else's weights.
    model = copy.deepcopy(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    model(torch.tensor([[1, 2]])).sum().backward()
    state = OrderedDict((name, tensor.clone()) for name, tensor in model.state_dict().items())
    optimizer.step()
    return {
        "epoch": 10,
        "model_state_dict": state,
        "optimizer_state_dict": optimizer.state_dict(),
        "config": {
            "seed": 20260107,
            "large": 2**70,
            "gru_config": {"embedding_dim": 64, "hidden_dim": 128, "num_layers": 1, "dropout": 0.2},
            "device": torch.device("cpu"),
            "names": ("accuracy@1", "recall@5"),
            "nothing": None,
            "flags": [True, False],
        },
        "training_history": {
            "train_loss": [5.5, 4.25, 3.875],
            "val_accuracy": [numpy.float64(0.33), numpy.float32(0.34)],
            "best_epoch": numpy.int64(3),
            "curve": numpy.array([1.0, 2.0]),
        },
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("forms", nargs="+")
    parser.add_argument("--items", type=int, default=343)
    parser.add_argument("--embedding", type=int, default=64)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--weights")
    given = parser.parse_args()
    torch.manual_seed(0)
    model = GRURecommender(given.items, given.embedding, given.hidden)
    if given.weights is not None:
        model.load_state_dict(read_safetensors(given.weights))
    state = model.state_dict()
    renamed = {"embedding.weight": "item_emb.weight", "fc.weight": "out.weight", "fc.bias": "out.bias"}
    forms = {
        "state_dict": lambda: state,
        "checkpoint": lambda: checkpoint(model),
        "parallel": lambda: OrderedDict((f"module.{name}", tensor) for name, tensor in state.items()),
        "half": lambda: OrderedDict((name, tensor.half()) for name, tensor in state.items()),
        "bfloat16": lambda: OrderedDict((name, tensor.bfloat16()) for name, tensor in state.items()),
        "double": lambda: OrderedDict((name, tensor.double()) for name, tensor in state.items()),
        "other_names": lambda: OrderedDict((renamed.get(name, name), tensor) for name, tensor in state.items()),
        "parameters": lambda: dict(model.named_parameters()),
        "transposed": lambda: OrderedDict((name, transposed(tensor)) for name, tensor in state.items()),
        "shared": lambda: shared(state),
        "module": lambda: model,
    }
    for form in given.forms:
        path = f"{given.folder}/{form}.pth"
        if form == "torchscript":
            torch.jit.save(torch.jit.script(model), path)
        elif form == "legacy":
            torch.save(state, path, _use_new_zipfile_serialization=False)
        else:
            torch.save(forms[form](), path)


if __name__ == "__main__":
    main()
