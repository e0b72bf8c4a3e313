# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium without a window, driven by its own driver as a user would."""

from __future__ import annotations

import base64
import os
import pathlib
import shutil
import types
import typing as t

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "chromium-driver": ("chromedriver",),
}
SECONDS_FOR_A_PAGE = 20
FLAGS = (
    "--headless",
    "--no-sandbox",  # the sandbox refuses root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # it reaches this machine only
)


def missing() -> t.List[str]:
    """The names of the missing programs that a browser requires."""
    return [f"the package {package}" for package in PROGRAMS if not _program(package)]


def _program(package: str) -> t.Optional[str]:
    return next(filter(None, map(shutil.which, PROGRAMS[package])), None)


class Chromium:
    """A fresh browser, for a ``with`` statement; elements are named by their id."""

    def __init__(self, directory: pathlib.Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = _program("chromium") or ""
        for flag in (*FLAGS, f"--user-data-dir={directory / 'profile'}"):
            options.add_argument(flag)
        service = webdriver.ChromeService(
            executable_path=_program("chromium-driver"), env={**os.environ, "HOME": str(directory)}
        )
        self._driver = webdriver.Chrome(options, service)
        self._driver.set_page_load_timeout(SECONDS_FOR_A_PAGE)

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self,
        kind: t.Optional[type[BaseException]],
        error: t.Optional[BaseException],
        traceback: t.Optional[types.TracebackType],
    ) -> None:
        self._driver.quit()

    def open(self, url: str) -> None:
        self._driver.get(url)

    def wait_for_page(self, title: str) -> str:
        """Wait until the page with *title* is there; returns its address."""
        WebDriverWait(self._driver, SECONDS_FOR_A_PAGE).until(
            lambda driver: title in driver.title,
            f"no page {title!r}; the last one is {self._driver.title!r} at {self._driver.current_url}",
        )
        return self._driver.current_url

    def text(self, element: str) -> str:
        return self._driver.find_element(By.ID, element).text

    def fill(self, element: str, text: str) -> None:
        self._driver.find_element(By.ID, element).send_keys(text)

    def click(self, element: str) -> None:
        self._driver.find_element(By.ID, element).click()

    def visible(self, element: str) -> bool:
        return self._driver.find_element(By.ID, element).is_displayed()

    def show_as(self, width: int, height: int, scheme: str = "light", scale: int = 1) -> None:
        """Take the size of a screen in CSS pixels, and a colour scheme, "light" or "dark".

        *scale* is how many pixels of the screen a CSS pixel has in each direction.
        """
        screen = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 500}
        self._command("Emulation.setDeviceMetricsOverride", screen)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._command("Emulation.setEmulatedMedia", {"features": [feature]})

    def allow_scripts(self, allowed: bool) -> None:
        """Whether pages may run scripts from now on."""
        self._command("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def set_time_zone(self, name: str) -> None:
        """The time zone of pages from now on, such as Asia/Tokyo; empty for that of the host."""
        self._command("Emulation.setTimezoneOverride", {"timezoneId": name})

    def download_to(self, directory: pathlib.Path) -> None:
        self._command("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(directory)})

    def press(self, *keys: str) -> None:
        """Press keys, such as Keys.ENTER, one after the other, where the focus is."""
        for key in keys:
            self._driver.switch_to.active_element.send_keys(key)

    def run(self, script: str, *arguments: t.Any) -> t.Any:
        """What a script in the page returns."""
        return self._driver.execute_script(script, *arguments)

    def console(self) -> t.List[str]:
        """What the browser complained of since the last time."""
        return [entry["message"] for entry in self._driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def picture(self, top: float, height: float) -> bytes:
        """A PNG of the page between *top* and *top* + *height*, in CSS pixels, in its whole width."""
        clip = {"x": 0, "y": top, "width": self.run("return innerWidth"), "height": height, "scale": 1}
        return base64.b64decode(self._command("Page.captureScreenshot", {"clip": clip})["data"])

    def _command(self, name: str, parameters: t.Dict[str, t.Any]) -> t.Any:
        return self._driver.execute_cdp_cmd(name, parameters)
