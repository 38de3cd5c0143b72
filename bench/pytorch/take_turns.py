"""Meta-iterations of residual MAML in PyTorch, one for each line on standard input, so that what is timed beside it can
take turns with it.

    python3 take_turns.py CASE.json

CASE.json: {"form": "notebook" | "shared" | "batched" | "module", "processes": N, "threads": N, "draws": FILE,
"settings": {...}, "initial": SAFETENSORS} or, for a module, {"items", "file", "class", "options", "seed"} in the place of
"initial". The forms are a loop over tasks (`maml.py`), the same with shared prefixes (`shared_prefixes.py`), `chunk` tasks
at a time (`batched.py`), a loop over a module. Of several processes (1 where it is not said) each takes its part of the
tasks with its part of the threads, from weights and into gradients that all of them map. A line is the index of a draw of
the file's {"draws": [[task, ...], ...]}. Prints a JSON object a line: what computes; then milliseconds and loss of each
iteration, clipping and Adam included.
"""
import ctypes
import importlib.util
import json
import platform
import re
import sys
import time

import torch
import torch.multiprocessing
import torch.nn.functional as F

import batched
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
        return maml.adapted_loss(self.loss, weights, task, settings)

    def accumulate(self, weights, tasks, settings, count):
        return accumulate_each(self, weights, tasks, settings, count)


class GruLoop:
    """The notebook's GRU, one task after the other."""

    def __init__(self, case):
        self.weights = initial_weights(case)
        self.source = {"notebook": maml, "shared": shared_prefixes}[case["form"]]

    def accumulate(self, weights, tasks, settings, count):
        return accumulate_each(self.source, weights, tasks, settings, count)


class GruBatched:
    """The same GRU, some tasks at a time."""

    def __init__(self, case):
        self.weights = initial_weights(case)
        self.chunk = case["chunk"]

    def accumulate(self, weights, tasks, settings, count):
        support, query = (
            batched.collate([task[name] for task in tasks], torch.float32) for name in ("support", "query")
        )
        loss = batched.accumulate(weights, support, query, settings, self.chunk)
        if len(tasks) == count:
            return loss.item()
        # What it gives is the mean of its own tasks.
        share = len(tasks) / count
        for value in weights.values():
            value.grad.mul_(share)
        return share * loss.item()


def initial_weights(case):
    return {name: value.float().requires_grad_() for name, value in maml.read_safetensors(case["initial"]).items()}


def accumulate_each(source, weights, tasks, settings, count):
    """Adds the gradient of the tasks' share in the mean of `count` to the weights', and returns that share."""
    mean = 0.0
    for task in tasks:
        one = source.task_loss(weights, source.prepare(task), settings) / count
        one.backward()
        mean += one.item()
    return mean


forms = {"notebook": GruLoop, "shared": GruLoop, "batched": GruBatched, "module": ModuleLoop}


def work(case, rank, weights, gradients, channel):
    """A process of several: answers the index of a draw with the loss of its part, whose gradient it has written."""
    torch.set_num_threads(max(1, case["threads"] // case["processes"]))
    form = forms[case["form"]](case)
    own = {name: value.requires_grad_() for name, value in weights.items()}
    for tasks in iter(channel.recv, None):
        for value in own.values():
            value.grad = None
        loss = form.accumulate(own, tasks[rank :: case["processes"]], case["settings"], len(tasks))
        for name, value in own.items():
            gradients[name].copy_(value.grad)
        channel.send(loss)


class Processes:
    """A form in several processes."""

    def __init__(self, case):
        self.weights = {name: value.detach().share_memory_() for name, value in forms[case["form"]](case).weights.items()}
        for value in self.weights.values():
            value.requires_grad_()
        context = torch.multiprocessing.get_context("spawn")
        self.gradients, self.channels = [], []
        for rank in range(case["processes"]):
            channel, theirs = context.Pipe()
            gradients = {name: torch.zeros_like(value).share_memory_() for name, value in self.weights.items()}
            shared = {name: value.detach() for name, value in self.weights.items()}
            context.Process(target=work, args=(case, rank, shared, gradients, theirs), daemon=True).start()
            self.gradients.append(gradients)
            self.channels.append(channel)

    def accumulate(self, weights, tasks, settings, count):
        for channel in self.channels:
            channel.send(tasks)
        losses = [channel.recv() for channel in self.channels]
        for name, value in weights.items():
            value.grad = sum(gradients[name] for gradients in self.gradients)
        return sum(losses)

    def close(self):
        for channel in self.channels:
            channel.send(None)


def libraries():
    """What multiplies matrices: MKL by what PyTorch says of its build, else the OpenBLAS that is mapped, which says for
    which processor it computes; an environment that sets OPENBLAS_CORETYPE is seen there."""
    text = torch.__config__.show()
    capability = re.search(r"CPU capability usage: (\S+)", text)
    found = {"capability": capability.group(1) if capability else "unknown"}
    if torch.backends.mkl.is_available():
        version = re.search(r"Math Kernel Library Version (\S+)", text)
        return {**found, "blas": f"MKL {version.group(1) if version else ''}".strip()}
    return {**found, "blas": open_blas() or "unknown"}


def open_blas():
    torch.ones(8, 8) @ torch.ones(8, 8)
    with open("/proc/self/maps") as file:
        paths = sorted({line.split()[-1] for line in file if re.search(r"libblas|openblas", line)})
    for path in paths:
        config = getattr(ctypes.CDLL(path), "openblas_get_config", None)
        if config is None:
            continue
        config.restype = ctypes.c_char_p
        words = config().decode().split()
        return " ".join([*words[:2], *[word for word in words[2:] if "=" not in word and not word.isupper() and word != "NO_AFFINITY"]])
    return None


def main(path):
    with open(path) as file:
        case = json.load(file)
    torch.set_num_threads(case["threads"])
    settings = case["settings"]
    form = (forms[case["form"]] if case.get("processes", 1) == 1 else Processes)(case)
    weights = form.weights
    optimizer = torch.optim.Adam(weights.values(), lr=settings["outer_lr"])
    with open(case["draws"]) as file:
        draws = json.load(file)["draws"]
    facts = {"torch": torch.__version__, "python": platform.python_version(), "threads": torch.get_num_threads()}
    print(json.dumps({**facts, **libraries()}), flush=True)
    for line in sys.stdin:
        tasks = draws[int(line) % len(draws)]
        began = time.perf_counter()
        optimizer.zero_grad()
        loss = form.accumulate(weights, tasks, settings, len(tasks))
        torch.nn.utils.clip_grad_norm_(weights.values(), settings["clip_norm"])
        optimizer.step()
        print(json.dumps({"milliseconds": 1000 * (time.perf_counter() - began), "loss": loss}), flush=True)
    if isinstance(form, Processes):
        form.close()


if __name__ == "__main__":
    main(sys.argv[1])
