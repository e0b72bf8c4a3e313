# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page on troubleshooting has every finding, and the messages and commands that exist."""

from __future__ import annotations

import ast
import functools
import pathlib
import re
import typing as t

import botocore
import pytest
import yaml

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.finding import SEVERITIES, Finding
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from documentation import finding_table
from support import source_texts

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "troubleshooting.md"
GAP = source_texts.GAP
FROM_ELSEWHERE = (
    "Error when retrieving token from sso: Token has expired and refresh failed",
    "Error loading SSO Token: Token for … does not exist",
    "An error occurred (InvalidRequestException) when calling the StartDeviceAuthorization operation",
    "An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No access",
    "ERR_CONNECTION_REFUSED",
    "gio: https://…: Operation not supported",
    "dictionary update sequence element #0 has length …; 2 is required",
    "Unsupported parameters for (…) module: AWS_ACCESS_KEY_ID, …",
    "Failed to import the required Python library (botocore and boto3) on … Python ….",
    "Validation of arguments failed: …",
    "inventory source '…' could not be verified by inventory plugin 'workstation.aws_sso.…'",
)
"""Messages of the AWS CLI, of AWS, of Ansible and of other programs, whose source is not here."""
AWS_COMMANDS = (
    "configure list",
    "configure list-profiles",
    "sso login",
    "sso logout",
    "sts get-caller-identity",
    "--version",
)
NAMESPACE = "workstation.aws_sso"


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def by_symptom() -> str:
    """What is written by hand."""
    return page().partition(finding_table.START)[0]


def test_the_findings_on_the_page_are_those_of_the_code() -> None:
    assert finding_table.updated(page()) == page(), (
        "run: python -m documentation.finding_table (in the folder tests)"
    )


def test_every_id_in_the_tests_of_the_doctor_is_on_the_page() -> None:
    """These name ids of their own accord, so the page cannot lack one that the source seems not to have."""
    found: t.Set[str] = set()
    for path in (ROOT / "tests" / "unit" / "plugins" / "module_utils" / "_doctor").rglob("test_*.py"):
        found.update(re.findall(r"\"([a-z0-9]+(?:-[a-z0-9]+)+)\"", path.read_text(encoding="utf-8")))
    known = set(finding_table.entries())
    prefixes = {id.partition("-")[0] for id in known}
    tested = {id for id in found if id.partition("-")[0] in prefixes} & ids_in_source()
    assert len(tested) > 70
    assert tested <= known


def ids_in_source() -> t.Set[str]:
    """Every string in the package _doctor that looks like an id and is the first of three or more values."""
    found: t.Set[str] = set()
    for path in finding_table.DOCTOR.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            first = node.args[0] if isinstance(node, ast.Call) and len(node.args) > 2 else None
            if isinstance(first, ast.Constant) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", str(first.value)):
                found.add(str(first.value))
    return found


def test_no_id_of_the_source_is_missing_and_none_is_invented() -> None:
    assert set(finding_table.entries()) == ids_in_source()
    headings = re.findall(r"^### ([a-z0-9-]+)$", page().partition(finding_table.START)[2], re.MULTILINE)
    assert headings == sorted(ids_in_source())


def test_every_finding_has_a_severity_and_says_what_it_means_and_why_it_matters() -> None:
    assert finding_table.SEVERITIES == SEVERITIES
    for entry in finding_table.entries().values():
        shown = finding_table.section(entry)
        assert entry.severities and set(entry.severities) <= set(SEVERITIES)
        assert "**Fix**" in shown
        for line in shown.splitlines()[2:]:
            assert finding_table.DEPENDS not in line or line.startswith("- **Fix**"), entry.id


def test_the_command_that_signs_in_is_that_of_the_code() -> None:
    session = SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")
    assert session.login_command({}) == source_texts.LOGIN.replace(GAP, "corp")


@pytest.fixture(name="doctor")
def _doctor(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(finding_table, "DOCTOR", tmp_path)
    return tmp_path / "examined.py"


def test_texts_come_from_constants_branches_and_callers(doctor: pathlib.Path) -> None:
    doctor.write_text(
        """
WHY = "Nothing works."

def _findings(path, is_old):
    what = "It is new."
    if is_old:
        what = f"{path} is older than {7 * 24} hours."
    yield _error("file-old", what, f"Keep it, {'or delete it' if is_old else 'for now'}")

def _error(id, what, fix):
    return Finding(id, "error" if id else "info", "", what, WHY, fix)
"""
    )
    (entry,) = finding_table.entries().values()
    assert entry.id == "file-old" and set(entry.severities) == {"error", "info"}
    assert entry.what == ("It is new.", f"{GAP} is older than {GAP} hours.")
    assert entry.why == ("Nothing works.",)
    assert entry.fix == ("Keep it, or delete it", "Keep it, for now")


def test_a_text_that_is_made_elsewhere_is_replaced_by_the_docstring(doctor: pathlib.Path) -> None:
    doctor.write_text(
        """
def _found(error):
    \"\"\"The file is damaged.\"\"\"
    return Finding("file-damaged", "error", "", str(error), "Nothing works.", f"rm {error.path}")
"""
    )
    assert finding_table.part() == (
        "### file-damaged\n\n- **Error**: The file is damaged.\n- **Why it matters**: Nothing works.\n"
        f"- **Fix**: `rm {GAP}`\n"
    )


def test_a_finding_whose_id_cannot_be_read_is_an_error(doctor: pathlib.Path) -> None:
    doctor.write_text("def _found(id):\n    return Finding(id, 'error', '', 'What.', 'Why.', 'Fix.')\n")
    with pytest.raises(ValueError, match="id or severity"):
        finding_table.entries()


def test_the_text_around_the_findings_stays() -> None:
    text = f"before\n\n{finding_table.START}\nold\n{finding_table.END}\n\nafter\n"
    once = finding_table.updated(text)
    assert once.startswith("before\n") and once.endswith("\nafter\n") and "\nold\n" not in once
    assert finding_table.updated(once) == once
    with pytest.raises(ValueError, match="needs a line"):
        finding_table.updated("no marks")


def test_the_fields_are_those_of_a_finding() -> None:
    assert Finding._fields == finding_table.FIELDS


def quotes() -> t.List[str]:
    """The messages that the page quotes: each line that begins with "> "."""
    return re.findall(r"^> (.+)$", by_symptom(), re.MULTILINE)


@functools.lru_cache(maxsize=None)
def messages() -> t.Tuple[str, ...]:
    """The strings in the plugins, the roles, the playbooks and botocore, with gaps for values."""
    found: t.List[str] = []
    folders = (ROOT / "plugins", pathlib.Path(botocore.__file__).parent)
    for path in [*folders[0].rglob("*.py"), *folders[1].glob("*.py")]:
        found += source_texts.strings(path)
    for folder in (ROOT / "roles", ROOT / "playbooks"):
        for path in folder.rglob("*.yml"):
            text = " ".join(path.read_text(encoding="utf-8").split())
            found += [re.sub(r"\{\{.*?\}\}", GAP, text), re.sub(r"' ~ .*? ~ '", GAP, text)]
    return tuple(found)


def is_part_of(quote: str, message: str) -> bool:
    if not all(fragment in message for fragment in quote.split(GAP)):
        return False
    pattern = re.escape(quote).replace(re.escape(GAP), ".{0,120}?")
    return re.search(pattern, message) is not None


@pytest.mark.parametrize("quote", quotes())
def test_a_quoted_message_exists(quote: str) -> None:
    assert quote in FROM_ELSEWHERE or any(is_part_of(quote, message) for message in messages())


def test_the_messages_from_elsewhere_are_on_the_page() -> None:
    assert set(FROM_ELSEWHERE) <= set(quotes())
    assert len(quotes()) >= 30


def test_the_commands_on_the_page_exist() -> None:
    text = by_symptom()
    for name in re.findall(rf"ansible-playbook {NAMESPACE}\.(\w+)", text):
        assert (ROOT / "playbooks" / f"{name}.yml").is_file(), name
    kinds = {"": "modules", "-t lookup ": "lookup", "-t inventory ": "inventory", "-t callback ": "callback"}
    for kind, name in re.findall(rf"ansible-doc (-t \w+ )?{NAMESPACE}\.(\w+)", text):
        assert (ROOT / "plugins" / kinds[kind] / f"{name}.py").is_file(), name
    tasks = (ROOT / "run").read_text(encoding="utf-8")
    for name in re.findall(r"\./run ([a-z-]+)", text):
        assert re.search(rf"^    (.* )?{name}( .*)?\)$", tasks, re.MULTILINE), name
    for command in re.findall(r"(?:^|`)(?:\$ )?aws (.+?)(?:`|$)", text, re.MULTILINE):
        assert command.startswith(AWS_COMMANDS), command


def test_the_variables_on_the_page_exist() -> None:
    specification = ROOT / "roles" / "workstation" / "meta" / "argument_specs.yml"
    documented = yaml.safe_load(specification.read_text(encoding="utf-8"))["argument_specs"]["main"][
        "options"
    ]
    playbooks = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").glob("*.yml"))
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
    for name in set(re.findall(r"\bworkstation_\w+", by_symptom())):
        assert name in documented or name in playbooks or name in modules, name


@pytest.mark.parametrize("name", ["README.md", "README.ja.md", "docs/fleets.md"])
def test_other_pages_link_to_it(name: str) -> None:
    assert "troubleshooting.md" in (ROOT / name).read_text(encoding="utf-8")
