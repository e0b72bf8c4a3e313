# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged copies of files, the same on every run, for tests of parsers of files that others write."""

from __future__ import annotations

import random
import typing as t

_FRAGMENTS = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\r\n", b"\n\n", b"\x85",
    b"\xe2\x80\xa8", b"[", b"]", b"[]", b"[[", b"=", b"==", b":", b"#", b";", b'"', b"'", b"`", b"\\",
    b"\\\n", b"%(x)s", b"${x}",
    b"\t", b" " * 50, b"-" * 20, b"../" * 20, b"/", b"\xd9\xa1", b"\xc2\xb2", b"9" * 400,
    b"-1", b"1e400", b"NaN", b"[" * 2000, b"{" * 2000, b"a" * 5000,
)  # fmt: skip


def damaged(samples: t.Sequence[str], count: int, seed: int = 1) -> t.Iterator[bytes]:
    """*count* files, each one of *samples* with a few pieces removed, repeated, replaced or exchanged."""
    random_ = random.Random(seed)
    contents = [sample.encode("utf-8") for sample in samples]
    for _number in range(count):
        content = bytearray(random_.choice(contents))
        for _change in range(random_.randint(1, 6)):
            begin = random_.randrange(len(content) + 1)
            end = min(len(content), begin + random_.choice((0, 1, 3, 20)))
            piece = bytes(content[begin:end])
            content[begin:end] = random_.choice(
                (
                    b"",
                    piece * random_.randint(2, 4),
                    random_.choice(_FRAGMENTS),
                    bytes(random_.randrange(256) for _byte in range(random_.randint(1, 8))),
                    bytes(content[random_.randrange(len(content) + 1) :][:30]),
                )
            )
        yield bytes(content)
