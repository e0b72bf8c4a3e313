# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guide in Markdown as reStructuredText, by pandoc."""

from __future__ import annotations

import io
import pathlib
import re
import typing as t

import panflute
import pypandoc

from . import guides


def restructured(page: pathlib.Path) -> str:
    """Raises NotConvertible for HTML and for links to missing files."""
    source = pypandoc.convert_file(str(page), "json", format="gfm")
    document = panflute.load(io.StringIO(source)).walk(_Converter(page))
    target = io.StringIO()
    panflute.dump(document, target)
    text = str(pypandoc.convert_text(target.getvalue(), "rst", format="json", extra_args=["--columns=120"]))
    return re.sub(r"^(\.\. _.*:)\n", r"\1\n\n", text, flags=re.MULTILINE)


class _Converter:
    """Replaces what is different in reStructuredText; called for each element of *page*."""

    def __init__(self, page: pathlib.Path) -> None:
        self._page = page
        self._repository = guides.repository()
        self._images = guides.images()
        self._plugins = guides.plugins()

    def __call__(self, element: panflute.Element, document: panflute.Doc) -> t.Any:
        replace = getattr(self, f"_{type(element).__name__}", None)
        return replace(element) if replace else None

    def _Header(self, header: panflute.Header) -> list[panflute.Element]:
        anchor = "" if header.level == 1 else header.identifier
        header.identifier = ""  # pandoc would make another label of it
        return [_block(f".. _{self._label(self._page, anchor)}:"), header]

    def _Link(self, link: panflute.Link) -> panflute.Element:
        if re.match(r"\w+:", link.url):
            return link
        name, _hash, anchor = link.url.partition("#")
        target = (self._page.parent / name).resolve() if name else self._page
        if not target.exists():
            raise guides.NotConvertible(f"{self._page.name} links to {link.url}, which does not exist.")
        if target in guides.pages():
            return _role("ref", panflute.stringify(link), self._label(target, anchor), link)
        kind = "tree" if target.is_dir() else "blob"
        link.url = (
            f"{self._repository}/{kind}/main/{target.relative_to(guides.DOCS.parent)}{link.url[len(name) :]}"
        )
        return link

    def _Image(self, image: panflute.Image) -> panflute.Element:
        if not (self._page.parent / image.url).is_file():
            raise guides.NotConvertible(f"{self._page.name} shows {image.url}, which does not exist.")
        image.url = self._images + image.url.removeprefix("images/")
        return image

    def _Code(self, code: panflute.Code) -> panflute.Element | None:
        """The name of a plugin becomes a link to its page; reStructuredText has no markup within markup."""
        kind = self._plugins.get(code.text)
        if kind is None or isinstance(code.parent, (panflute.Header, panflute.Inline)):
            return None
        return _role("ansplugin", code.text, f"{guides.NAME}.{code.text}#{kind}", code)

    def _RawBlock(self, raw: panflute.RawBlock) -> list[panflute.Element]:
        if raw.format == "html" and not re.fullmatch(r"\s*<!--.*-->\s*", raw.text, re.DOTALL):
            raise self._unshown(raw)
        return [] if raw.format == "html" else [raw]

    def _RawInline(self, raw: panflute.RawInline) -> None:
        if raw.format == "html":
            raise self._unshown(raw)

    def _unshown(self, raw: panflute.Element) -> guides.NotConvertible:
        return guides.NotConvertible(
            f"{self._page.name} has HTML, which the site does not show: {raw.text[:80]}"
        )

    @staticmethod
    def _label(page: pathlib.Path, anchor: str) -> str:
        return f"{guides.LABEL}{page.stem}{f'.{anchor}' if anchor else ''}"


def _role(name: str, text: str, target: str, replaced: panflute.Inline) -> panflute.Element:
    """A role; beside a word, it needs a blank that is not shown."""
    escaped = re.sub(r"([\\`<>])", r"\\\1", text)
    before, after = (
        "\\ " if isinstance(beside, panflute.Str) else "" for beside in (replaced.prev, replaced.next)
    )
    return panflute.RawInline(f"{before}:{name}:`{escaped} <{target}>`{after}", format="rst")


def _block(text: str) -> panflute.Element:
    return panflute.RawBlock(text, format="rst")
