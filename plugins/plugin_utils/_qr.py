# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""QR codes for a terminal, so that a phone can open a page: ISO/IEC 18004, byte mode, correction level L.

PRIVATE to the collection. Versions 1 to 9 only: they hold 230 bytes, more than any sign-in page's address
needs, and each of their blocks has the same length.
"""

from __future__ import annotations

import typing as t

Matrix = t.List[t.List[bool]]
"""Rows of modules; True is dark."""


class Version(t.NamedTuple):
    data_bytes: int
    correction_bytes: int
    blocks: int
    alignment: tuple[int, ...]


# Tables 9 and E.1 of the standard; data_bytes are those of all blocks, correction_bytes those of one.
VERSIONS = {
    1: Version(19, 7, 1, ()),
    2: Version(34, 10, 1, (6, 18)),
    3: Version(55, 15, 1, (6, 22)),
    4: Version(80, 20, 1, (6, 26)),
    5: Version(108, 26, 1, (6, 30)),
    6: Version(136, 18, 2, (6, 34)),
    7: Version(156, 20, 2, (6, 22, 38)),
    8: Version(194, 24, 2, (6, 24, 42)),
    9: Version(232, 30, 2, (6, 26, 46)),
}
MASKS: tuple[t.Callable[[int, int], bool], ...] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
QUIET_ZONE = 2
_LEVEL_L = 0b01
_BLACK_ON_WHITE = "\x1b[30;107m"
_PLAIN = "\x1b[0m"


class TooLong(ValueError):
    """The text does not fit into version 9."""


def drawing(text: str) -> str:
    """*text* as a QR code of half-block characters, two rows of modules to a line; empty if too long."""
    try:
        modules = matrix(text.encode())
    except TooLong:
        return ""
    width = len(modules) + 2 * QUIET_ZONE
    margin = [[False] * width] * QUIET_ZONE
    side = [False] * QUIET_ZONE
    rows = [*margin, *([*side, *row, *side] for row in modules), *margin, [False] * width]
    lines = []
    for upper, lower in zip(rows[0::2], rows[1::2]):
        cells = ("█" if u and low else "▀" if u else "▄" if low else " " for u, low in zip(upper, lower))
        lines.append(_BLACK_ON_WHITE + "".join(cells) + _PLAIN)
    return "\n".join(lines)


def matrix(data: bytes) -> Matrix:
    """The modules of the smallest QR code that holds *data*. Raises TooLong."""
    number = _smallest_version(data)
    size = 17 + 4 * number
    modules: list[list[bool | None]] = [[None] * size for _row in range(size)]
    _draw_patterns(modules, number)
    free = [[module is None for module in row] for row in modules]
    bits = _bits(_with_correction(_codewords(data, VERSIONS[number]), VERSIONS[number]))
    _fill(modules, bits)
    candidates = [_masked(modules, free, mask) for mask in range(len(MASKS))]
    return min(candidates, key=_length_of_runs)


def _smallest_version(data: bytes) -> int:
    for number, version in VERSIONS.items():
        if len(data) + 2 <= version.data_bytes:
            return number
    raise TooLong(f"{len(data)} bytes are too many for a QR code of version 9")


def _codewords(data: bytes, version: Version) -> bytes:
    """Mode, length, data and terminator, shifted by the mode's half a byte; then padding."""
    content = bytes.fromhex(f"4{len(data):02x}{data.hex()}0")
    padding = bytes([0xEC, 0x11]) * version.data_bytes
    return (content + padding)[: version.data_bytes]


def _with_correction(codewords: bytes, version: Version) -> list[int]:
    length = version.data_bytes // version.blocks
    blocks = [codewords[start : start + length] for start in range(0, version.data_bytes, length)]
    corrections = [_remainder(block, version.correction_bytes) for block in blocks]
    interleaved = [byte for column in zip(*blocks) for byte in column]
    return interleaved + [byte for column in zip(*corrections) for byte in column]


def _product(left: int, right: int) -> int:
    """In the field of 256 elements with the polynomial 0x11D."""
    result = 0
    for bit in range(7, -1, -1):
        result = (result << 1) ^ (0x11D if result & 0x80 else 0)
        result ^= left if right >> bit & 1 else 0
    return result


def _remainder(block: bytes, degree: int) -> list[int]:
    """The Reed-Solomon correction of *block*."""
    generator = [1]
    root = 1
    for _index in range(degree):
        shifted = [*generator, 0]
        for index, coefficient in enumerate(generator):
            shifted[index + 1] ^= _product(coefficient, root)
        generator = shifted
        root = _product(root, 2)
    remainder = [0] * degree
    for byte in block:
        factor = byte ^ remainder[0]
        remainder = [*remainder[1:], 0]
        for index, coefficient in enumerate(generator[1:]):
            remainder[index] ^= _product(coefficient, factor)
    return remainder


def _bits(codewords: t.Iterable[int]) -> t.Iterator[bool]:
    for codeword in codewords:
        for bit in range(7, -1, -1):
            yield bool(codeword >> bit & 1)


def _draw_patterns(modules: list[list[bool | None]], number: int) -> None:
    size = len(modules)
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        _draw_square(modules, row, column, 4, dark_rings=(0, 1, 3))
    for row in VERSIONS[number].alignment:
        for column in VERSIONS[number].alignment:
            if modules[row][column] is None:
                _draw_square(modules, row, column, 2, dark_rings=(0, 2))
    for index in range(8, size - 8):
        modules[6][index] = modules[index][6] = index % 2 == 0
    _draw_format(modules, 0)
    if number >= 7:
        _draw_version(modules, number)


def _draw_square(
    modules: list[list[bool | None]], row: int, column: int, radius: int, dark_rings: tuple[int, ...]
) -> None:
    for down in range(-radius, radius + 1):
        for right in range(-radius, radius + 1):
            if 0 <= row + down < len(modules) and 0 <= column + right < len(modules):
                modules[row + down][column + right] = max(abs(down), abs(right)) in dark_rings


def _draw_format(modules: list[list[t.Any]], mask: int) -> None:
    word = _LEVEL_L << 3 | mask
    bits = (word << 10 | _code_remainder(word, 0x537, 10)) ^ 0x5412
    size = len(modules)
    around_corner = [*range(6), 7, 8]
    for index in range(8):
        dark = bool(bits >> index & 1)
        modules[around_corner[index]][8] = dark
        modules[8][size - 1 - index] = dark
    for index in range(8, 15):
        dark = bool(bits >> index & 1)
        modules[8][around_corner[14 - index]] = dark
        modules[size - 15 + index][8] = dark
    modules[size - 8][8] = True


def _draw_version(modules: list[list[t.Any]], number: int) -> None:
    bits = number << 12 | _code_remainder(number, 0x1F25, 12)
    for index in range(18):
        dark = bool(bits >> index & 1)
        modules[index // 3][len(modules) - 11 + index % 3] = dark
        modules[len(modules) - 11 + index % 3][index // 3] = dark


def _code_remainder(word: int, polynomial: int, degree: int) -> int:
    """Of the BCH code with *polynomial*."""
    remainder = word
    for _index in range(degree):
        remainder = (remainder << 1) ^ (polynomial if remainder >> (degree - 1) & 1 else 0)
    return remainder


def _fill(modules: list[list[t.Any]], bits: t.Iterator[bool]) -> None:
    """Two columns at a time from the right, upwards and downwards in turn, around the timing pattern."""
    size = len(modules)
    upwards = True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for row in reversed(range(size)) if upwards else range(size):
            for column in (right, right - 1):
                if modules[row][column] is None:
                    modules[row][column] = next(bits, False)
        upwards = not upwards


def _masked(modules: list[list[t.Any]], free: Matrix, mask: int) -> Matrix:
    inverts = MASKS[mask]
    result = [
        [module != (free[row][column] and inverts(row, column)) for column, module in enumerate(line)]
        for row, line in enumerate(modules)
    ]
    _draw_format(result, mask)
    return result


def _length_of_runs(modules: Matrix) -> int:
    """The standard's first and weightiest penalty: five or more modules of one colour in a line."""
    penalty = 0
    for line in (*modules, *zip(*modules)):
        run = 1
        for before, module in zip(line, line[1:]):
            run = run + 1 if module == before else 1
            penalty += 3 if run == 5 else 1 if run > 5 else 0
    return penalty
