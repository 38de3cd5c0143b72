"""Says what a Python program imports, by Python's own rules and without running any of it.

Run by the interpreter of the step with the environment of the step, in the root of the project. Takes a question as
JSON on its input and writes the answer as JSON. Python 3.8 and later, no dependencies.

A module of the user's own counts by its syntax tree, without comments and layout; what is installed by the name and
version of its distribution; the standard library by the version of the interpreter, which others know.
"""

import sys

# A module of the project or of PYTHONPATH that is called as one of the standard library must not be imported here.
_given = sys.path[0 if getattr(sys.flags, "safe_path", False) else 1 :]
sys.path[:] = [
    folder
    for folder in _given
    if folder.startswith((sys.base_prefix, sys.base_exec_prefix)) and not folder.endswith("-packages")
]
import ast  # noqa: E402
import csv  # noqa: E402, F401
import email.message  # noqa: E402, F401
import functools  # noqa: E402
import hashlib  # noqa: E402
import importlib.machinery  # noqa: E402
import importlib.metadata  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import site  # noqa: E402
import sysconfig  # noqa: E402
import types  # noqa: E402
import zipfile  # noqa: E402, F401
import zipimport  # noqa: E402, F401

# No source of a person is longer; what is, is data.
SOURCE_BYTES_LIMIT = 2_000_000
# What a distribution requires under these is for its developers.
EXTRAS_OF_DEVELOPERS = re.compile(r"^(all|dev|develop|development|docs?|lint|tests?|testing|typing|checks?)$", re.I)
LISTING = {"glob", "iglob", "iter_modules", "iterdir", "listdir", "scandir", "walk", "walk_packages"}
# Stands for the folders above the root, which are others where the step runs.
ABOVE = "/" + "/".join(["\x01"] * 16)
ROOT = ABOVE + "/root"
# Python imports them itself when it starts, before it adds the folder of the script to sys.path.
AT_START = ("sitecustomize",) + (("usercustomize",) if site.ENABLE_USER_SITE else ())


class Found:
    """A module as the finders tell of it."""

    def __init__(self, name, file, locations, code, is_built_in=False):
        self.name = name
        self.file = file
        # Folders in which its submodules are, of a package.
        self.locations = locations
        # Whether it has a file of Python source, compiled code, or none.
        self.code = code
        # Part of the interpreter itself, which no folder comes before.
        self.is_built_in = is_built_in


class Scope:
    """What is known of a module while it is read: its name for relative imports, its file and constants."""

    def __init__(self, file, package, place):
        self.file = file
        self.package = package
        # The file as the module itself knows it, below ROOT where it is of the project.
        self.place = place
        self.constants = {}
        # What functions are called as by which they are imported.
        self.aliases = {}
        # What `sys` and `sys.path` are called.
        self.systems = {"sys"}
        self.paths = set()


class Tracer:
    def __init__(self, root, own):
        self.root = root
        self.roots = {root, os.path.realpath(root)}
        # A module of kshot, which is in no key.
        self.own = own
        self.modules = {}
        self.distributions = {}
        self.looked = {}
        self.dynamic = []
        self.missing = {}
        self.unknown_folders = []
        self.unread = []
        # Folders that some module may put on sys.path: before all others or after them, sooner or later.
        self.added = []
        # By name, all that Python may find; which of them depends on when and where folders are added.
        self.resolved = {}
        self.is_outdated = False
        self.sources = {}
        self.scanned = set()
        self.waiting = []
        self.owners_in = {}
        self.installed = None
        self.stdlib = [
            os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib") if sysconfig.get_path(name)
        ]
        for folder in sys.path:
            self.look_at_folder(folder)
        self.look(os.path.join(sys.prefix, "pyvenv.cfg"))
        if site.ENABLE_USER_SITE:
            # It may come to be, and is a folder of sys.path from then on.
            self.look(site.getusersitepackages())

    # What the answer depends on

    def look(self, path):
        if path in self.looked:
            return
        try:
            stat = os.stat(path)
        except (OSError, ValueError):
            self.looked[path] = None
        else:
            self.looked[path] = "%d %d %d %d" % (stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns)

    def look_at_folder(self, folder):
        """Of a folder of sys.path, with the files in it that say where else there are modules."""
        if folder in self.looked or self.is_standard(folder):
            return
        self.look(folder)
        if os.path.isdir(folder):
            for name in os.listdir(folder):
                if name.endswith(".pth") or name.startswith("__editable__"):
                    self.look(os.path.join(folder, name))

    def is_standard(self, path):
        for folder in self.stdlib:
            for place in (path, os.path.realpath(path)):
                if place == folder or place.startswith(folder + os.sep):
                    return not is_of_packages(place[len(folder) :])
        return False

    def place_in_root(self, path):
        """Relative to the root; None outside of it, and of what is installed below it."""
        for root in self.roots:
            if path.startswith(root + os.sep):
                inside = path[len(root) + 1 :]
                return None if is_of_packages(os.path.dirname(inside)) else inside
        return None

    # Finding modules

    def resolve(self, name):
        if name not in self.resolved:
            self.resolved[name] = self.find(name)
        return self.resolved[name]

    def find(self, name):
        parent = name.rpartition(".")[0]
        if parent:
            paths = [above.locations for above in self.resolve(parent) if above.locations is not None]
            return distinct(self.find_in(name, parent, path) for path in paths)
        found = self.find_in(name, "", None)
        if found is not None and found.is_built_in:
            return [found]
        return distinct([found] + [self.find_in(name, "", [folder]) for folder in self.added])

    def find_in(self, name, parent, path):
        """In the folders of a package, or in one that is added to sys.path, or, where `path` is None, by that."""
        if parent and not any(self.is_standard(folder) for folder in path):
            for folder in path:
                self.look(folder)
        last = name.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            # It becomes another package with an __init__.py.
            below = os.path.join(folder, last)
            if not self.is_standard(folder) and os.path.isdir(below):
                self.look(below)
        found = self.spec_of(name, parent, path)
        if found is None:
            return None
        locations, spec = found
        file = spec.origin if spec.has_location else None
        if file is None:
            return Found(name, None, locations, "none", spec.origin in ("built-in", "frozen"))
        code = "source" if file.endswith((".py", ".pyw")) else "compiled"
        if locations is not None and code == "source":
            locations = self.extended(name, file, locations, path if parent else None)
        return Found(name, file, locations, code)

    def spec_of(self, name, parent, path):
        stub = types.ModuleType(parent)
        stub.__path__ = path
        # A namespace package asks its parent where that is.
        is_stubbed = parent != "" and parent not in sys.modules
        if is_stubbed:
            sys.modules[parent] = stub
        try:
            # Those of packages know their own; only that of folders can look in one alone.
            for finder in sys.meta_path if parent or path is None else [importlib.machinery.PathFinder]:
                find_spec = getattr(finder, "find_spec", None)
                try:
                    spec = None if find_spec is None else find_spec(name, path)
                    if spec is None:
                        continue
                    locations = spec.submodule_search_locations
                    return (None if locations is None else list(locations)), spec
                except Exception:
                    continue
        finally:
            if is_stubbed:
                sys.modules.pop(parent, None)
        return None

    def extended(self, name, file, locations, path):
        """Packages from before there were namespaces lie in several folders if their __init__.py says so."""
        try:
            with open(file, "rb") as opened:
                text = opened.read(10_000)
        except OSError:
            return locations
        if b"extend_path" not in text and b"declare_namespace" not in text:
            return locations
        last = name.rpartition(".")[2]
        others = [os.path.join(folder, last) for folder in (sys.path + self.added if path is None else path)]
        return locations + [one for one in others if os.path.isdir(one) and one not in locations]

    # Reaching them

    def reach(self, name):
        """All that a module may be, after all the packages above it; whether it is there."""
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            candidates = self.resolve(".".join(parts[:count]))
            if not candidates:
                return False
            for found in candidates:
                self.count(found)
        return True

    def locations_of(self, name):
        return [folder for found in self.resolve(name) for folder in found.locations or []]

    def count(self, found):
        if found.file is None or self.is_standard(found.file) or self.is_own(found.file):
            return
        if not os.path.exists(found.file):
            self.add(found.name, archive_of(found.file), None)
            return
        if self.place_in_root(found.file) is None:
            owners = self.owners_of(found.file)
            if owners:
                for owner in owners:
                    self.count_distribution(owner)
                return
        if found.code == "source":
            package = found.name if found.locations is not None else found.name.rpartition(".")[0]
            self.waiting.append((found.name, found.file, package))
        else:
            self.add(found.name, found.file, None)

    def is_own(self, file):
        return os.path.realpath(file) == self.own

    def add(self, name, file, tree, data=None):
        if file in self.modules:
            return
        self.look(file)
        place = self.place_in_root(file)
        try:
            content = data if data is not None else read(file)
        except OSError:
            self.unread.append(file)
            return
        digest = hashlib.sha256(content).hexdigest()
        module = {"name": name, "file": file, "place": place, "content": digest, "digest": digest, "parts": {}}
        if tree is not None:
            try:
                module["digest"], module["parts"] = digests_of(tree)
            except (RecursionError, ValueError, MemoryError):
                # Too deep or with too long a number to be written out: it counts by its bytes.
                pass
        self.modules[file] = module

    def trace(self, start):
        """Reads all that `start` comes to, again for as long as folders are found that it might have been found in."""
        self.is_outdated = True
        while self.is_outdated:
            self.is_outdated = False
            self.resolved, self.scanned, self.missing = {}, set(), {}
            self.dynamic, self.unknown_folders, self.unread = [], [], []
            start()
            self.follow()

    def follow(self):
        """Reads what waits, and what that imports, until nothing new is found."""
        while self.waiting:
            name, file, package = self.waiting.pop(0)
            if (file, package) in self.scanned:
                continue
            self.scanned.add((file, package))
            self.look(file)
            data, tree = self.source(file)
            if data is None:
                self.unread.append(file)
                continue
            self.add(name, file, tree, data)
            if tree is not None:
                self.read_module(tree, file, package)

    def source(self, file):
        """Its bytes and its syntax tree, each None where there is none."""
        if file not in self.sources:
            try:
                data = read(file)
            except OSError:
                data = None
            self.sources[file] = data, None if data is None else parsed(data)
        return self.sources[file]

    def read_module(self, tree, file, package):
        inside = self.place_in_root(file)
        scope = Scope(file, package, file if inside is None else ROOT + "/" + inside.replace(os.sep, "/"))
        nodes = list(executed(tree))
        for node in nodes:
            self.learn_names_of_path(node, scope)
            self.learn_constants(node, scope)
        for node in nodes:
            self.follow_path_change(node, scope)
        top = set(map(id, tree.body))
        for node in nodes:
            self.follow_import(node, scope, id(node) in top)

    # Imports

    def follow_import(self, node, scope, is_certain):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if not self.reach(alias.name):
                    self.miss(alias.name, node, scope, is_certain)
        elif isinstance(node, ast.ImportFrom):
            self.follow_from(node, scope, is_certain)
        elif isinstance(node, ast.Call):
            self.follow_call(node, scope)

    def follow_from(self, node, scope, is_certain):
        base = absolute_name(node.module or "", node.level, scope.package)
        if base is None or not self.reach(base):
            self.miss(base or "." * node.level + (node.module or ""), node, scope, is_certain)
            return
        candidates = self.resolve(base)
        packages = [found for found in candidates if found.locations is not None]
        if not packages:
            return
        # A namespace package defines no names.
        defines = any(found.file is not None for found in candidates)
        for alias in node.names:
            if alias.name == "*":
                for package in packages:
                    self.follow_star(package)
            elif not self.reach(base + "." + alias.name) and not defines:
                self.miss(base + "." + alias.name, node, scope, is_certain)

    def follow_star(self, package):
        if package.code != "source" or self.place_in_root(package.file) is None:
            return
        tree = self.source(package.file)[1]
        for node in [] if tree is None else executed(tree):
            if not isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) or node.value is None:
                continue
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if not any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                continue
            for part in ast.walk(node.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.isidentifier():
                    self.reach(package.name + "." + part.value)
            if any(called(part) in LISTING for part in ast.walk(node.value)):
                self.not_literal(node, package.file, package.name + ".")

    def follow_call(self, node, scope):
        name = called(node)
        name = scope.aliases.get(name, name)
        if name in ("import_module", "__import__", "run_module") and node.args:
            names = self.values(node.args[0], scope)
            if names is None:
                self.not_literal(node, scope.file, self.prefix_of(node, scope))
            for one in names or []:
                level = len(one) - len(one.lstrip("."))
                whole = absolute_name(one[level:], level, self.package_of(node, scope))
                if whole is not None:
                    self.reach(whole) and name == "run_module" and self.reach(whole + ".__main__")
        elif name in ("spec_from_file_location", "SourceFileLoader") and len(node.args) > 1:
            self.follow_file(node, node.args[1], scope)
        elif name == "run_path" and node.args:
            self.follow_file(node, node.args[0], scope)

    def follow_file(self, node, argument, scope):
        places = self.values(argument, scope)
        if places is None:
            self.not_literal(node, scope.file, "")
        for place in places or []:
            file = self.folder_at(place)
            if file is not None:
                self.look(file)
                if os.path.isfile(file):
                    self.waiting.append((os.path.splitext(os.path.basename(file))[0], file, ""))

    def package_of(self, node, scope):
        given = [keyword.value for keyword in node.keywords if keyword.arg == "package"] + node.args[1:2]
        for one in given:
            values = self.values(one, scope)
            if values:
                return values[0]
        return scope.package

    def prefix_of(self, node, scope):
        """What is known of the beginning of a name, up to its last dot; absolute."""
        text = beginning(node.args[0])
        level = len(text) - len(text.lstrip("."))
        if level > 0:
            package = absolute_name("", level, self.package_of(node, scope))
            if package is None:
                return ""
            rest = text[level:].rpartition(".")[0]
            return package + "." + (rest + "." if rest else "")
        return text[: text.rfind(".") + 1]

    def not_literal(self, node, file, prefix):
        inside = self.place_in_root(file)
        folders = self.locations_of(prefix.rstrip(".")) if prefix else []
        if inside is None:
            # Of what is outside of the project nobody here can declare anything: all that lies there counts.
            for folder in folders or [os.path.dirname(file)]:
                self.reach_all(folder, prefix.rstrip("."))
            return
        self.dynamic.append(
            {
                "place": inside,
                "line": node.lineno,
                "column": node.col_offset + 1,
                "folders": [one for one in (self.place_in_root(folder) for folder in folders) if one is not None],
            }
        )

    def reach_all(self, folder, package):
        for above, folders, names in os.walk(folder):
            folders[:] = sorted(one for one in folders if one.isidentifier() and one != "__pycache__")
            self.look(above)
            for name in sorted(names):
                if name.endswith(".py"):
                    file = os.path.join(above, name)
                    self.waiting.append((os.path.relpath(file, folder)[:-3].replace(os.sep, "."), file, package))

    def miss(self, name, node, scope, is_certain):
        inside = self.place_in_root(scope.file)
        if is_certain and inside is not None and name not in self.missing:
            self.missing[name] = {"name": name, "place": inside, "line": node.lineno}

    # Folders that the program itself adds to sys.path

    def follow_path_change(self, node, scope):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, target = node.func.attr, node.func.value
            if is_sys_path(target, scope) and name in ("append", "insert", "extend") and node.args:
                self.add_folders(node.args[-1], scope, name == "extend")
            elif is_sys_path(target, scope) and name in ("clear", "pop", "remove", "reverse", "sort"):
                self.add_given_folders()
            elif name == "addsitedir" and node.args:
                self.add_folders(node.args[0], scope, False)
        elif isinstance(node, ast.AugAssign) and is_sys_path(node.target, scope):
            self.add_folders(node.value, scope, True)
        elif isinstance(node, ast.Delete):
            if any(isinstance(one, ast.Subscript) and is_sys_path(one.value, scope) for one in node.targets):
                self.add_given_folders()
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Subscript) and is_sys_path(target.value, scope):
                self.add_folders(node.value, scope, True)
            elif isinstance(target, ast.Attribute) and is_sys_path(target, scope):
                for part in list_parts(node.value):
                    self.add_folders(part, scope, True)

    def add_folders(self, node, scope, is_list):
        if is_list:
            parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else None
        else:
            parts = [node]
        values = None if parts is None else [self.values(part, scope) for part in parts]
        if values is None or None in values:
            inside = self.place_in_root(scope.file)
            if inside is not None:
                self.unknown_folders.append({"place": inside, "line": node.lineno})
            return
        for value in [one for group in values for one in group]:
            folder = self.folder_at(value)
            if folder is not None:
                self.add_folder(folder)

    def add_given_folders(self):
        """Where some are taken from sys.path, or put otherwise, any of the others may come first."""
        for folder in sys.path:
            self.add_folder(folder)

    def add_folder(self, folder):
        if folder in self.added or self.is_standard(folder):
            return
        self.added.append(folder)
        self.look_at_folder(folder)
        self.installed = None
        self.is_outdated = self.is_outdated or len(self.resolved) > 0

    def folder_at(self, value):
        """Where a path leads that the program has; None above the root, where the step finds nothing."""
        path = os.path.normpath(os.path.join(ROOT, value))
        if path == ROOT or path.startswith(ROOT + "/"):
            return os.path.normpath(self.root + path[len(ROOT) :])
        return None if "\x01" in path else path

    # Values that are known without running anything

    def learn_names_of_path(self, node, scope):
        """What else `sys` and `sys.path` are called in a module."""
        if isinstance(node, ast.Import):
            scope.systems.update(alias.asname for alias in node.names if alias.name == "sys" and alias.asname)
        elif isinstance(node, ast.ImportFrom) and node.module == "sys" and node.level == 0:
            scope.paths.update(alias.asname or "path" for alias in node.names if alias.name in ("path", "*"))
        elif isinstance(node, ast.Assign) and is_sys_path(node.value, scope):
            scope.paths.update(target.id for target in node.targets if isinstance(target, ast.Name))

    def learn_constants(self, node, scope):
        if isinstance(node, ast.ImportFrom) and node.module in ("importlib", "runpy"):
            scope.aliases.update({alias.asname: alias.name for alias in node.names if alias.asname})
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name, values = node.targets[0].id, self.values(node.value, scope)
        elif isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.target, ast.Name):
            name, values = node.target.id, self.values_in(node.iter, scope)
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)) and isinstance(node.target, ast.Name):
            name, values = node.target.id, None
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                values = self.values(node.value, scope)
        elif isinstance(node, ast.arg):
            name, values = node.arg, None
        else:
            return
        known = scope.constants.get(name, [])
        # Of several values, each may be meant; one that is not known spoils all.
        scope.constants[name] = None if values is None or known is None else known + values

    def values_in(self, node, scope):
        if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return scope.constants.get("*" + node.id) if isinstance(node, ast.Name) else None
        groups = [self.values(element, scope) for element in node.elts]
        return None if None in groups else [one for group in groups for one in group]

    def values(self, node, scope):
        """The texts that an expression may be; None where that is not known."""
        try:
            return self.values_of(node, scope)
        except RecursionError:
            return None

    def values_of(self, node, scope):
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            if node.id == "__file__":
                return [scope.place]
            if node.id in ("__package__", "__name__"):
                return [scope.package]
            return scope.constants.get(node.id)
        if isinstance(node, ast.BinOp):
            return self.joined(node, scope)
        if isinstance(node, ast.JoinedStr):
            return self.formatted(node, scope)
        if isinstance(node, ast.FormattedValue):
            return self.values(node.value, scope)
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return every(self.values(node.value, scope), os.path.dirname)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            index = literal_index(node.slice)
            return None if index is None else every(self.values(node.value.value, scope), above_by(index + 1))
        if isinstance(node, ast.Call):
            return self.computed(node, scope)
        return None

    def joined(self, node, scope):
        one, other = self.values(node.left, scope), self.values(node.right, scope)
        if one is None or other is None:
            return None
        if isinstance(node.op, ast.Add):
            return [a + b for a in one for b in other]
        return [os.path.join(a, b) for a in one for b in other] if isinstance(node.op, ast.Div) else None

    def formatted(self, node, scope):
        texts = [""]
        for part in node.values:
            values = self.values(part, scope)
            if values is None:
                return None
            texts = [text + value for text in texts for value in values]
        return texts

    def computed(self, node, scope):
        name = called(node)
        if name in ("getcwd", "cwd"):
            return [ROOT]
        if name in ("abspath", "realpath", "normpath", "resolve", "absolute"):
            given = node.args[0] if node.args else getattr(node.func, "value", None)
            return every(self.values(given, scope), lambda path: os.path.normpath(os.path.join(ROOT, path)))
        if name == "dirname" and len(node.args) == 1:
            return every(self.values(node.args[0], scope), os.path.dirname)
        if name in ("str", "fspath", "expanduser", "as_posix"):
            given = node.args[0] if node.args else getattr(node.func, "value", None)
            return every(self.values(given, scope), os.path.expanduser)
        if name in ("join", "Path", "PurePath", "joinpath"):
            parts = ([node.func.value] if name == "joinpath" else []) + node.args
            # `", ".join(…)` joins no path.
            if name == "join" and isinstance(getattr(node.func, "value", None), ast.Constant):
                return None
            texts = [""]
            for part in parts:
                values = self.values(part, scope)
                if values is None:
                    return None
                texts = [os.path.join(text, value) for text in texts for value in values]
            return texts
        return None

    # Distributions

    def owners_of(self, file):
        """The distributions that a file was installed by; none where it lies there by itself."""
        folders = [folder for folder in sys.path + self.added if folder and file.startswith(folder + os.sep)]
        for folder in sorted(folders, key=len, reverse=True):
            inside = os.path.relpath(file, folder)
            top = inside.split(os.sep)[0]
            owners = self.owners_by_name(folder).get(re.sub(r"\..*$", "", top), [])
            if len(owners) > 1:
                listed = [one for one in owners if inside in (one.read_text("RECORD") or "")]
                owners = listed or owners
            if owners:
                return owners
        return []

    def owners_by_name(self, folder):
        if folder not in self.owners_in:
            owners = {}
            for distribution in importlib.metadata.distributions(path=[folder]):
                for name in names_given_by(distribution):
                    owners.setdefault(name, []).append(distribution)
            self.owners_in[folder] = owners
        return self.owners_in[folder]

    def count_distribution(self, distribution):
        name = name_of(distribution)
        version = version_of(distribution)
        # Of one name there may be several, in folders that are added.
        versions = self.distributions.setdefault(name, [])
        if name == "" or version in versions:
            return
        place = getattr(distribution, "_path", None)
        for file in ("METADATA", "PKG-INFO", "direct_url.json"):
            if place is not None:
                self.look(os.path.join(str(place), file))
        versions.append(version)
        for required in distribution.requires or []:
            extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", required)
            if extra and EXTRAS_OF_DEVELOPERS.match(extra.group(1)):
                continue
            for other in self.installed_by_name().get(normal_name(re.split(r"[^A-Za-z0-9._-]", required.strip())[0]), []):
                self.count_distribution(other)
        if place is not None and str(place).startswith(DEBIAN_MODULES):
            self.look(DEBIAN_STATUS)
            for record in required_in_debian(str(place), names_given_by(distribution) | {name}):
                self.count_distribution(importlib.metadata.Distribution.at(record))

    def installed_by_name(self):
        if self.installed is None:
            self.installed = {}
            for path in [sys.path] + [[folder] for folder in self.added]:
                first = {}
                for distribution in importlib.metadata.distributions(path=path):
                    first.setdefault(name_of(distribution), distribution)
                for name, distribution in first.items():
                    self.installed.setdefault(name, []).append(distribution)
        return self.installed


def distinct(candidates):
    """What was found, once each."""
    found = {(one.file, tuple(one.locations or ())): one for one in reversed(list(candidates)) if one is not None}
    return list(reversed(list(found.values())))


def archive_of(path):
    """The file that a module is in, where that is an archive."""
    while path != os.path.dirname(path) and not os.path.exists(path):
        path = os.path.dirname(path)
    return path


def is_of_packages(path):
    return not {"site-packages", "dist-packages"}.isdisjoint(path.split(os.sep))


def read(file):
    with open(file, "rb") as opened:
        return opened.read()


def parsed(data):
    if len(data) > SOURCE_BYTES_LIMIT:
        return None
    limit_digits = getattr(sys, "set_int_max_str_digits", lambda count: None)
    limit = getattr(sys, "get_int_max_str_digits", int)()
    try:
        # The program may lift it, too; numbers that are longer are not written out again, which takes long.
        limit_digits(0)
        return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    finally:
        limit_digits(limit)


def executed(tree):
    """All nodes but those that only type checkers read."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and is_type_checking(node.test):
            waiting.extend(reversed(node.orelse))
        else:
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def is_type_checking(node):
    return getattr(node, "id", getattr(node, "attr", None)) == "TYPE_CHECKING"


def digests_of(tree):
    """Of the whole module, in its order, and of each definition by its name."""
    whole = hashlib.sha256()
    parts = {}

    def put(name, node):
        text = ast.dump(node)
        whole.update(text.encode("utf-8", "surrogatepass") + b"\n")
        parts.setdefault(name, hashlib.sha256()).update(text.encode("utf-8", "surrogatepass"))

    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            body, node.body = node.body, []
            try:
                put("class " + node.name, node)
            finally:
                node.body = body
            for member in body:
                is_method = isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef))
                put("def %s.%s" % (node.name, member.name) if is_method else "class " + node.name, member)
            whole.update(b"end\n")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            put("def " + node.name, node)
        else:
            put("statements", node)
    return whole.hexdigest(), {name: digest.hexdigest() for name, digest in parts.items()}


def absolute_name(name, level, package):
    """The whole name of what is imported with so many dots; None where it leads out of all packages."""
    if level == 0:
        return name
    parts = package.split(".") if package else []
    if level > len(parts):
        return None
    return ".".join(parts[: len(parts) - level + 1] + ([name] if name else []))


def called(node):
    """The last name of what a call calls."""
    if not isinstance(node, ast.Call):
        return None
    return getattr(node.func, "attr", getattr(node.func, "id", None))


def beginning(node):
    """The text that an expression certainly begins with."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return beginning(node.values[0]) if node.values else ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return beginning(node.left)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return beginning(node.left).partition("%")[0]
    if called(node) == "format":
        return beginning(node.func.value).partition("{")[0]
    return ""


def is_sys_path(node, scope):
    if isinstance(node, ast.Name):
        return node.id in scope.paths
    return isinstance(node, ast.Attribute) and node.attr == "path" and getattr(node.value, "id", None) in scope.systems


def list_parts(node):
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return list_parts(node.left) + list_parts(node.right)
    return [node] if isinstance(node, (ast.List, ast.Tuple)) else []


def literal_index(node):
    if type(node).__name__ == "Index":
        # Until Python 3.9, around what stands in brackets.
        node = node.value
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else None


def above_by(count):
    def above(path):
        for _ in range(count):
            path = os.path.dirname(path)
        return path

    return above


def every(values, change):
    return None if values is None else [change(value) for value in values]


def normal_name(name):
    return re.sub(r"[-_.]+", "-", name or "").lower()


def name_of(distribution):
    """Empty of one whose metadata cannot be read."""
    try:
        return normal_name(distribution.metadata["Name"])
    except Exception:
        return ""


def names_given_by(distribution):
    """The first names of the modules that a distribution has installed."""
    listed = (distribution.read_text("top_level.txt") or "").split()
    record = distribution.read_text("RECORD") or ""
    tops = {line.split(",")[0].split("/")[0] for line in record.splitlines()}
    found = {re.sub(r"\..*$", "", top) for top in tops if not top.endswith((".dist-info", ".data")) and top != ".."}
    return set(listed) | found or {name_of(distribution).replace("-", "_")}


def version_of(distribution):
    """With the commit or the archive that it was installed from, where that was no index of packages."""
    try:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    except ValueError:
        origin = {}
    commit = origin.get("vcs_info", {}).get("commit_id") or origin.get("archive_info", {}).get("hash")
    return (distribution.version or "") + ("" if not commit else " (%s)" % commit)


# Debian's packages mostly leave out of a distribution's record what it requires, and say so themselves.
DEBIAN_MODULES = "/usr/lib/python3/dist-packages/"
DEBIAN_STATUS = "/var/lib/dpkg/status"


def required_in_debian(place, names):
    """Where the records are of what the package depends on that the record of a distribution at `place` is of."""
    packages = ["python3-" + name.lower().replace("_", "-") for name in sorted(names)]
    package = next((one for one in packages if place in files_in_debian(one)), None)
    records = []
    for other in debian_dependencies().get(package, ()):
        records += [file for file in files_in_debian(other) if re.search(r"\.(?:dist|egg)-info$", file)]
    return records


@functools.lru_cache(maxsize=None)
def files_in_debian(package):
    for name in (package, package + ":" + debian_architecture()):
        try:
            return frozenset(read("/var/lib/dpkg/info/%s.list" % name).decode("utf-8", "replace").splitlines())
        except OSError:
            pass
    return frozenset()


@functools.lru_cache(maxsize=None)
def debian_architecture():
    found = re.search(r"^Package: dpkg\n(?:.+\n)*?Architecture: (\S+)", debian_status(), re.M)
    return found.group(1) if found else ""


@functools.lru_cache(maxsize=None)
def debian_dependencies():
    packages = {}
    for stanza in debian_status().split("\n\n"):
        name = re.search(r"^Package: (python3-\S+)", stanza, re.M)
        depends = re.search(r"^Depends: (.*)", stanza, re.M)
        if name and depends:
            packages[name.group(1)] = re.findall(r"(?:^|, )(python3-[a-z0-9.+-]+)", depends.group(1))
    return packages


@functools.lru_cache(maxsize=None)
def debian_status():
    try:
        return read(DEBIAN_STATUS).decode("utf-8", "replace")
    except OSError:
        return ""


def traced(question):
    root = question["root"]
    sys.path[:] = _given
    for name in list(sys.modules):
        # What .pth files have imported of the project does not say where it is found.
        if getattr(sys.modules[name], "__path__", None) is not None and not hasattr(sys.modules[name], "__file__"):
            sys.modules.pop(name, None)
    script, module = question.get("script"), question.get("module")
    tracer = Tracer(root, question["own"])
    at_start = [found for name in AT_START for found in tracer.find(name)]
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, root if script is None else os.path.dirname(os.path.join(root, script)))
        tracer.look_at_folder(sys.path[0])

    def start():
        for found in at_start:
            tracer.count(found)
        if script is not None:
            tracer.waiting.append(("__main__", os.path.join(root, script), ""))
        for file in question["files"]:
            tracer.waiting.append((file, os.path.join(root, file), package_at(root, file)))
        if module is not None:
            tracer.reach(module)
            if any(found.locations is not None for found in tracer.resolve(module)):
                tracer.reach(module + ".__main__")
        if question["everything"]:
            for distributions in list(tracer.installed_by_name().values()):
                for distribution in distributions:
                    tracer.count_distribution(distribution)

    tracer.trace(start)
    return {
        "isThere": module is None or is_there(tracer, module),
        "modules": list(tracer.modules.values()),
        "distributions": {name: " / ".join(sorted(one)) for name, one in tracer.distributions.items() if one},
        "looked": tracer.looked,
        "dynamic": tracer.dynamic,
        "missing": list(tracer.missing.values()),
        "unknownFolders": tracer.unknown_folders,
        "unread": tracer.unread,
    }


def is_there(tracer, module):
    """Whether it can be run: a package by its `__main__`."""
    candidates = tracer.resolve(module)
    is_package = any(found.locations is not None for found in candidates)
    return len(tracer.resolve(module + ".__main__") if is_package else candidates) > 0


def package_at(root, file):
    """The package that a declared file of the root is in, as far up as there are an `__init__.py`."""
    parts = []
    folder = os.path.dirname(file)
    while folder and os.path.isfile(os.path.join(root, folder, "__init__.py")):
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    return ".".join(parts)


if __name__ == "__main__":
    json.dump(traced(json.load(sys.stdin)), sys.stdout)
