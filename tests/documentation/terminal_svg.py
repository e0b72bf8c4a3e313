# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal showed, as an animated SVG: CSS only, no script, no font of another place.

All lines are below each other. They move up by whole lines behind a window, and a cover hides those that are
not there yet. Without animations, which a reader can switch off for the whole system, the picture is the last
frame.
"""

from __future__ import annotations

import typing as t
import xml.sax.saxutils

COLUMNS, ROWS = 100, 30
CELL, LINE, PADDING = 8.4, 18, 16
"""The size of a character and the padding, in pixels."""
SECONDS_OF_LAST_FRAME = 8
COLORS = {"red": "#f2777a", "green": "#5fbf7f", "brown": "#d9ab4d", "magenta": "#cf9bf2", "cyan": "#56b9c9"}
"""The colours of pyte that are used, on a dark ground."""
STYLE = f"""\
text{{font:14px ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d9dfe7}}
.bold{{font-weight:bold}}.frame{{stroke:#414b58}}.ground{{fill:#12161c}}.cursor{{fill:#d9dfe7}}
{"".join(f".{name}{{fill:{color}}}" for name, color in COLORS.items())}
"""


class Span(t.NamedTuple):
    """Characters of one look, from a column on."""

    column: int
    text: str
    color: str = "default"
    bold: bool = False


class Line(t.NamedTuple):
    """*start* is when the line appears, in seconds. The last span of a command appears letter by letter."""

    start: float
    spans: tuple[Span, ...]
    before_typing: float = 0
    typing: float = 0
    """How many seconds the typing takes; 0 for what is not a command."""

    @property
    def end(self) -> float:
        return self.start + self.before_typing + self.typing


def animation(lines: t.Sequence[Line], title: str, description: str) -> str:
    """The SVG. *lines* are in the order of their *start*, the first of which is 0."""
    total = lines[-1].start + SECONDS_OF_LAST_FRAME
    width, height = COLUMNS * CELL + 2 * PADDING, ROWS * LINE + 2 * PADDING
    typed = [number for number, line in enumerate(lines) if line.typing]
    style = (
        STYLE + _scrolling(lines, total) + "".join(_typing(number, lines[number], total) for number in typed)
    )
    style += "@media (prefers-reduced-motion:reduce){g,rect{animation:none!important}}"
    quoted = xml.sax.saxutils.escape
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" width="{width:g}"'
        f' height="{height}" role="img" aria-labelledby="title description" xml:space="preserve">\n'
        f'<title id="title">{quoted(title)}</title>\n<desc id="description">{quoted(description)}</desc>\n'
        f"<style>\n{style}\n</style>\n"
        f'<clipPath id="window"><rect width="{COLUMNS * CELL:g}" height="{ROWS * LINE}"/></clipPath>\n'
        f'<rect class="ground frame" x=".5" y=".5" width="{width - 1:g}" height="{height - 1}" rx="10"/>\n'
        f'<g transform="translate({PADDING} {PADDING})"><g clip-path="url(#window)">\n'
        '<g class="lines">\n'
        + "".join(_text(number, line) for number, line in enumerate(lines))
        + "".join(_hidden_command(number, lines[number]) for number in typed)
        + f'</g>\n<rect class="ground cover" width="{COLUMNS * CELL:g}" height="{ROWS * LINE}"/>\n'
        + "</g></g>\n</svg>\n"
    )


def _scrolling(lines: t.Sequence[Line], total: float) -> str:
    """The animations of the lines and of their cover, and how both are at the end."""
    moves, covers = [], []
    for number, line in enumerate(lines, 1):
        share = f"{100 * line.start / total:.2f}%"
        covers.append(f"{share}{{transform:translateY({min(number, ROWS) * LINE}px)}}")
        moves.append(f"{share}{{transform:translateY({-max(0, number - ROWS) * LINE}px)}}")
    ends = [frames[-1].partition("{")[2].rstrip("}") for frames in (moves, covers)]
    rules = ""
    for name, frames, end in zip(("lines", "cover"), (moves, covers), ends):
        rules += f".{name}{{{end};animation:{name} {total:.2f}s step-end infinite}}\n"
        rules += f"@keyframes {name}{{{''.join(_without_repetition(frames))}100%{{{end}}}}}\n"
    return rules


def _without_repetition(frames: t.Iterable[str]) -> t.Iterator[str]:
    """Leave out those that change nothing."""
    last = ""
    for frame in frames:
        _share, _brace, rule = frame.partition("{")
        if rule != last:
            yield frame
        last = rule


def _typing(number: int, line: Line, total: float) -> str:
    """The animation that takes the cover of a command away, and leaves nothing of it at the end."""
    letters = len(line.spans[-1].text)
    start, end = (100 * moment / total for moment in (line.end - line.typing, line.end))
    gone = f"translateX({COLUMNS * CELL:g}px)"
    return (
        f".type{number}{{transform:{gone};animation:type{number} {total:.2f}s infinite}}\n"
        f"@keyframes type{number}{{"
        f"0%,{start:.2f}%{{transform:none;animation-timing-function:steps({letters})}}"
        f"{end:.2f}%{{transform:translateX({letters * CELL:.1f}px);animation-timing-function:step-end}}"
        f"{end + 0.01:.2f}%,100%{{transform:{gone}}}}}\n"
    )


def _text(number: int, line: Line) -> str:
    spans = "".join(_span(span) for span in line.spans)
    return f'<text y="{number * LINE + 14}">{spans}</text>\n' if spans else ""


def _span(span: Span) -> str:
    """All characters have the width of a cell, in whatever font there is."""
    look = " ".join(
        name for name in (span.color if span.color in COLORS else "", "bold" if span.bold else "") if name
    )
    chosen = f' class="{look}"' if look else ""
    length = f'x="{span.column * CELL:.5g}" textLength="{len(span.text) * CELL:.5g}"'
    return f"<tspan {length}{chosen}>{xml.sax.saxutils.escape(span.text)}</tspan>"


def _hidden_command(number: int, line: Line) -> str:
    """The cover of a command, with the cursor at its beginning."""
    place = f'y="{number * LINE}" height="{LINE}"'
    start = line.spans[-1].column * CELL
    return (
        f'<g class="type{number}"><rect class="ground" x="{start:.5g}" width="{COLUMNS * CELL:g}" {place}/>'
        f'<rect class="cursor" x="{start:.5g}" width="{CELL}" {place}/></g>\n'
    )
