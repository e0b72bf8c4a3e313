# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the sign-in in docs/images, of the emulator's pages in Chromium.

python -m documentation.pictures    take all pictures, and print their sizes

sso_login signs in by a device code, because that sign-in has all the pages. The code is always the same one,
and the addresses of the emulator are not shown, so a picture is different only if its page is.
"""

from __future__ import annotations

import io
import json
import pathlib
import tempfile
import typing as t

from checks.part import ROOT
from end_to_end.controller import Controller
from end_to_end.quick_start import company
from identity_center import IdentityCenter
from identity_center.world import User
from support.controller_fixtures import link_checkout

if t.TYPE_CHECKING:
    from end_to_end.chromium import Chromium

IMAGES = ROOT / "docs" / "images"
CODE = "DXKW-QMZP"
WIDTH, HEIGHT, SCALE = 640, 800, 2
MARGIN = 24
"""Between the page's content and the edges of a picture, in CSS pixels."""
COLORS = 32


class Step(t.NamedTuple):
    """A page of the sign-in: the name of its picture, its title, and text and id of the button to press."""

    name: str
    title: str
    button: str = ""
    id: str = ""


STEPS = (
    Step("sign-in-code", "Authorization requested", "Confirm and continue", "confirm"),
    Step("sign-in-identity-provider", "Sign in", "Sign in", "sign-in"),
    Step("sign-in-allow", "Allow botocore-client-acme to access your data?", "Allow access", "allow"),
    Step("sign-in-approved", "Request approved"),
)
"""In the order of the emulator."""


def visit(browser: Chromium, url: str, user: User) -> t.Iterator[tuple[Step, bytes]]:
    """Sign *user* in; every step with a picture of its page, as it is before its button is pressed."""
    browser.show_as(WIDTH, HEIGHT, scale=SCALE)
    browser.open(url)
    for step in STEPS:
        browser.wait_for_page(step.title)
        if step.id == "sign-in":
            browser.fill("username", user.name)
            browser.fill("password", user.password)
        yield step, picture(browser)
        if step.id:
            assert browser.text(step.id) == step.button
            browser.click(step.id)


def picture(browser: Chromium) -> bytes:
    """The content of the page, without the border of the focus, in a PNG with few colours."""
    from PIL import Image

    browser.run("document.activeElement.blur()")
    top, height = browser.run(
        "const box = document.querySelector('main').getBoundingClientRect(); return [box.top, box.height]"
    )
    taken = Image.open(io.BytesIO(browser.picture(top - MARGIN, height + 2 * MARGIN)))
    packed = io.BytesIO()
    taken.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def take(scratch: pathlib.Path, center: IdentityCenter) -> t.Iterator[tuple[Step, bytes]]:
    """Sign in with the module, in a home below *scratch*; every step with its picture."""
    from end_to_end.chromium import Chromium

    home = scratch / "home"
    home.mkdir()
    controller = Controller(home, link_checkout(scratch / "collections"), center.environment())
    session = {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
    variables = {"workstation_sessions": [session], "workstation_login": {"method": "device"}}
    (home / "company.json").write_text(json.dumps(variables))
    sign_in = ("workstation.aws_sso.login", "-e", "@company.json")
    with controller.play(*sign_in, BROWSER="/bin/false") as play, Chromium(scratch) as browser:
        url, code = play.wait_for(r"\n(http\S+user_code=([A-Z-]+))\n")
        with center.records.lock:
            (device,) = center.records.device_codes.values()
            device.user_code = CODE
        yield from visit(browser, url.replace(code, CODE), center.world.users[0])
        play.succeed()


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures-") as scratch, IdentityCenter(company()) as center:
        for step, data in take(pathlib.Path(scratch), center):
            path = IMAGES / f"{step.name}.png"
            path.write_bytes(data)
            print(f"{len(data):7} {path}")


if __name__ == "__main__":
    main()
