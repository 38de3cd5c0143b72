"""What a Python program may tell kshot and be told by it. One file, no dependencies, Python 3.8 and later.

    from kshot import log, params

    p = params(lr=0.01, seed=1, epochs=20)
    for epoch in range(1, p.epochs + 1):
        loss = train(p.lr)
        log(epoch, total=p.epochs, unit="epoch", loss=loss)

In a step of a pipeline `params` gives what the step says under `params`, and `log` makes progress, curves and the
history of the step. Run by hand, `python train.py --lr 0.1`, the same script takes its parameters from the command
line, and `log` does nothing.

What a training needs to go on after it was killed, or for more epochs, it keeps in `state`:

    from kshot import state

    if state.exists("model.pt"):
        checkpoint = torch.load(state.path("model.pt"))
    ...
    with state.save("model.pt") as path:
        torch.save(checkpoint, path)
"""

import atexit
import json
import math
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Mapping, NoReturn, Optional, Sequence

__all__ = ["Params", "State", "log", "params", "state"]


class Params(Dict[str, Any]):
    """Parameters by name, as items (`p["lr"]`) and as attributes (`p.lr`); objects in it are `Params` too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(_unknown(name, self)) from None


def params(defaults: Optional[Mapping[str, Any]] = None, /, **more: Any) -> Params:
    """The parameters of this run, by the names of their defaults.

    In a step of kshot they come from the step, which may leave some out, and a default says of what type they are.
    Elsewhere they come from the command line: `--lr 0.1`, `--lr=0.1`, `--model.layers 3` for what is inside of an
    object, `--flag` and `--no-flag`; lists and the like as JSON.

    A name that is not among the defaults, and a value of another type, end the program with a message. Without any
    defaults all that the step says is given as it is, and by hand whatever the command line has.
    """
    known = {**(defaults or {}), **more}
    file = os.environ.get("KSHOT_PARAMS")
    if file is None:
        return _from_command_line(known, sys.argv[1:])
    with open(file, encoding="utf-8") as opened:
        given = json.load(opened)
    return _merged(known, given, "the step's `params`") if known else _wrapped(given)


def log(
    step: float,
    values: Optional[Mapping[str, Any]] = None,
    /,
    *,
    total: Optional[float] = None,
    unit: Optional[str] = None,
    **more: Any,
) -> None:
    """Tells figures at a step, such as `log(epoch, loss=0.3)`: kshot shows them at once and keeps all of them.

    `total` says how many steps there will be and `unit` what one is, such as "epoch"; each needs to be said once only.
    Figures whose names are no Python names go in `values`: `log(3, {"val/loss": 0.5})`. A figure is whatever `float()`
    takes, so a tensor or array with one element too. Does nothing where kshot is not listening, and never ends a
    program because a line could not be written.
    """
    line: Dict[str, Any] = {"step": _number("step", step)}
    if total is not None:
        line["total"] = _number("total", total)
    if unit is not None:
        line["unit"] = str(unit)
    figures = {**(values or {}), **more}
    if figures:
        line["values"] = {str(name): _number(name, value) for name, value in figures.items()}
    file = os.environ.get("KSHOT_EVENTS")
    if file:
        _append(file, json.dumps(line) + "\n")


class State:
    """Files from which a program goes on: `kshot.state`.

    In a step of kshot they are in the folder that KSHOT_STATE names. It outlives a kill at any moment, and is gone when
    the step is done; of a step with `segments` it holds at first what the segment before left. Run by hand, it is
    an empty folder that is gone afterwards, unless you set KSHOT_STATE to a folder of your own.
    """

    _folder: Optional[str] = None

    @property
    def folder(self) -> str:
        """The folder, which is there."""
        named = os.environ.get("KSHOT_STATE")
        if named:
            os.makedirs(named, exist_ok=True)
            return named
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="kshot-state-")
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def path(self, name: str) -> str:
        """Where the file of that name is, or would be; what is written there itself may be cut off by a kill."""
        parts = os.path.normpath(name).split(os.sep)
        if os.path.isabs(name) or parts[0] in (os.pardir, os.curdir, ""):
            raise ValueError("{!r} is no name of a file in the state".format(name))
        return os.path.join(self.folder, *parts)

    def exists(self, name: str) -> bool:
        """Whether a file of that name was saved."""
        return os.path.isfile(self.path(name))

    @contextmanager
    def save(self, name: str) -> Iterator[str]:
        """Replaces a file as a whole: whatever happens, there is the one before or all of this one.

        Gives the path to write to. What was written there takes the file's place when the block has ended without an
        exception, and is on disk then.
        """
        target = self.path(name)
        folder, last = os.path.split(target)
        os.makedirs(folder, exist_ok=True)
        # kshot removes what has this ending before it starts a program again.
        part = os.path.join(folder, ".{}.kshot-part".format(last))
        try:
            yield part
            _put_on_disk(part)
            os.replace(part, target)
        except BaseException:
            if os.path.isfile(part):
                os.remove(part)
            raise
        _put_on_disk(folder)


state = State()


def _put_on_disk(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_has_warned = False


def _append(file: str, line: str) -> None:
    """In one write, so that the lines of several processes do not mix."""
    global _has_warned
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(descriptor, line.encode("utf-8"))
        finally:
            os.close(descriptor)
    except OSError as error:
        if not _has_warned:
            print("kshot: log() cannot write: {}".format(error), file=sys.stderr)
        _has_warned = True


def _number(name: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if value is None:
        return math.nan
    if isinstance(value, (str, bytes)):
        raise TypeError("log() takes numbers, and {} is {!r}".format(name, value))
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise TypeError("log() takes numbers, and {} is {!r}".format(name, value)) from error
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _wrapped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Params({name: _wrapped(inner) for name, inner in value.items()})
    return value


def _merged(known: Mapping[str, Any], given: Mapping[str, Any], place: str, above: str = "") -> Params:
    """The defaults with what is given in place of them; objects are merged."""
    result = _wrapped(known)
    for name, value in given.items():
        path = above + name
        if name not in known:
            _refuse("{} has {}".format(place, _unknown(path, [above + one for one in known])))
        default = known[name]
        if isinstance(default, Mapping) and default and isinstance(value, Mapping):
            result[name] = _merged(default, value, place, path + ".")
        else:
            result[name] = _wrapped(_as_type_of(default, value, path))
    return result


def _as_type_of(default: Any, value: Any, path: str) -> Any:
    """The value, as a float where the default is one."""
    if isinstance(default, bool):
        is_fit = isinstance(value, bool)
    elif isinstance(default, int):
        is_fit = isinstance(value, int) and not isinstance(value, bool)
    elif isinstance(default, float):
        is_fit = isinstance(value, (int, float)) and not isinstance(value, bool)
        value = float(value) if is_fit else value
    elif isinstance(default, str):
        is_fit = isinstance(value, str)
    elif isinstance(default, (list, tuple)):
        is_fit = isinstance(value, (list, tuple))
    else:
        is_fit = True
    # None says that there is none.
    if not is_fit and value is not None:
        _refuse("{} is {!r}, and its default, {!r}, is of another type".format(path, value, default))
    return value


def _from_command_line(known: Mapping[str, Any], words: Sequence[str]) -> Params:
    given: Dict[str, Any] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-h", "--help") and known:
            _help(known)
        if not word.startswith("--") or word == "--":
            _refuse("{!r} is no parameter; write --name value".format(word))
        name, equals, text = word[2:].partition("=")
        path = _path_in(known, name)
        negated = _path_in(known, name[3:]) if path is None and name.startswith("no-") and not equals else None
        if negated is not None and isinstance(_at(known, negated), bool):
            _put(given, negated, False)
            continue
        if path is None:
            if known:
                _refuse("there is {}".format(_unknown(name, list(_paths(known)))))
            path = name.split(".")
        default = _at(known, path)
        if equals:
            value = text
        elif isinstance(default, bool) and not (rest and rest[0].lower() in ("true", "false")):
            value = "true"
        elif rest:
            value = rest.pop(0)
        else:
            _refuse("--{} wants a value".format(name))
        _put(given, path, _parsed(default, value))
    return _merged(known, given, "the command line") if known else _wrapped(given)


def _parsed(default: Any, text: str) -> Any:
    """A word of the command line as what the default is; what is no JSON is text."""
    if isinstance(default, str):
        return text
    if isinstance(default, bool) and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if isinstance(default, float):
        try:
            return float(text)
        except ValueError:
            return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _path_in(known: Mapping[str, Any], name: str) -> Optional[List[str]]:
    """The way to a parameter; a dash stands for an underscore where there is no such name."""
    for one in (name, name.replace("-", "_")):
        place: Any = known
        path: List[str] = []
        for part in one.split("."):
            if not isinstance(place, Mapping) or part not in place:
                break
            place = place[part]
            path.append(part)
        else:
            return path
    return None


def _paths(known: Mapping[str, Any], above: str = "") -> Sequence[str]:
    found: List[str] = []
    for name, value in known.items():
        if isinstance(value, Mapping) and value:
            found.extend(_paths(value, above + name + "."))
        else:
            found.append(above + name)
    return found


def _at(known: Mapping[str, Any], path: Sequence[str]) -> Any:
    place: Any = known
    for part in path:
        place = place.get(part) if isinstance(place, Mapping) else None
    return place


def _put(given: Dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        given = given.setdefault(part, {})
    given[path[-1]] = value


def _unknown(name: str, known: Any) -> str:
    return "no parameter {}: there is {}".format(name, ", ".join(known) or "none")


def _help(known: Mapping[str, Any]) -> NoReturn:
    print("usage: {} [--NAME VALUE]...".format(os.path.basename(sys.argv[0])))
    for path in _paths(known):
        print("  --{} {}".format(path, json.dumps(_at(known, path.split(".")), default=str)))
    raise SystemExit(0)


def _refuse(message: str) -> NoReturn:
    raise SystemExit("{}: {}".format(os.path.basename(sys.argv[0]) or "kshot", message))
