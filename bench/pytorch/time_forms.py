"""Times one form of residual MAML in PyTorch, after writing its gradient for whoever checks it.

    python3 time_forms.py CASE.json

CASE.json: {"form": "loop" | "shared" | "batched" | "batched-graph", "device": "cuda" | "cpu" | "auto", "episodes": FILE,
"tasks": N, "initial": SAFETENSORS, "gradient": SAFETENSORS, "settings": {...}, "repeats": N, "seconds": N}.
The episodes are {"draws": [[task, ...], ...]} as in `maml.py`; a draw's first N tasks are one meta-iteration. The
forms are the notebook's loop over tasks (`maml.py`), the same with shared prefixes (`shared_prefixes.py`), the batched
one (`batched.py`), and the batched one as a CUDA graph that is captured once and replayed. Prints a JSON object a line:
the device; the loss of the first iteration, whose gradient is then in its file; milliseconds of each warm iteration
(clipping and Adam included, until the device is done), at most `repeats` of them and, but for the first, none begun
after `seconds`. Where the loop over all tasks would take longer than that, the time is of its first tasks, as many as
`tasks_timed` says, times the tasks per those.
"""
import json
import sys
import time
from typing import Callable, NamedTuple

import torch

import batched
import maml
import shared_prefixes


class Form(NamedTuple):
    """What is timed: adds the gradient of the draw of an iteration to the weights' and returns the loss."""

    accumulate: Callable
    warm_ups: int
    tasks_timed: int


def say(**fields):
    print(json.dumps(fields), flush=True)


def done(device):
    """Waits until the device has done all that it was given; the time then."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def loop(weights, draws, settings, device, until, source=maml):
    """A functional GRU for each task, one after the other; as many tasks as can be done by the time `until`."""
    prepared = [[source.prepare(task, device) for task in tasks] for tasks in draws]

    def accumulate(tasks):
        total = 0.0
        for task in tasks:
            one = source.task_loss(weights, task, settings) / len(tasks)
            one.backward()
            total = total + one.detach()
        return total

    # The first tasks warm up; the next ones say how many a run of this length can hold.
    for _ in range(2):
        few = prepared[0][:4]
        began = done(device)
        accumulate(few)
        each = (done(device) - began) / len(few)
    for value in weights.values():
        value.grad = None
    fitting = max(4, int(0.8 * (until - time.perf_counter()) / each))
    if fitting < len(prepared[0]):
        say(tasks_timed=fitting)
        prepared = [tasks[:fitting] for tasks in prepared]
    return Form(lambda index: accumulate(prepared[index % len(prepared)]), 0, len(prepared[0]))


def shared(*case):
    """As `loop`, each distinct prefix of a task computed once."""
    return loop(*case, shared_prefixes)


def collated(draws, dtype, device, width=None):
    def padded(tasks, name):
        return batched.collate([task[name] for task in tasks], dtype, width and width[name]).to(device)

    return [[padded(tasks, name) for name in ("support", "query")] for tasks in draws]


def all_at_once(weights, draws, settings, device, _until):
    """All tasks at once; on a device that this is too much for, half as many, and so on."""
    prepared = collated(draws, weights["fc.bias"].dtype, device)
    tasks = len(draws[0])
    # On a CPU more than these at a time are no faster and cost memory.
    chunk = min(tasks, 64) if device.type == "cpu" else tasks
    while device.type == "cuda":
        try:
            # The longest draw is what has to fit.
            support, query = max(prepared, key=lambda draw: sum(pairs.prefixes.shape[2] for pairs in draw))
            batched.accumulate(weights, support, query, settings, chunk)
            done(device)
            break
        except torch.cuda.OutOfMemoryError:
            if chunk == 1:
                raise
            chunk = (chunk + 1) // 2
        finally:
            for value in weights.values():
                value.grad = None
            torch.cuda.empty_cache()
    if chunk < tasks:
        say(tasks_at_once=chunk)

    def accumulate(index):
        return batched.accumulate(weights, *prepared[index % len(prepared)], settings, chunk)

    return Form(accumulate, 2, tasks)


def replayed(weights, draws, settings, device, _until):
    """All tasks at once, as a CUDA graph over inputs padded to the longest prefix of all draws."""
    if device.type != "cuda":
        raise SystemExit("a CUDA graph wants a CUDA device")
    width = {
        name: max(batched.longest_prefix([task[name] for task in tasks]) for tasks in draws)
        for name in ("support", "query")
    }
    prepared = collated(draws, weights["fc.bias"].dtype, device, width)
    support, query = (batched.Pairs(*(tensor.clone() for tensor in pairs)) for pairs in prepared[0])
    tasks = len(draws[0])
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            for value in weights.values():
                value.grad = None
            batched.accumulate(weights, support, query, settings, tasks)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    for value in weights.values():
        value.grad = None
    with torch.cuda.graph(graph):
        total = batched.accumulate(weights, support, query, settings, tasks)
    gradients = {name: value.grad for name, value in weights.items()}

    def accumulate(index):
        for static, drawn in zip((support, query), prepared[index % len(prepared)]):
            for target, source in zip(static, drawn):
                target.copy_(source)
        graph.replay()
        # The graph writes where it wrote when it was captured.
        for name, value in weights.items():
            value.grad = gradients[name]
        return total

    return Form(accumulate, 2, tasks)


forms = {"loop": loop, "shared": shared, "batched": all_at_once, "batched-graph": replayed}


def main(path):
    with open(path) as file:
        case = json.load(file)
    name = case["device"]
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    say(
        torch=torch.__version__,
        device=torch.cuda.get_device_name(device) if name == "cuda" else "cpu",
        cuda=torch.version.cuda if name == "cuda" else None,
        threads=torch.get_num_threads(),
    )
    with open(case["episodes"]) as file:
        draws = [tasks[: case["tasks"]] for tasks in json.load(file)["draws"]]
    settings = case["settings"]
    initial = maml.read_safetensors(case["initial"])
    weights = {name: value.to(device).requires_grad_() for name, value in initial.items()}
    optimizer = torch.optim.Adam(weights.values(), lr=settings["outer_lr"])
    until = time.perf_counter() + case["seconds"]
    accumulate, warm_ups, tasks_timed = forms[case["form"]](weights, draws, settings, device, until)
    taken = 0
    for index in range(case["repeats"] + warm_ups):
        start = done(device)
        # Where an iteration takes seconds, what it has to warm up for counts for little.
        warm = index >= warm_ups or start > until - case["seconds"] / 2
        optimizer.zero_grad(set_to_none=True)
        loss = accumulate(index)
        before = done(device)
        if index == 0:
            maml.write_safetensors(case["gradient"], {name: value.grad for name, value in weights.items()})
            say(loss=loss.item())
        resumed = done(device)
        torch.nn.utils.clip_grad_norm_(weights.values(), settings["clip_norm"])
        optimizer.step()
        end = done(device)
        if warm:
            say(milliseconds=1000 * (end - resumed + (before - start) * case["tasks"] / tasks_timed))
            taken += 1
        if taken == case["repeats"] or (taken > 0 and end > until):
            break
    if name == "cuda":
        say(peak_megabytes=torch.cuda.max_memory_allocated(device) / 2**20)


if __name__ == "__main__":
    main(sys.argv[1])
