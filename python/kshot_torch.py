"""The process behind kshot's engine `torch`: PyTorch 1.13 and later, nothing else.

It answers requests on standard input until that ends. A request and an answer are frames: two little-endian 64-bit
numbers (bytes of header and of payload), a header in JSON, and a payload of arrays, each at a multiple of 8 bytes, which
`arrays` in the header lists as [name, type, shape]. Each call is a function of what it is sent.

Whatever prints to standard output prints to standard error instead: the frames keep the pipe to themselves.

Tasks are computed together: every parameter has a leading dimension of weight vectors, one for each task. A meta-gradient
is a chain of products of Hessians and vectors, which autograd takes of each inner step by itself:

    v = dQ/dtheta_n;  v = v - d<grad S(theta_j), rates * v>/dtheta_j  for j = n - 1 .. 0
"""

import json
import os
import platform
import signal
import struct
import sys
import threading
import time

from kshot_torch_refusal import Refusal


def load_torch():
    try:
        import torch
    except ImportError as error:
        raise Refusal("no-torch", str(error), missing=getattr(error, "name", None) == "torch") from error
    version = tuple(int("".join(filter(str.isdigit, part)) or 0) for part in torch.__version__.split(".")[:2])
    if version < (1, 13):
        raise Refusal("old-torch", f"it is PyTorch {torch.__version__}")
    return torch


# Frames


def read_exactly(stream, count):
    data = bytearray(count)
    view, at = memoryview(data), 0
    while at < count:
        read = stream.readinto(view[at:])
        if not read:
            return None
        at += read
    return data


def read_frame(stream):
    """Header and payload; None where there are no more."""
    start = read_exactly(stream, 16)
    if start is None:
        return None
    header_bytes, payload_bytes = struct.unpack("<QQ", start)
    header = read_exactly(stream, header_bytes)
    payload = read_exactly(stream, payload_bytes)
    return None if header is None or payload is None else (json.loads(header), payload)


def tensors_in(torch, arrays, payload):
    """The arrays of a payload by name, on the CPU; they are views of it."""
    found, at = {}, 0
    for name, kind, shape in arrays:
        dtype = getattr(torch, kind)
        count = 1
        for extent in shape:
            count *= extent
        if count == 0:
            found[name] = torch.empty(shape, dtype=dtype)
            continue
        found[name] = torch.frombuffer(payload, dtype=dtype, count=count, offset=at).view(shape)
        at += -(-count * found[name].element_size() // 8) * 8
    return found


def write_frame(torch, stream, header, tensors):
    arrays, chunks, payload_bytes = [], [], 0
    for name, tensor in tensors.items():
        # Without NumPy, which PyTorch may not have.
        size = tensor.numel() * tensor.element_size()
        chunk = bytearray(-(-size // 8) * 8)
        if size > 0:
            torch.frombuffer(chunk, dtype=tensor.dtype, count=tensor.numel()).copy_(tensor.detach().flatten())
        arrays.append([name, str(tensor.dtype).split(".")[-1], list(tensor.shape)])
        chunks.append(chunk)
        payload_bytes += len(chunk)
    text = json.dumps({**header, "arrays": arrays}).encode()
    stream.write(struct.pack("<QQ", len(text), payload_bytes))
    stream.write(text)
    for chunk in chunks:
        stream.write(chunk)
    stream.flush()


# Models. A model has `names` of its parameters in the order of the flat vector; `spread` and `gather` are the way from
# that vector to parameters with a leading dimension of weight vectors and back; `losses` and `scores` compute.


class Gru:
    """Embedding, one GRU layer, a linear layer over the items, as `nn.Embedding`, `nn.GRU` and `nn.Linear`.

    Its cell is written out, because cuDNN's has no second derivative, and each distinct prefix of a weight vector is computed
    once: `levels` says how many prefixes of each length there are. Of the embedding a weight vector has the rows that its
    prefixes touch (`slots`); all others stay what they are.
    """

    title = "the built-in GRU"

    def __init__(self, torch, items, embedding, hidden):
        self.torch = torch
        self.shapes = {
            "embedding.weight": (items, embedding),
            "gru.weight_ih_l0": (3 * hidden, embedding),
            "gru.weight_hh_l0": (3 * hidden, hidden),
            "gru.bias_ih_l0": (3 * hidden,),
            "gru.bias_hh_l0": (3 * hidden,),
            "fc.weight": (items, hidden),
            "fc.bias": (items,),
        }
        self.hidden = hidden

    def train(self, seed):
        """It has no dropout."""

    def check_rows(self, values, pairs, scores):
        """Each prefix is a path of its own."""

    def prepare(self, sets):
        """What of a request's arrays is on the device: indices as `gather` wants them."""
        return {name: value if value.is_floating_point() else value.long() for name, value in sets.items()}

    def spread(self, parameters, sets):
        rows = parameters["embedding.weight"][sets["slots"]]
        vectors = len(rows)
        return {
            name: rows if name == "embedding.weight" else value.expand(vectors, *value.shape)
            for name, value in parameters.items()
        }

    def gather_sum(self, values, sets):
        """The sum over the weight vectors, by name, of what `spread` made."""
        total = {name: value.sum(0) for name, value in values.items() if name != "embedding.weight"}
        rows = values["embedding.weight"]
        embedding = rows.new_zeros(self.shapes["embedding.weight"])
        # A slot that is not used repeats an item, and has no gradient.
        embedding.index_add_(0, sets["slots"].flatten(), rows.flatten(0, 1))
        return {"embedding.weight": embedding, **total}

    def squares(self, parameters, start, values, sets):
        """Sums of squares of each parameter and of its change: two of [names, vectors], in double precision."""
        used = sets["used"].unsqueeze(2)
        whole, change = [], []
        for name, value in values.items():
            now, before = value.double(), start[name].double()
            if name == "embedding.weight":
                now, before = now * used, before * used
                rest = parameters[name].double().square().sum() - before.square().flatten(1).sum(1)
            else:
                rest = 0.0
            whole.append(now.square().flatten(1).sum(1) + rest)
            change.append((now - before).square().flatten(1).sum(1))
        return self.torch.stack(whole), self.torch.stack(change)

    def scores(self, values, pairs, levels):
        """[vectors, pairs, items]"""
        torch, hidden = self.torch, self.hidden
        rows = take(values["embedding.weight"], pairs["items"])
        gates_in = linear(torch, rows, values["gru.weight_ih_l0"], values["gru.bias_ih_l0"])
        weight, bias = values["gru.weight_hh_l0"].transpose(1, 2), values["gru.bias_hh_l0"].unsqueeze(1)
        states, state, at = [], None, 0
        for width in levels:
            own = slice(at, at + width)
            if state is None:
                before, gates_state = 0.0, bias
            else:
                before = take(state, pairs["parents"][:, own])
                gates_state = torch.baddbmm(bias, before, weight)
            reset_in, update_in, new_in = gates_in[:, own].split(hidden, 2)
            reset_state, update_state, new_state = gates_state.split(hidden, 2)
            reset = torch.sigmoid(reset_in + reset_state)
            update = torch.sigmoid(update_in + update_state)
            new = torch.tanh(new_in + reset * new_state)
            state = new + update * (before - new)
            states.append(state)
            at += width
        last = take(torch.cat(states, 1), pairs["nodes"])
        return linear(torch, last, values["fc.weight"], values["fc.bias"])

    def losses(self, values, pairs, levels):
        """[vectors, pairs]: the cross-entropy of each pair."""
        scores = self.scores(values, pairs, levels)
        return cross_entropies(scores, pairs["labels"])


def take(rows, indices):
    """`rows[v, indices[v, i]]`: [vectors, i, columns]"""
    return rows.gather(1, indices.unsqueeze(2).expand(-1, -1, rows.shape[2]))


def linear(torch, rows, weight, bias):
    return torch.baddbmm(bias.unsqueeze(1), rows, weight.transpose(1, 2))


def cross_entropies(scores, labels):
    return -scores.log_softmax(2).gather(2, labels.unsqueeze(2)).squeeze(2)


# Calls


own_folder = os.path.dirname(os.path.abspath(__file__)) + os.sep
# Fewer at once take no less time, and so many some hundred megabytes.
tasks_on_cpu = 32
# Where the tasks are in what `adapt` gives.
ranked_dimensions = {"ranks": 1, "lists": 1, "after": 2, "change": 2}


class Engine:
    """One model on one device, in one precision."""

    def __init__(self, torch, model, device, dtype):
        self.torch, self.model, self.device, self.dtype = torch, model, device, dtype
        # The vector that was sent last, by its digest.
        self.vectors = {}

    def parameters(self, header, tensors, sent="parameters"):
        """The flat vector sent as `sent` by parameter: as it is there, or as one of the same digest was."""
        digest = header[sent]
        if sent in tensors:
            self.vectors[sent] = (digest, tensors[sent].to(self.device, self.dtype))
        known, vector = self.vectors[sent]
        if known != digest:
            raise RuntimeError(f"{sent} {digest} is not here")
        found, at = {}, 0
        for name, shape in self.model.shapes.items():
            size = 1
            for extent in shape:
                size *= extent
            found[name] = vector[at : at + size].view(shape)
            at += size
        if at != len(vector):
            raise RuntimeError(f"expected {at} parameters, found {len(vector)}")
        return found

    def flat(self, values):
        return self.torch.cat([values[name].flatten() for name in self.model.shapes])

    def sets(self, tensors, prefix):
        """The arrays `PREFIX.NAME` on the device, by NAME."""
        own = {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}
        moved = {name: value.to(self.device) for name, value in own.items()}
        return self.model.prepare(
            {name: value.to(self.dtype) if value.is_floating_point() else value for name, value in moved.items()}
        )

    def rates(self, header, tensors, sets):
        """What each parameter's gradient is multiplied by in each inner step, counted from 0."""
        if "layer_rates" in header:
            names, each, last = list(self.model.shapes), header["layer_rates"], header["rate_steps"] - 1
            width = len(names)
            rows = [dict(zip(names, each[step * width : (step + 1) * width])) for step in range(last + 1)]
            return lambda step: rows[min(step, last)]
        rates = self.same_rates(header, tensors, sets)
        return lambda step: rates

    def same_rates(self, header, tensors, sets):
        if isinstance(header["rates"], (int, float)):
            return dict.fromkeys(self.model.shapes, header["rates"])
        return self.model.spread(self.parameters(header, tensors, "rates"), sets)

    def evaluate(self, values, pairs, levels, keep_graph=False):
        """The loss of each weight vector, and the gradients of these by name."""
        leaves = {name: value.detach().requires_grad_() for name, value in values.items()}
        losses = (self.model.losses(leaves, pairs, levels) * pairs["shares"]).sum(1)
        return losses.detach(), leaves, self.gradients(losses.sum(), leaves, keep_graph)

    def gradients(self, loss, leaves, keep_graph=False):
        """By name; what the loss does not depend on has none but 0, as recurrent weights where no prefix has two items."""
        found = self.torch.autograd.grad(
            loss, list(leaves.values()), create_graph=keep_graph, allow_unused=True
        )
        return {
            name: self.torch.zeros_like(leaf) if gradient is None else gradient
            for (name, leaf), gradient in zip(leaves.items(), found)
        }

    def descend(self, values, rates, gradients):
        return {name: value.detach() - rates[name] * gradients[name].detach() for name, value in values.items()}

    def in_parts(self, sets, compute):
        """`compute` of slices of the weight vectors, as few as fit: on a GPU by trying, on the CPU some at a time."""
        vectors = len(next(iter(sets[0].values())))
        most = vectors if self.device.type == "cuda" else tasks_on_cpu
        results, start = [], 0
        while start < vectors:
            own = slice(start, start + most)
            try:
                results.append(compute(*({name: value[own] for name, value in one.items()} for one in sets)))
                start += most
            except RuntimeError as error:
                if "out of memory" not in str(error) or most == 1:
                    raise
                most = max(1, min(most, vectors - start) // 2)
            if self.device.type == "cuda" and start < vectors:
                self.torch.cuda.empty_cache()
        return results

    def loss_gradient(self, header, tensors):
        parameters = self.parameters(header, tensors)
        self.model.train(header.get("seed"))
        slots, pairs = self.sets(tensors, "slots."), self.sets(tensors, "query.")
        losses, _, gradients = self.evaluate(self.model.spread(parameters, slots), pairs, header["query"])
        return {"loss": losses, "gradient": self.flat(self.model.gather_sum(gradients, slots))}

    def meta_gradient(self, header, tensors):
        """Sums over the tasks, and the loss of each."""
        parameters = self.parameters(header, tensors)
        self.model.train(header.get("seed"))
        residual = header["lambda"]
        sets = [self.sets(tensors, name) for name in ("slots.", "support.", "query.")]
        parts = self.in_parts(sets, lambda *own: self.chain(header, tensors, parameters, *own))
        losses = self.torch.cat([part.pop("losses") for part in parts])
        result = {name: sum(part[name] for part in parts) * (1 - residual) for name in parts[0]}
        if residual > 0:
            before, gradient = self.unadapted(header, tensors, parameters)
            losses = (1 - residual) * losses + residual * before
            result["gradient"] = result["gradient"] + residual * gradient
        return {"losses": losses.double(), **result}

    def chain(self, header, tensors, parameters, slots, support, query):
        """The losses after adaptation, and the sums over the tasks of their gradients."""
        rates, steps = self.rates(header, tensors, slots), header["steps"]
        # What the query losses after 1 .. n steps count.
        counts = header["step_weights"] or [0.0] * (steps - 1) + [1.0]
        weights, trajectory = self.model.spread(parameters, slots), []
        for step in range(steps):
            _, leaves, gradients = self.evaluate(weights, support, header["support"], header["second_order"])
            trajectory.append((leaves, gradients))
            weights = self.descend(leaves, rates(step), gradients)
        losses, chain = self.query_loss(weights, query, header, counts[-1])
        learned = header["learn_rates"]
        by_rates = self.no_rate_gradient(header, chain) if learned else None
        for step in reversed(range(steps)):
            leaves, gradients = trajectory.pop()
            if learned:
                by_rates = self.add_rate_gradient(by_rates, step, chain, gradients)
            if header["second_order"]:
                chain = self.step_back(leaves, gradients, rates(step), chain)
            if step > 0 and counts[step - 1] != 0:
                other, more = self.query_loss(leaves, query, header, counts[step - 1])
                losses, chain = losses + other, {name: chain[name] + more[name] for name in chain}
        result = {"losses": losses, "gradient": self.flat(self.model.gather_sum(chain, slots))}
        if learned:
            by_layer = isinstance(by_rates, list)
            result["rate_gradient"] = (
                self.torch.stack([value for row in by_rates for value in row.values()])
                if by_layer
                else self.flat(self.model.gather_sum(by_rates, slots))
            )
        return result

    def query_loss(self, weights, query, header, count):
        """The query losses at some weights, times what they count, and the gradients of their sum."""
        losses, _, gradients = self.evaluate(weights, query, header["query"])
        return count * losses, {name: count * value for name, value in gradients.items()}

    def no_rate_gradient(self, header, chain):
        """Zeros for each parameter, or for each step with rates of its own and each parameter's tensor."""
        if "layer_rates" not in header:
            return {name: self.torch.zeros_like(value) for name, value in chain.items()}
        zero = next(iter(chain.values())).new_zeros(())
        return [dict.fromkeys(self.model.shapes, zero) for _ in range(header["rate_steps"])]

    def add_rate_gradient(self, by_rates, step, chain, gradients):
        products = {name: chain[name] * gradients[name].detach() for name in chain}
        if isinstance(by_rates, dict):
            return {name: by_rates[name] - products[name] for name in chain}
        step = min(step, len(by_rates) - 1)
        row = {name: by_rates[step][name] - products[name].sum() for name in by_rates[step]}
        return [*by_rates[:step], row, *by_rates[step + 1 :]]

    def step_back(self, leaves, gradients, rates, chain):
        """`chain`, the derivative by the weights after a step, as that by the weights before it."""
        names = [name for name in gradients if gradients[name].requires_grad]
        products = self.torch.autograd.grad(
            [gradients[name] for name in names],
            [leaves[name] for name in leaves],
            [rates[name] * chain[name] for name in names],
            allow_unused=True,
        )
        return {
            name: chain[name] if product is None else chain[name] - product
            for (name, product) in zip(leaves, products)
        }

    def unadapted(self, header, tensors, parameters):
        """The query losses of the tasks at the weights that they share, and the gradient of their sum."""
        slots, pairs = self.sets(tensors, "shared_slots."), self.sets(tensors, "shared.")
        leaves = {
            name: value.detach().requires_grad_() for name, value in self.model.spread(parameters, slots).items()
        }
        each = (self.model.losses(leaves, pairs, header["shared"]) * pairs["shares"]).squeeze(0)
        losses = each.new_zeros(header["tasks"]).index_add(0, pairs["tasks"].squeeze(0), each)
        gradients = self.gradients(losses.sum(), leaves)
        return losses.detach(), self.flat(self.model.gather_sum(gradients, slots))

    def adapt_and_rank(self, header, tensors):
        parameters = self.parameters(header, tensors)
        self.model.train(None)
        sets = [self.sets(tensors, name) for name in ("slots.", "support.", "query.")]
        parts = self.in_parts(sets, lambda *own: self.adapt(header, tensors, parameters, *own))
        squares = [parameters[name].double().square().sum() for name in self.model.shapes]
        return {
            "before": self.torch.stack(squares),
            **{
                name: self.torch.cat([part[name] for part in parts], dim)
                for name, dim in ranked_dimensions.items()
                if name in parts[0]
            },
        }

    def adapt(self, header, tensors, parameters, slots, support, query):
        """Ranks [steps, tasks, pairs], and sums of squares [steps, parameters, tasks] after each number of steps."""
        rates = self.rates(header, tensors, slots)
        start = self.model.spread(parameters, slots)
        weights, ranks, lists, norms, changes = start, [], [], [], []
        for step in range(max(header["steps"]) + 1):
            if step > 0:
                _, leaves, gradients = self.evaluate(weights, support, header["support"])
                weights = self.descend(leaves, rates(step - 1), gradients)
            if step not in header["steps"]:
                continue
            with self.torch.no_grad():
                scores = self.model.scores(weights, query, header["query"])
                if step == max(header["steps"]):
                    self.model.check_rows(weights, query, scores)
                ranks.append(ranks_of(self.torch, scores, query["labels"]))
                if header["listed"] > 0:
                    # Stable: of equal scores the lower id stands first.
                    order = scores.sort(dim=2, descending=True, stable=True).indices
                    lists.append(order[:, :, : header["listed"]].int())
                whole, change = self.model.squares(parameters, start, weights, slots)
            norms.append(whole)
            changes.append(change)
        return {
            "ranks": self.torch.stack(ranks),
            **({"lists": self.torch.stack(lists)} if lists else {}),
            "after": self.torch.stack(norms),
            "change": self.torch.stack(changes),
        }


def ranks_of(torch, scores, labels):
    """1 + items scored higher + equal-scored items of lower id; 0 where a score is not finite."""
    own = scores.gather(2, labels.unsqueeze(2))
    items = torch.arange(scores.shape[2], device=scores.device)
    before = (scores > own) | ((scores == own) & (items < labels.unsqueeze(2)))
    ranks = 1 + before.sum(2)
    return torch.where(scores.isfinite().all(2), ranks, torch.zeros_like(ranks)).int()


# The process


def describe(torch):
    """What there is to compute with."""
    found = {"torch": torch.__version__, "python": platform.python_version(), "executable": sys.executable}
    if sys.prefix != sys.base_prefix:
        found["environment"] = sys.prefix
    if torch.cuda.is_available():
        found.update(cuda=torch.version.cuda or f"ROCm {torch.version.hip}", device=torch.cuda.get_device_name(0))
    return found


def open_engine(torch, header):
    torch.set_num_threads(header["threads"])
    device = torch.device("cuda" if header["device"] == "cuda" else "cpu")
    dtype = getattr(torch, header["dtype"])
    if "module" not in header:
        return Engine(torch, Gru(torch, **header["model"]), device, dtype), {}, {}
    from kshot_torch_module import Module

    model = Module(torch, **header["module"])
    initial = torch.cat([value.flatten() for value in model.initial.values()]).float()
    model.to(device, dtype).check(device, header["second_order"])
    return Engine(torch, model, device, dtype), {"tensors": list(model.shapes.items())}, {"initial": initial}


calls = ("loss_gradient", "meta_gradient", "adapt_and_rank")


def answer(torch, engine, header, payload):
    """The engine from now on, the header of the answer, and its tensors."""
    call = header["call"]
    if call == "describe":
        return engine, describe(torch), {}
    if call == "open":
        return open_engine(torch, header)
    if call not in calls:
        raise RuntimeError(f"there is no call {call}")
    tensors = tensors_in(torch, header["arrays"], payload)
    try:
        return engine, {}, getattr(engine, call)(header, tensors)
    except RuntimeError as error:
        message = str(error).split("\n", 1)[0]
        if "out of memory" in message:
            raise Refusal("out-of-memory", message) from None
        if "CUDA error" in message:
            raise Refusal("device-lost", message) from None
        raise
    finally:
        # Frees what was of the call alone.
        tensors.clear()


def failed_answer(error, call, engine):
    """Of an exception that nobody expects: in which call, of which model, and at which of its parameters."""
    import traceback

    shapes = {} if engine is None else engine.model.shapes
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    # Loops over parameters call each one `name`.
    names = (frame.f_locals.get("name") for frame in reversed(frames) if frame.f_code.co_filename.startswith(own_folder))
    at = next((name for name in names if isinstance(name, str) and name in shapes), None)
    place = call if engine is None else f"{call} of {engine.model.title}"
    if at is not None:
        place += f", at the parameter {at} {list(shapes[at])}"
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    # In the answer alone: printed, it would stand in the log twice.
    return {
        "reason": "failed",
        "message": f"{place}: {type(error).__name__}: {error}",
        "trace": "".join(lines).rstrip().split("\n"),
    }


def watch_parent():
    """Ends this process when the one that started it is gone, even inside a long computation."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.25)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main():
    frames = os.fdopen(os.dup(1), "wb", 1 << 20)
    os.dup2(2, 1)
    # Ctrl-C is for the process that sends the requests: it decides what is still finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch_parent()
    requests = os.fdopen(os.dup(0), "rb", 1 << 20)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    torch = refused = engine = None
    try:
        torch = load_torch()
    except Refusal as refusal:
        refused = refusal.answer
    while True:
        frame = read_frame(requests)
        if frame is None:
            return
        header, payload = frame
        tensors, reply = {}, None
        try:
            if refused is None:
                engine, reply, tensors = answer(torch, engine, header, payload)
        except Refusal as refusal:
            reply = {"refused": refusal.answer}
        except Exception as error:  # noqa: BLE001 - whatever it is, kshot is to hear of it
            reply = {"refused": failed_answer(error, header["call"], engine)}
        if refused is not None:
            reply = {"refused": refused, "executable": sys.executable, "python": platform.python_version()}
        write_frame(torch, frames, reply, tensors)


if __name__ == "__main__":
    main()
