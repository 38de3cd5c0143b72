"""Models of the user's: a class of torch.nn.Module in a file of theirs, PyTorch 2.0 and later.

The class is made by `CLASS(items, **with)`, its `forward(prefixes, lengths)` gives scores [B, items]; prefixes [B, L] are
padded on the right with the id `items`. What it must keep to is tried on a few prefixes before anything is computed.
"""

import importlib.util
import inspect
import os
import random
import sys
import traceback

from kshot_torch_contract import check_module, check_real_rows
from kshot_torch_refusal import Refusal


class Module:
    """Parameters of a weight vector each for many vectors at once: by vmap where the module can, else in a loop."""

    def __init__(self, torch, items, folder, file, name, options, seed):
        self.torch, self.items, self.folder, self.file = torch, items, folder, file
        if tuple(int(part) for part in torch.__version__.split(".")[:2]) < (2, 0):
            raise Refusal("old-torch", f"it is PyTorch {torch.__version__}", wanted="2.0, for a module of one's own")
        use_exact_kernels(torch)
        with self.users_code():
            class_ = self.load_class(name)
            seed_all(torch, seed)
            made = class_(items, **options)
            if not isinstance(made, torch.nn.Module):
                raise self.refusal(f"{name} is no torch.nn.Module")
        self.module, self.batched = made, False
        self.shapes = {name: tuple(value.shape) for name, value in made.named_parameters()}
        self.initial = {name: value.detach().clone() for name, value in made.named_parameters()}

    def to(self, device, dtype):
        self.module.to(device=device, dtype=dtype)
        return self

    def load_class(self, name):
        path = os.path.join(self.folder, self.file)
        forget_modules()
        sys.path.insert(0, os.path.dirname(path))
        forget_modules.folders.append((self.folder, os.path.dirname(path)))
        spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        if not hasattr(module, name):
            found = [one for one, value in vars(module).items() if is_module_of(self.torch, value, spec.name)]
            raise self.refusal(f"there is no {name} in it" + (f"; it has {', '.join(found)}" if found else ""))
        return getattr(module, name)

    # What is told of the user's code

    @property
    def title(self):
        return f"{self.file}:{type(self.module).__name__}"

    def users_code(self):
        return UsersCode(self)

    def refusal(self, message, line=None):
        place = self.file if line is None else f"{self.file}, line {line}"
        return Refusal("module", f"{place}: {message}")

    def at_forward(self, message):
        try:
            line = inspect.getsourcelines(type(self.module).forward)[1]
        except (OSError, TypeError):
            line = None
        return self.refusal(message, line)

    # As Gru

    def prepare(self, sets):
        return {name: value if value.is_floating_point() else value.long() for name, value in sets.items()}

    def spread(self, parameters, sets):
        vectors = len(sets["used"])
        return {name: value.expand(vectors, *value.shape) for name, value in parameters.items()}

    def gather_sum(self, values, sets):
        return {name: value.sum(0) for name, value in values.items()}

    def squares(self, parameters, start, values, sets):
        whole, change = [], []
        for name, value in values.items():
            whole.append(square_of_each(value))
            change.append(square_of_each(value.double() - start[name].double()))
        return self.torch.stack(whole), self.torch.stack(change)

    def train(self, seed):
        """With dropout, drawn by the seed; without where there is none."""
        self.module.train(seed is not None)
        if seed is not None:
            seed_all(self.torch, seed)

    def forward(self, values, prefixes, lengths):
        with self.users_code():
            scores = self.torch.func.functional_call(self.module, values, (prefixes, lengths))
        wanted = (len(prefixes), self.items)
        if not isinstance(scores, self.torch.Tensor) or tuple(scores.shape) != wanted:
            shape = list(scores.shape) if isinstance(scores, self.torch.Tensor) else type(scores).__name__
            raise self.at_forward(f"forward gives {shape}, and is to give scores [B, items], here {list(wanted)}")
        if not scores.is_floating_point():
            raise self.at_forward(f"forward gives numbers of {scores.dtype}, and scores are to be of floating point")
        return scores

    def scores(self, values, pairs, _levels):
        """[vectors, pairs, items]"""
        prefixes, lengths = pairs["prefixes"], pairs["lengths"]
        if self.batched and len(prefixes) > 1:
            return self.torch.func.vmap(self.forward, randomness="different")(values, prefixes, lengths)
        each = [
            self.forward({name: value[vector] for name, value in values.items()}, prefixes[vector], lengths[vector])
            for vector in range(len(prefixes))
        ]
        return self.torch.stack(each)

    def check_rows(self, values, pairs, scores):
        """Whether scores that an evaluation ranks by come of each row alone."""
        check_real_rows(self, values, pairs, scores)

    def losses(self, values, pairs, levels):
        scores = self.scores(values, pairs, levels)
        return -scores.log_softmax(2).gather(2, pairs["labels"].unsqueeze(2)).squeeze(2)

    def check(self, device, second_order):
        """Refuses what breaks the contract, and finds out whether tasks can be computed together."""
        check_module(self, device, second_order)


class UsersCode:
    """Turns what is raised inside the user's files into a refusal that names the line."""

    def __init__(self, owner):
        self.owner = owner

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        owner = self.owner
        if error is None or isinstance(error, (Refusal, MemoryError)) or not isinstance(error, Exception):
            return False
        if "out of memory" in str(error) or "CUDA error" in str(error) or is_of_vmap(error):
            return False
        text = f"{kind.__name__}: {str(error).strip()}".split("\n", 1)[0]
        if isinstance(error, SyntaxError) and error.filename:
            raise Refusal("module", f"{owner.file}, line {error.lineno}: {text}") from error
        places = [
            f"{os.path.relpath(frame.filename, owner.folder)}, line {frame.lineno}"
            for frame in traceback.extract_tb(trace)
            if frame.filename.startswith(owner.folder + os.sep)
        ]
        raise Refusal("module", f"{places[-1] if places else owner.file}: {text}") from error


def is_module_of(torch, value, file):
    """Whether it is a module that this file defines, and does not import."""
    return isinstance(value, type) and issubclass(value, torch.nn.Module) and value.__module__ == file


def square_of_each(value):
    """The sum of squares for each weight vector; of a parameter that is a single number, too."""
    return value.double().square().unsqueeze(1).flatten(1).sum(1)


def seed_all(torch, seed):
    """Every generator that a module may draw from without saying so."""
    torch.manual_seed(seed)
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)


def is_of_vmap(error):
    return "vmap" in str(error) or "functorch" in str(error)


def forget_modules():
    """Of the model before: a file may be another one under the same name."""
    for folder, path in forget_modules.folders:
        if path in sys.path:
            sys.path.remove(path)
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file is not None and file.startswith(folder + os.sep):
                del sys.modules[name]
    forget_modules.folders = []
    importlib.invalidate_caches()


forget_modules.folders = []


def use_exact_kernels(torch):
    """Fused kernels of attention, and cuDNN's of recurrent layers, have no second derivative."""
    for name in ("enable_flash_sdp", "enable_mem_efficient_sdp", "enable_cudnn_sdp"):
        if hasattr(torch.backends.cuda, name):
            getattr(torch.backends.cuda, name)(False)
    torch.backends.cuda.enable_math_sdp(True)
    if hasattr(torch.backends, "mha"):
        torch.backends.mha.set_fastpath_enabled(False)
    torch.backends.cudnn.enabled = False
