# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the sign-in, taken as documentation/pictures.py does it, but not written to docs/."""

from __future__ import annotations

import pathlib
import struct

from documentation import pictures
from end_to_end import chromium
from end_to_end.needs import need
from end_to_end.quick_start import company
from identity_center import IdentityCenter


def test_a_picture_of_each_page_while_the_module_signs_in(tmp_path: pathlib.Path) -> None:
    need(chromium.missing())
    with IdentityCenter(company()) as center:
        taken = dict(pictures.take(tmp_path, center))
        assert center.count("CreateToken", status=200) == 1
    assert list(taken) == list(pictures.STEPS)
    for data in taken.values():
        width, height = struct.unpack(">II", data[16:24])
        assert width == pictures.WIDTH * pictures.SCALE and 300 < height < 1200
