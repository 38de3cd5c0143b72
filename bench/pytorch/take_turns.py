"""Meta-iterations of a loop over tasks in PyTorch, one for each line on standard input, so that what is timed beside it
can take turns with it.

    python3 take_turns.py CASE.json

CASE.json: {"form": "notebook" | "shared" | "module", "threads": N, "draws": FILE, "settings": {...}, "initial": SAFETENSORS}
or, for a module, {"items", "file", "class", "options", "seed"} in the place of "initial". A line is the index of a draw of
the file's {"draws": [[task, ...], ...]}. Prints a JSON object a line: what computes; then milliseconds and loss of each
iteration, clipping and Adam included.
"""
import importlib.util
import json
import platform
import re
import sys
import time

import torch
import torch.nn.functional as F

import maml
import shared_prefixes


class ModuleLoop:
    """Any module that keeps to the contract of docs/own-model.md, by `functional_call`."""

    def __init__(self, case):
        # As whoever writes such a loop finds out: the fast kernels have no second derivative.
        for name in ("enable_flash_sdp", "enable_mem_efficient_sdp"):
            getattr(torch.backends.cuda, name)(False)
        torch.manual_seed(case["seed"])
        spec = importlib.util.spec_from_file_location("model", case["file"])
        source = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(source)
        self.items = case["items"]
        self.module = getattr(source, case["class"])(self.items, **case["options"])
        self.weights = dict(self.module.named_parameters())

    def prepare(self, task):
        return {name: self.padded(task[name]) for name in ("support", "query")}

    def padded(self, pairs):
        prefixes, lengths, labels = maml.batch(pairs)
        prefixes[torch.arange(prefixes.shape[1]) >= lengths[:, None]] = self.items
        return prefixes, lengths, labels

    def loss(self, weights, padded):
        prefixes, lengths, labels = padded
        return F.cross_entropy(torch.func.functional_call(self.module, weights, (prefixes, lengths)), labels)

    def task_loss(self, weights, task, settings):
        adapted = weights
        for _ in range(settings["inner_steps"]):
            inner = self.loss(adapted, task["support"])
            gradients = torch.autograd.grad(inner, list(adapted.values()), create_graph=settings["second_order"])
            adapted = {
                name: value - settings["inner_lr"] * gradient
                for (name, value), gradient in zip(adapted.items(), gradients)
            }
        residual = settings["lambda_residual"]
        return (1 - residual) * self.loss(adapted, task["query"]) + residual * self.loss(weights, task["query"])


def libraries():
    """What multiplies matrices, by what PyTorch says of its own build."""
    text = torch.__config__.show()
    found = re.search(r"BLAS_INFO=(\w+)", text)
    blas = found.group(1) if found else "unknown"
    if torch.backends.mkl.is_available():
        version = re.search(r"Math Kernel Library Version (\S+)", text)
        blas = f"MKL {version.group(1) if version else ''}".strip()
    capability = re.search(r"CPU capability usage: (\S+)", text)
    return {"blas": blas, "capability": capability.group(1) if capability else "unknown"}


def main(path):
    with open(path) as file:
        case = json.load(file)
    torch.set_num_threads(case["threads"])
    settings = case["settings"]
    if case["form"] == "module":
        form = ModuleLoop(case)
        weights = form.weights
    else:
        form = {"notebook": maml, "shared": shared_prefixes}[case["form"]]
        weights = {name: value.float().requires_grad_() for name, value in maml.read_safetensors(case["initial"]).items()}
    optimizer = torch.optim.Adam(weights.values(), lr=settings["outer_lr"])
    with open(case["draws"]) as file:
        draws = json.load(file)["draws"]
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "python": platform.python_version(),
                "threads": torch.get_num_threads(),
                **libraries(),
            }
        ),
        flush=True,
    )
    for line in sys.stdin:
        tasks = draws[int(line) % len(draws)]
        began = time.perf_counter()
        optimizer.zero_grad()
        mean = 0.0
        for task in tasks:
            one = form.task_loss(weights, form.prepare(task), settings) / len(tasks)
            one.backward()
            mean += one.item()
        torch.nn.utils.clip_grad_norm_(weights.values(), settings["clip_norm"])
        optimizer.step()
        print(json.dumps({"milliseconds": 1000 * (time.perf_counter() - began), "loss": mean}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
