# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings of workstation_info in docs/troubleshooting.md, from the source of the package _doctor.

python -m documentation.finding_table    write them, and print the file if it is different now

The texts are those of the calls of Finding, with an ellipsis for what is known at run time only. A text that
is not in the call at all is replaced by the docstring of the function with the call.
"""

from __future__ import annotations

import ast
import re
import typing as t

from checks.part import ROOT
from support import source_texts
from support.source_texts import GAP, Bound, Module, Scope, module, texts

PAGE = ROOT / "docs" / "troubleshooting.md"
START = "<!-- findings: written by documentation.finding_table, from plugins/module_utils/_doctor -->"
END = "<!-- findings: end -->"
DOCTOR = ROOT / "plugins" / "module_utils" / "_doctor"
SEVERITIES = ("error", "warning", "info")
FIELDS = ("id", "severity", "subject", "what", "why", "fix")

DEPENDS = "depends on the host; the finding has the command or the instruction."


class Entry(t.NamedTuple):
    """What the page says about a finding: alternatives of each of its fields; *about* replaces what."""

    id: str
    severities: t.Tuple[str, ...]
    subject: t.Tuple[str, ...]
    what: t.Tuple[str, ...]
    why: t.Tuple[str, ...]
    fix: t.Tuple[str, ...]
    about: t.Tuple[str, ...]


def entries() -> t.Dict[str, Entry]:
    """The findings that the package _doctor can return, by id. Raises ValueError for a call without an id."""
    found: t.Dict[str, Entry] = {}
    for path in sorted(DOCTOR.rglob("*.py")):
        for scope, call in _calls(module(path), "Finding"):
            for entry in _entries(call, scope):
                found[entry.id] = _merged(found.get(entry.id, entry), entry)
    return dict(sorted(found.items()))


def _calls(place: Module, name: str) -> t.Iterator[t.Tuple[Scope, ast.Call]]:
    """The calls of *name* in a module, each in its function."""
    return ((Scope(place, function, {}), call) for function, call in place.calls.get(name, ()))


def _entries(call: ast.Call, scope: Scope) -> t.Iterator[Entry]:
    """The finding of a *call*; if its texts are parameters of the function, that of each call of it."""
    fields = dict(zip(FIELDS, call.args))
    if isinstance(fields["id"], ast.Attribute):  # a Fault, which becomes a finding here
        for inner, fault in _callers("Fault"):
            for arguments in _expanded(fault, inner, ("id", "what", "why", "key", "todo")):
                bound = {f"fault.{name}": value for name, value in arguments.items()}
                yield _entry(
                    {name: texts(value, scope._replace(bound=bound)) for name, value in fields.items()},
                    scope,
                    inner,
                )
        return
    for arguments in _expanded(call, scope, FIELDS):
        yield _entry(arguments, scope, scope)


def _callers(name: str) -> t.Iterator[t.Tuple[Scope, ast.Call]]:
    """The calls of a function, or of a class with the field id, in the whole package."""
    for path in sorted(DOCTOR.rglob("*.py")):
        for scope, call in _calls(module(path), name):
            prefix = ast.unparse(call.func).rpartition(".")[0]
            imported = scope.module.imported.get(prefix)
            place = scope.module.place(name) if imported is None else module(imported)
            defined = place.defined.get(name) if imported is not None or not prefix else None
            if isinstance(defined, ast.FunctionDef) or "id: str" in ast.unparse(defined or ast.Pass()):
                yield scope, call


def _expanded(call: ast.Call, scope: Scope, names: t.Sequence[str]) -> t.Iterator[Bound]:
    """The arguments *names* of a *call*, once for each caller that passes some of them on."""
    for each in _scopes(call, scope):
        yield {name: texts(value, each) for name, value in zip(names, call.args)}


def _scopes(call: ast.Call, scope: Scope) -> t.Sequence[Scope]:
    """*scope* of a *call* with the parameters of the function bound, once for each of its own callers."""
    function = t.cast(ast.FunctionDef, scope.function)
    parameters = {argument.arg for argument in function.args.args}
    passed = {node.id for value in call.args for node in ast.walk(value) if isinstance(node, ast.Name)}
    callers = list(_callers(function.name)) if passed & parameters else []
    return [
        scope._replace(bound=source_texts.arguments(caller, function, scope.module, around))
        for inner, caller in callers
        for around in _scopes(caller, inner)
    ] or [scope]


def _entry(found: Bound, scope: Scope, described: Scope) -> Entry:
    """The entry of a call in *scope*; the function of *described* may have a docstring."""
    id = found["id"][0]
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", id) or not set(found["severity"]) <= set(SEVERITIES):
        raise ValueError(f"{scope.module.path} has a call of Finding whose id or severity cannot be read.")
    function = t.cast(ast.FunctionDef, described.function)
    about = (ast.get_docstring(function) or "").partition("\n")[0]
    severity, subject, what, why, fix = (found[name] for name in FIELDS[1:])
    return Entry(id, severity, subject, what, why, fix, (about,))


def _merged(one: Entry, other: Entry) -> Entry:
    return Entry(one.id, *(tuple(dict.fromkeys([*a, *b])) for a, b in zip(one[1:], other[1:])))


def section(entry: Entry) -> str:
    severities = " or ".join(name for name in SEVERITIES if name in entry.severities)
    what = _saying(entry.what) or _saying(entry.about)
    subjects = _saying(entry.subject, 1)
    lines = [f"### {entry.id}", "", *_item(severities.capitalize(), _shortest(what))]
    lines += [f"- **Subject**: {', '.join(subjects)}"] if subjects else []
    lines += [*_item("Why it matters", _shortest(_saying(entry.why))), *_item("Fix", _longest(entry.fix))]
    return "\n".join(lines) + "\n"


def _item(name: str, shown: t.Sequence[str]) -> t.List[str]:
    if len(shown) < 2:
        return [f"- **{name}**: {shown[0] if shown else DEPENDS}"]
    return [f"- **{name}**, one of:", *(f"  - {text}" for text in shown)]


def _saying(alternatives: t.Sequence[str], words: int = 2) -> t.List[str]:
    """Those of *alternatives* that say more than that there is something."""
    return [text for text in alternatives if len(re.findall(r"[A-Za-z]{2,}", text)) >= words]


def _covers(general: str, special: str) -> bool:
    pattern = ".*".join(map(re.escape, general.split(GAP)))
    return general != special and re.fullmatch(pattern, special) is not None


def _shortest(alternatives: t.Sequence[str]) -> t.List[str]:
    """Without those that are more special than another one."""
    return [_sentence(text) for text in alternatives if not any(_covers(one, text) for one in alternatives)]


def _longest(alternatives: t.Sequence[str]) -> t.List[str]:
    """The instructions and commands, without those that are more general than another one."""
    shown = [text for text in _saying(alternatives, 1) if not any(_covers(text, one) for one in alternatives)]
    return [_command(text) for text in shown]


def _escaped(text: str) -> str:
    return re.sub(r"([\\*<>])", r"\\\1", text.strip())


def _sentence(text: str) -> str:
    text = _escaped(re.sub(rf"\. {GAP}\.?$", ".", text))
    return text if text.endswith((".", "?")) else f"{text}."


def _command(text: str) -> str:
    """A command, which begins with a small letter, or a sentence."""
    if re.match(r"(in|correct|run) ", text):
        text = text.capitalize() if text.islower() else text[0].upper() + text[1:]
    return f"`{text}`" if re.match(r"[a-z$]", text) else _escaped(text)


def part() -> str:
    return "\n".join(section(entry) for entry in entries().values())


def updated(page: str) -> str:
    """*page* with the findings between the two marks."""
    before, start, rest = page.partition(START)
    _old, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"The page needs a line {START} and a line {END} around the findings.")
    return f"{before}{START}\n\n{part()}\n{END}{after}"


def main() -> None:
    old = PAGE.read_text(encoding="utf-8")
    new = updated(old)
    if new != old:
        PAGE.write_text(new, encoding="utf-8")
        print(PAGE)


if __name__ == "__main__":
    main()
