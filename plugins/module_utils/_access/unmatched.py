# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Globs that match nothing, such as a misspelled name of an account, and warnings that name what there is.

PRIVATE to the collection. One of several globs, or one of an exclusion, may match nothing: the settings of a
company are for all of its users, and each of them has some of its accounts and roles.
"""

from __future__ import annotations

import typing as t

from .._aws_config.validation import checked_globs
from .._errors import WorkstationError
from .._text import printable, shortened_list, similar_names
from .filter import Entry, access_matcher, checked_tag_globs, matches, tags_in
from .misspelling import is_misspelling

Names = t.Tuple[str, ...]
"""What a glob is compared with: the name of a role, or the ID and the name of an account."""

_MOST_TO_NAME = 10
_OWNER = "There are"
_NO_UNIT, _NO_TAG = "(no organizational unit)", "(no tag)"
_WHAT = {
    "accounts": "No account matches",
    "exclude_accounts": "No account matches",
    "roles": "No role in the selected accounts matches",
    "exclude_roles": "No role in the selected accounts matches",
    "organizational_units": "No account is in an organizational unit that matches",
    "account_tags": "No account has a value of the tag that matches",
}


class Comparison(t.NamedTuple):
    """The globs of an *option* that match none of the *known* names; these are empty if all globs match.

    *misspelled* are those that resemble a name which no other glob matches.
    """

    option: str
    unmatched: t.Tuple[str, ...]
    known: t.Tuple[Names, ...]
    misspelled: t.Tuple[str, ...]
    others_match: bool


def compared(option: str, globs: t.Optional[t.Iterable[str]], names: t.Iterable[Names]) -> t.List[Comparison]:
    """The comparison of *globs* with *names*; none if the option selects everything anyway."""
    narrowing = [glob for glob in globs or () if glob != "*"]
    if not narrowing:
        return []
    known = tuple(dict.fromkeys(names))
    return [_comparison(option, narrowing, known, known)]


def _comparison(
    option: str, globs: t.Sequence[str], names: t.Sequence[Names], known: t.Tuple[Names, ...]
) -> Comparison:
    unmatched = tuple(glob for glob in globs if not any(matches([glob], *item) for item in names))
    if not unmatched:
        return Comparison(option, (), (), (), True)
    free = [item for item in names if not matches(globs, *item)]
    parts = {part for item in free for part in (item[-1], *item[-1].split("/"))}
    misspelled = tuple(glob for glob in unmatched if any(is_misspelling(glob, part) for part in parts))
    return Comparison(option, unmatched, known, misspelled, len(unmatched) < len(globs))


def compared_exclusions(
    option: str, globs: t.Optional[t.Iterable[str]], names: t.Iterable[Names]
) -> t.List[Comparison]:
    """As compared() for globs of which all may match nothing: only misspelled ones are mistakes."""
    return [comparison._replace(others_match=True) for comparison in compared(option, globs, names)]


def compared_units(
    option: str, globs: t.Optional[t.Iterable[str]], units: t.Iterable[str]
) -> t.List[Comparison]:
    """As compared() for organizational units; accounts outside of them are named as such."""
    return compared(option, globs, [(unit or _NO_UNIT,) for unit in units])


def compared_tags(
    option: str, globs: t.Mapping[str, t.Iterable[str]], tags: t.Iterable[t.Mapping[str, t.Any]]
) -> t.List[Comparison]:
    """As compared() for the values of each tag in *globs*; *tags* are those of each account."""
    tags = list(tags)
    return [
        comparison
        for name in globs
        for comparison in _compared_tag(f"{option}.{name}", name, globs[name], tags)
    ]


def _compared_tag(
    option: str, name: str, globs: t.Iterable[str], tags: t.Iterable[t.Mapping[str, t.Any]]
) -> t.List[Comparison]:
    """The glob * requires that the tag exists, unlike elsewhere."""
    found = [None if values.get(name) is None else str(values[name]) for values in tags]
    values = [(value,) for value in found if value is not None]
    known = tuple(dict.fromkeys((_NO_TAG if value is None else value,) for value in found))
    return [_comparison(option, list(globs), values, known)]


def unmatched_texts(comparisons: t.Iterable[Comparison], owner: str = "You have") -> t.List[str]:
    """A warning for each option whose globs match nothing in all of its *comparisons*, or are misspelled.

    There is none where nothing is known: that there is no access has a message of its own. *owner* begins the
    sentence that names what there is.
    """
    by_option: t.Dict[str, t.List[Comparison]] = {}
    for comparison in comparisons:
        by_option.setdefault(comparison.option, []).append(comparison)
    texts = [_text(option, found, owner) for option, found in by_option.items()]
    return [text for text in texts if text]


def _text(option: str, comparisons: t.Sequence[Comparison], owner: str) -> str:
    misspelled = {glob for comparison in comparisons for glob in comparison.misspelled}
    others_match = any(comparison.others_match for comparison in comparisons)
    unmatched = [
        glob
        for glob in dict.fromkeys(comparisons[0].unmatched)
        if all(glob in other.unmatched for other in comparisons) and (glob in misspelled or not others_match)
    ]
    known = list(dict.fromkeys(names for comparison in comparisons for names in comparison.known))
    if not unmatched or not known:
        return ""
    field = option.rpartition("].")[2].partition(".")[0]
    globs = shortened_list([printable(glob) for glob in unmatched], _MOST_TO_NAME)
    listed = shortened_list([printable(_label(names)) for names in _sorted(known, unmatched)], _MOST_TO_NAME)
    case = " Upper and lower case differ." if _only_case_differs(known, unmatched) else ""
    return f"{_WHAT.get(field, 'Nothing matches')} {printable(option)}: {globs}. {owner}: {listed}.{case}"


def _sorted(known: t.Iterable[Names], globs: t.Iterable[str]) -> t.List[Names]:
    """*known* with those first that resemble one of *globs*."""
    known = sorted(known, key=lambda names: (names[-1].casefold(), names))
    similar = {name for glob in globs for name in similar_names(glob, {names[-1] for names in known})}
    return sorted(known, key=lambda names: names[-1] not in similar)


def _only_case_differs(known: t.Sequence[Names], globs: t.Iterable[str]) -> bool:
    lower = [[name.lower() for name in names] for names in known]
    return any(matches([glob.lower()], *names) for glob in globs for names in lower)


def _label(names: Names) -> str:
    return f"{names[1]} ({names[0]})" if len(names) > 1 and names[1] else names[0]


def unmatched_in_options(access: t.Sequence[Entry], options: t.Mapping[str, t.Any]) -> t.List[str]:
    """The warnings for the *options* of M(workstation.aws_sso.sso_profiles) that select of *access*.

    *options* have been checked. Raises WorkstationError if O(purge) would remove what a misspelled glob was
    meant to select.
    """
    accounts = checked_globs("accounts", options["accounts"])
    selected = list(filter(access_matcher(accounts), access))
    comparisons = compared("accounts", accounts, _accounts(access))
    comparisons += compared("roles", options["roles"], _roles(selected))
    if options["purge"]:
        _refuse_misspelled(comparisons)
    excluded = checked_globs("exclude_accounts", options["exclude_accounts"])
    comparisons += compared_exclusions("exclude_accounts", excluded, _accounts(access))
    comparisons += compared_exclusions("exclude_roles", options["exclude_roles"], _roles(selected))
    for number, override in enumerate(options["overrides"] or ()):
        comparisons += _compared_override(f"overrides[{number}]", access, override)
    return unmatched_texts(comparisons, _OWNER)


def _refuse_misspelled(comparisons: t.Iterable[Comparison]) -> None:
    misspelled = [item._replace(others_match=True) for item in comparisons if item.misspelled]
    for text in unmatched_texts(misspelled, _OWNER):
        raise WorkstationError(
            f"{text} Nothing was written, because purge would remove profiles that a misspelled name was"
            " meant to select. Correct it."
        )


def _compared_override(
    place: str, access: t.Sequence[Entry], override: t.Mapping[str, t.Any]
) -> t.List[Comparison]:
    units = [str(entry.get("organizational_unit") or "") for entry in access]
    tags = checked_tag_globs(f"{place}.account_tags", override.get("account_tags"))
    found = [  # an override need not apply
        *compared(f"{place}.accounts", checked_globs(place, override.get("accounts")), _accounts(access)),
        *compared(f"{place}.roles", override.get("roles"), _roles(access)),
        *compared_units(f"{place}.organizational_units", override.get("organizational_units"), units),
        *compared_tags(f"{place}.account_tags", tags, map(tags_in, access)),
    ]
    return [comparison._replace(others_match=True) for comparison in found]


def _accounts(access: t.Iterable[Entry]) -> t.List[Names]:
    return [(str(entry.get("account_id") or ""), str(entry.get("account_name") or "")) for entry in access]


def _roles(access: t.Iterable[Entry]) -> t.List[Names]:
    return [(str(entry.get("role_name") or ""),) for entry in access]
