# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts that an expression in the source of the collection may have, for documentation made from it.

What is known at run time only becomes an ellipsis.
"""

from __future__ import annotations

import ast
import collections
import functools
import itertools
import pathlib
import re
import typing as t

GAP = "…"
PLACE = f"in {GAP}"
"""What place() and Configuration.place() of the package _doctor return."""
LOGIN = f"aws sso login --sso-session {GAP}"
"""What SsoSession.login_command() returns for a session with a name."""

_MOST = 12
"""Alternatives of an expression; one with more is not worth a list."""
_DEEPEST = 6
"""Calls and names that are followed."""
_KNOWN = {"place": PLACE, "displayable": GAP, "shortened_list": GAP}
"""Functions whose texts are not looked up."""

Definition = t.Union[ast.FunctionDef, ast.ClassDef]
Bound = t.Dict[str, t.Tuple[str, ...]]


class Module:
    """The top level of a file: its definitions and constants, also those that it imports from others."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.defined: t.Dict[str, Definition] = {}
        self.constants: t.Dict[str, ast.expr] = {}
        self.imported: t.Dict[str, pathlib.Path] = {}
        self.calls = _calls(self.tree)
        for node in self.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.defined[node.name] = node
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.constants[node.targets[0].id] = node.value
            elif isinstance(node, ast.ImportFrom) and node.level:
                source = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                for name in node.names:
                    inside = source / f"{name.name}.py"
                    self.imported[name.name] = inside if inside.is_file() else source.with_suffix(".py")

    def place(self, name: str) -> Module:
        """The module that defines *name*: this one, or the one that it is imported from."""
        path = self.imported.get(name)
        return module(path).place(name) if path is not None and path.is_file() else self


@functools.lru_cache(maxsize=None)
def module(path: pathlib.Path) -> Module:
    return Module(path)


def _calls(tree: ast.Module) -> t.Dict[str, t.List[t.Tuple[ast.FunctionDef, ast.Call]]]:
    """The calls in the functions of a module, by the last name of what is called."""
    found: t.Dict[str, t.List[t.Tuple[ast.FunctionDef, ast.Call]]] = collections.defaultdict(list)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    found[ast.unparse(node.func).rpartition(".")[2]].append((function, node))
    return found


class Scope(t.NamedTuple):
    """Where an expression is: in a function of a module, some of whose names are *bound* to texts."""

    module: Module
    function: t.Optional[ast.FunctionDef]
    bound: Bound
    depth: int = 0


def texts(node: t.Optional[ast.expr], scope: Scope) -> t.Tuple[str, ...]:
    """The texts that *node* may have; GAP stands for what is known at run time only."""
    found = _texts(node, scope) if node is not None and scope.depth <= _DEEPEST else ()
    shown = dict.fromkeys(re.sub(rf"{GAP}+", GAP, text) for text in found if not text.endswith(" ."))
    return tuple(shown) if 0 < len(shown) <= _MOST else (GAP,)


def _texts(node: ast.expr, scope: Scope) -> t.Sequence[str]:
    source = ast.unparse(node)
    found: t.Sequence[str] = (GAP,)
    if source in scope.bound:
        found = scope.bound[source]
    elif isinstance(node, ast.Constant):
        found = _constant(node.value)
    elif isinstance(node, ast.JoinedStr):
        found = _joined([texts(_value(value), scope) for value in node.values])
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and not _is_number(node.right):
        found = _joined([texts(node.left, scope), texts(node.right, scope)])
    elif isinstance(node, ast.IfExp):
        found = _either([node.body, node.orelse], scope)
    elif isinstance(node, (ast.BoolOp, ast.Dict)):
        found = _either(node.values, scope)
    elif isinstance(node, ast.Subscript) and not isinstance(node.slice, (ast.Constant, ast.Slice)):
        found = texts(node.value, scope)
    elif isinstance(node, (ast.Name, ast.Call)):
        found = _named(node, scope) if isinstance(node, ast.Name) else _called(node, scope)
    elif source == "token.login":
        found = (LOGIN,)
    return found


def _either(nodes: t.Sequence[ast.expr], scope: Scope) -> t.Tuple[str, ...]:
    return tuple(itertools.chain.from_iterable(texts(node, scope) for node in nodes))


def _value(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.FormattedValue) else node


def _constant(value: t.Any) -> t.Sequence[str]:
    if isinstance(value, float):
        return (f"{value:g}",)
    return () if value is None else (str(value) if value or value == "" else GAP,)


def _joined(parts: t.Sequence[t.Tuple[str, ...]], between: str = "") -> t.Tuple[str, ...]:
    shown = list(parts)
    while functools.reduce(lambda size, part: size * len(part), shown, 1) > _MOST:
        largest = max(shown, key=len)
        shown[shown.index(largest)] = (GAP,)
    return tuple(between.join(chosen) for chosen in itertools.product(*shown))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _named(name: ast.Name, scope: Scope) -> t.Tuple[str, ...]:
    """The texts of a variable of the function, or of a constant of its module."""
    inner = scope._replace(depth=scope.depth + 1)
    assigned = [] if scope.function is None else _assigned(name, scope.function)
    if assigned:
        return tuple(itertools.chain.from_iterable(texts(value, inner) for value in assigned))
    place = scope.module.place(name.id)
    value = place.constants.get(name.id)
    return texts(value, Scope(place, None, {}, scope.depth + 1)) if value is not None else (GAP,)


def _assigned(name: ast.Name, function: ast.FunctionDef) -> t.List[ast.expr]:
    """What is assigned to *name* before it is used: the last time for certain, and later in some branches."""
    found: t.List[t.Tuple[int, bool, ast.expr]] = []
    for node in ast.walk(function):
        for block in (getattr(node, field, None) for field in ("body", "orelse")):
            statements = t.cast(t.List[ast.stmt], block) if isinstance(block, list) else []
            for statement in filter(lambda each: _assigns(each, name), statements):
                around = statements[0].lineno <= name.lineno <= (statements[-1].end_lineno or 0)
                found.append((statement.lineno, around, t.cast(ast.Assign, statement).value))
    values: t.List[ast.expr] = []
    for _line, around, value in sorted(found, key=lambda each: each[0]):
        values = [*([] if around else values), value]
    return values


def _assigns(statement: ast.stmt, name: ast.Name) -> bool:
    if not isinstance(statement, ast.Assign) or statement.lineno >= name.lineno:
        return False
    return [ast.unparse(target) for target in statement.targets] == [name.id]


def _called(node: ast.Call, scope: Scope) -> t.Sequence[str]:
    """The texts that a function of the collection returns."""
    name = ast.unparse(node.func)
    last = name.rpartition(".")[2]
    method = node.func if isinstance(node.func, ast.Attribute) else None
    if last in _KNOWN:
        found: t.Sequence[str] = (_KNOWN[last],)
    elif name == "for_profiles":
        found = texts(node.args[1], scope)
    elif name == "chain" and not any(isinstance(value, ast.Starred) for value in node.args):
        found = _joined([texts(value, scope) for value in node.args], " && ")
    elif name == "dict.fromkeys":
        found = texts(node.args[-1], scope)
    elif method is not None and last in ("replace", "rstrip"):
        found = _replaced(last, texts(method.value, scope), [texts(value, scope) for value in node.args])
    else:
        found = _returned(node, name, scope)
    return found


def _replaced(method: str, found: t.Sequence[str], values: t.Sequence[t.Sequence[str]]) -> t.Sequence[str]:
    if method == "rstrip":
        return found
    if len(values) != 2 or any(len(value) != 1 for value in values):
        return (GAP,)
    return tuple(text.replace(values[0][0], values[1][0]) for text in found)


def _returned(node: ast.Call, name: str, scope: Scope) -> t.Sequence[str]:
    owner, _dot, method = name.rpartition(".")
    imported = scope.module.imported.get(owner)
    place = scope.module.place(name) if imported is None else module(imported)
    function = place.defined.get(method)
    if owner and imported is None:
        place, function = _method(owner, method, scope)
    if not isinstance(function, ast.FunctionDef):
        return (GAP,)
    inner = Scope(place, function, arguments(node, function, place, scope), scope.depth + 1)
    values = [found.value for found in ast.walk(function) if isinstance(found, ast.Return) and found.value]
    return _either(values, inner)


def _method(owner: str, name: str, scope: Scope) -> t.Tuple[Module, t.Optional[ast.FunctionDef]]:
    """The method *name* of a parameter whose class is annotated, or of self."""
    annotated = scope.function.args.args if scope.function is not None else []
    classes = [ast.unparse(each.annotation) for each in annotated if each.arg == owner and each.annotation]
    if owner == "self":
        there = [each for each in scope.module.defined.values() if isinstance(each, ast.ClassDef)]
        classes = [each.name for each in there if scope.function in each.body]
    for each in classes:
        place = scope.module.place(each)
        defined = place.defined.get(each)
        for method in defined.body if defined is not None else []:
            if isinstance(method, ast.FunctionDef) and method.name == name:
                return place, method
    return scope.module, None


def arguments(call: ast.Call, function: ast.FunctionDef, place: Module, scope: Scope) -> Bound:
    """The texts of the parameters of *function*, which *place* defines, in a *call* of it."""
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]
    defaults = function.args.defaults
    bound: Bound = dict.fromkeys(names, (GAP,))
    for name, default in zip(names[len(names) - len(defaults) :], defaults):
        bound[name] = texts(default, Scope(place, None, {}, scope.depth + 1))
    positional = itertools.takewhile(lambda value: not isinstance(value, ast.Starred), call.args)
    given = [*zip(names, positional), *((word.arg or "", word.value) for word in call.keywords)]
    bound.update((name, texts(value, scope)) for name, value in given)
    return bound


def strings(path: pathlib.Path) -> t.List[str]:
    """All strings in the file *path*, with gaps for the values in f-strings and format strings."""
    found: t.List[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(re.sub(r"\{[^{}]*\}", GAP, node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = [str(each.value) if isinstance(each, ast.Constant) else GAP for each in node.values]
            found.append("".join(parts))
    return found
