# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Format strings with the fields of an account and role, such as {account_name:lower}-{role_name}.

PRIVATE to the collection. Pure functions: nothing here reads a file. {tags[cost center]} is a tag of the
account; AWS does not allow brackets, braces and quotes in names of tags. A field may have transforms, which
are applied from left to right: {account_name:removeprefix('acme-')|lower}. What a field may contain where its
text is used is checked there, because the names of accounts come from AWS.
"""

from __future__ import annotations

import re
import string
import typing as t

from .._aws_config.validation import InputError
from .._text import did_you_mean, similar_names
from .filter import tags_in

FIELDS = (
    "account_id",
    "account_name",
    "account_alias",
    "role_name",
    "email",
    "session",
    "organizational_unit",
)

Entry = t.Mapping[str, t.Any]
"""An account and role as the lookup sso_access returns them, with account_alias."""

_SUPPORTED = ", ".join(f"{{{field}}}" for field in (*FIELDS, "tags[NAME]"))
_TAG = re.compile(r"tags\[([^\[\]]+)\]")

_Transform = t.Callable[[str], str]

_ARGUMENT = r"""'[^']*'|"[^"]*\""""
_CALL = re.compile(rf"\s*(\w+)\s*(?:\(\s*((?:{_ARGUMENT})(?:\s*,\s*(?:{_ARGUMENT}))*)?\s*\))?\s*(?:\||\Z)")
_PIECE = re.compile(rf"(?:{_ARGUMENT}|[^|])+")
# In a value, only what looks like a field is one: other braces, and those of ${HOME}, are ordinary text.
_FIELD_IN_VALUE = re.compile(
    rf"(?P<escaped>\{{)?(?<!\$)\{{(?P<name>[a-z_]+(?:\[[^\[\]{{}}]*\])?)(?P<rest>(?:[:!|.](?:{_ARGUMENT}|[^{{}}'\"])*)?)\}}(?(escaped)\}})"
)


class Field(t.NamedTuple):
    """One field of a format string: the name of a key, or of a *tag*, and what its value is changed by."""

    name: str
    transforms: t.Tuple[_Transform, ...] = ()
    tag: t.Optional[str] = None

    def value(self, entry: Entry) -> str:
        """The text in *entry*; empty if *entry* does not have the key or tag."""
        found = entry.get(self.name) if self.tag is None else tags_in(entry).get(self.tag)
        return str(found or "")

    def text(self, entry: Entry) -> str:
        """The text of the field for *entry*, changed by the transforms."""
        text = self.value(entry)
        for transform in self.transforms:
            text = transform(text)
        return text


Parts = t.List[t.Union[str, Field]]


def parse_format(text: str, option: str) -> Parts:
    """The literal texts and fields of *text*, the value of *option*. Raises InputError."""
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise InputError(
            f"{option} {text!r} is not a valid format string: {error}. Write the characters {{ and }} as {{{{"
            " and }}."
        ) from error
    parts: Parts = []
    for literal, name, spec, conversion in parsed:
        parts.append(literal)
        if name is not None:
            parts.append(_field(f"{option} {text!r}", name, spec or "", conversion or ""))
    return [part for part in parts if part != ""]


def parse_value(text: str, option: str) -> t.Optional[Parts]:
    """As parse_format() for a value, in which only what looks like a field is one; None if there is none.

    A name in braces that is not similar to a field is ordinary text, and so is {{account_name}}, which stands
    for {account_name}. Raises InputError.
    """
    if "{" not in text:
        return None
    parts: Parts = []
    end = 0
    for match in _FIELD_IN_VALUE.finditer(text):
        if not _is_like_a_field(match["name"]):
            continue
        parts.append(text[end : match.start()])
        if match["escaped"]:
            parts.append(match[0][1:-1])
        else:
            spec = match["rest"]
            name = match["name"] + ("" if spec[:1] in (":", "!") else spec)
            conversion, _colon, transforms = spec[1:].partition(":")
            parts.append(
                _field(f"{option} {text!r}", name, transforms, conversion)
                if spec[:1] == "!"
                else _field(f"{option} {text!r}", name, spec[1:] if spec[:1] == ":" else "", "")
            )
        end = match.end()
    parts.append(text[end:])
    return [part for part in parts if part != ""] if end else None


def _is_like_a_field(name: str) -> bool:
    """Whether *name* in the braces of a value is meant to be a field; {list[0]} and {xyz} are other text."""
    plain, bracket, _rest = name.partition("[")
    return bool(plain in (*FIELDS, "tags") or similar_names(plain, (*FIELDS, "tags") if bracket else FIELDS))


def _field(where: str, name: str, spec: str, conversion: str) -> Field:
    tag = _TAG.fullmatch(name)
    if name not in FIELDS and tag is None:
        raise InputError(
            f"{where} uses {{{name}}}. The supported fields are {_SUPPORTED}. {_hint(name)}".rstrip()
        )
    if conversion:
        raise InputError(
            f"{where} has the conversion !{conversion} in {{{name}!{conversion}}}. A field has no"
            f" conversions. It may have transforms after a colon, such as {{{name}:lower}}."
        )
    return Field(name, tuple(_transforms(where, name, spec)), tag[1] if tag else None)


def _hint(name: str) -> str:
    plain, pipe, transforms = name.partition("|")
    if pipe and plain.strip() in FIELDS:
        return f"Write the transforms of a field after a colon: {{{plain.strip()}:{transforms.strip()}}}"
    key, _dot, tag = name.strip().partition(".")
    if key == "tags":
        return f"Write {{tags[{tag or 'NAME'}]}} for the tag {tag or 'NAME'} of an account."
    return did_you_mean(name.partition("[")[0].strip(), (*FIELDS, "tags") if "[" in name else FIELDS)


def _transforms(where: str, name: str, spec: str) -> t.Iterator[_Transform]:
    position = 0
    while position < len(spec):
        call = _CALL.match(spec, position)
        if call is None or call[1] not in _TRANSFORMS:
            piece = _PIECE.match(spec, position)
            text = (piece[0] if piece else spec[position:]).strip()
            raise InputError(
                f"{where} has {text!r} in {{{name}:{spec}}}, which is not a transform. The transforms are"
                f" {_USAGE}. Separate several ones with |. {did_you_mean(text.lower(), _TRANSFORMS)}".rstrip()
            )
        try:
            yield _TRANSFORMS[call[1]](*(text[1:-1] for text in re.findall(_ARGUMENT, call[2] or "")))
        except TypeError:
            raise InputError(
                f"{where} has {call[0].strip(' |')!r} in {{{name}:{spec}}}. The transforms are {_USAGE}."
            ) from None
        position = call.end()


def _lower() -> _Transform:
    return str.lower


def _upper() -> _Transform:
    return str.upper


def _remove_prefix(prefix: str, *others: str) -> _Transform:
    prefixes = (prefix, *others)

    def remove(text: str) -> str:
        found = next(filter(text.startswith, prefixes), "")
        return text[len(found) :]

    return remove


def _remove_suffix(suffix: str, *others: str) -> _Transform:
    suffixes = (suffix, *others)

    def remove(text: str) -> str:
        found = next(filter(text.endswith, suffixes), "")
        return text[: len(text) - len(found)]

    return remove


def _replace(old: str, new: str) -> _Transform:
    if not old:
        raise TypeError("an empty text is everywhere")
    return lambda text: text.replace(old, new)


_TRANSFORMS: t.Dict[str, t.Callable[..., _Transform]] = {
    "lower": _lower,
    "upper": _upper,
    "removeprefix": _remove_prefix,
    "removesuffix": _remove_suffix,
    "replace": _replace,
}
_USAGE = "lower, upper, removeprefix('TEXT'), removesuffix('TEXT') and replace('OLD', 'NEW')"
