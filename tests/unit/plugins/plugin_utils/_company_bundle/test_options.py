# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are refused before anything is made."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle import options
from support.company_bundles import bundle_options

NOWHERE = pathlib.Path("/nonexistent")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Acme Inc."}, "name must consist of lower-case letters"),
        ({"version": "a/b"}, "version must consist of letters"),
        ({"version": "../up"}, "version must consist of letters"),
        ({"version": "setup.sh"}, "version must consist of letters"),
        ({"version": ""}, "version must consist of letters"),
        ({"expire_days": 0}, "expire_days must be a number from 1"),
        ({"random_delay_minutes": -1}, "random_delay_minutes must be a number from 0 to 10080"),
        ({"rerun_days": 9999}, "rerun_days must be"),
        ({"pythons": ["3.1"]}, r"not '3\.1'\. Quote them in YAML"),
        ({"pythons": ["3.9"]}, r"3\.10 or newer"),
        ({"pythons": []}, "pythons is empty"),
        ({"machines": []}, "machines is empty"),
        ({"url": "https://ann:geheim@example.com"}, "must not contain a user name"),
        ({"url": "https://example.com/a?X-Amz-Signature=geheim"}, "without a query"),
        ({"url": "ftp://example.com"}, "url must be"),
        ({"url": "laptops"}, "url must be"),
        ({"url": "https://example.com/it's"}, "url must be"),
        ({"url": "https://example.com/$(id)"}, "url must be"),
        ({"url": ""}, "url must be"),
        ({"rings": [{"percent": 0, "start": "2026-05-01"}]}, "percent of each of the rings"),
        ({"rings": [{"percent": 101, "start": "2026-05-01"}]}, "percent of each of the rings"),
        ({"rings": [{"percent": 50, "start": "tomorrow"}]}, "start of each of the rings .* not 'tomorrow'"),
    ],
)
def test_refused(changes: dict[str, t.Any], message: str) -> None:
    with pytest.raises(WorkstationError, match=message) as failure:
        options.require_valid(bundle_options(NOWHERE, NOWHERE, **changes))
    assert "geheim" not in str(failure.value)


@pytest.mark.parametrize(
    ("destination", "message"),
    [
        ("https://ann:geheim@example.com/{host}", "token_variable"),
        ("https://example.com/{host}?sig=geheim", "token_variable"),
        ("http://example.com/{host}", "an https URL or an absolute path"),
        ("reports", "an https URL or an absolute path"),
    ],
)
def test_destinations_of_reports(destination: str, message: str) -> None:
    report = {"destination": destination, "token_variable": "", "every_days": 1}
    with pytest.raises(WorkstationError, match=message) as failure:
        options.settings(bundle_options(NOWHERE, NOWHERE, report=report), {})
    assert "geheim" not in str(failure.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/laptops/",
        "http://127.0.0.1:8000",
        "file:///mnt/share",
        "/mnt/share",
        "https://[::1]/a",
    ],
)
def test_places_of_the_directory(url: str) -> None:
    given = bundle_options(NOWHERE, NOWHERE, url=url)
    options.require_valid(given)
    assert options.base_url(given) == url.rstrip("/")


@pytest.mark.parametrize(
    "start",
    [
        "2026-05-01T06:00:00Z",
        "2026-05-01 08:00:00+02:00",
        "2026-05-01T06:00",
        datetime.datetime(2026, 5, 1, 6, tzinfo=datetime.timezone.utc),
    ],
)
def test_times_of_rings(start: t.Any) -> None:
    rings = [{"percent": 5.0, "start": start}]
    (ring,) = options.rollout(bundle_options(NOWHERE, NOWHERE, rings=rings)).rings
    assert ring.start == datetime.datetime(2026, 5, 1, 6, tzinfo=datetime.timezone.utc)
