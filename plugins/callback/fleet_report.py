# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_report
type: aggregate
short_description: Write an HTML report of workstations and their AWS access
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - After a run, writes one HTML page about all workstations. For each host, it shows the result of the run,
    WSL, the version of the AWS CLI, sessions and sign-ins, profiles, and failures and findings with their
    fix. For each account and role, it shows the number of hosts with a profile and what changed since the
    previous run; for each person, in how many accounts they have roles of which risk class.
  - A number or name on the page selects the hosts behind it, and the lists can be filtered, sorted and saved
    as CSV. Times are those of the reader. Without JavaScript, the page shows everything, in UTC.
  - It reads the results of this collection's modules during the run, and runs nothing on any host.
  - O(json) keeps the state of the fleet. A run with C(--limit), or with some parts only, updates what it
    examined. Everything else is kept from earlier runs, with the time of each host's last run.
  - A run without modules of this collection on a host does not change the record of that host, unless the
    host failed or was unreachable. A run without such results on any host writes nothing.
  - None of the files contains secrets. Only known fields of this collection's results are used, the account
    and the ARN from the output of C(aws sts get-caller-identity) in M(ansible.builtin.command), and failure
    messages, in which everything that looks like a secret is redacted. For tasks with C(no_log), only the
    failure itself is recorded. The files contain names of hosts, inventories, users, accounts, roles and
    sessions, account IDs and ARNs.
  - At the end of each playbook, the path of the page is shown on standard error. If there is no page, it is
    that of another file that was written.
  - A report that cannot be written is a warning; it never fails a run.
requirements:
  - to be enabled in the setting C(callbacks_enabled) of Ansible
options:
  html:
    description:
      - Path of the page, relative to the current directory; empty for no page. The page is self-contained.
      - A new file is readable by its owner only; an existing file keeps its mode.
      - In a directory that other users can write to, a symbolic link or a file of another user is not
        followed, read or changed, with a warning. The same applies to O(json).
    type: str
    default: fleet.html
    env:
      - name: WORKSTATION_FLEET_REPORT_HTML
    ini:
      - section: workstation_fleet_report
        key: html
  json:
    description:
      - Path of the state of the fleet, relative to the current directory. It is readable by its owner only.
      - If empty, no state is kept and the page shows this run only.
      - A file that this plugin did not write, or that a newer version wrote, is not changed, with a warning.
        The page then shows this run only.
      - A damaged state is renamed, with C(.damaged) at the end of its name, with a warning, and a new one is
        started.
      - C(format) and C(version) identify the file. The version, currently 1, changes when the meaning of a
        key does. C(hosts) has each host; C(access_sets) has the roles and accounts by the digests that
        hosts refer to, by session; C(accounts) has the names of accounts; C(changes) has what hosts gained
        and lost in the last run; C(never_seen) has hosts of the inventory that no run reached.
    type: str
    default: fleet.json
    env:
      - name: WORKSTATION_FLEET_REPORT_JSON
    ini:
      - section: workstation_fleet_report
        key: json
  csv:
    description:
      - Path of a CSV file with a line for each host, relative to the current directory; empty for none. It
        has the user, status, last time the host was seen, failures, ids of findings, sign-in, versions, and
        in how many accounts the user has, gained and lost roles of each risk class.
      - An apostrophe is put before text that a spreadsheet would take for a formula. Times are in UTC.
      - A new file is readable by its owner only; an existing file keeps its mode. After a run in check mode,
        it is not changed.
    type: str
    default: ''
    env:
      - name: WORKSTATION_FLEET_REPORT_CSV
    ini:
      - section: workstation_fleet_report
        key: csv
  title:
    description:
      - Name of the company or fleet, which is shown in the title of the page. The names of the inventories
        are shown in any case.
    type: str
    default: ''
    env:
      - name: WORKSTATION_FLEET_REPORT_TITLE
    ini:
      - section: workstation_fleet_report
        key: title
  administrator_roles:
    description:
      - Globs of the names of roles in the risk class administrator. Upper and lower case are the same.
      - A name without wildcards in O(administrator_roles), O(write_roles) or O(read_roles) takes precedence
        over globs. Otherwise, of several classes, the one with the highest risk counts.
    type: list
    elements: str
    default:
      - '*admin*'
      - IAMFullAccess
      - '*OrganizationsFullAccess'
    env:
      - name: WORKSTATION_FLEET_REPORT_ADMINISTRATOR_ROLES
    ini:
      - section: workstation_fleet_report
        key: administrator_roles
  write_roles:
    description:
      - Globs of the names of roles in the risk class write, as O(administrator_roles). Roles that match none
        of the three options are in this class as well.
    type: list
    elements: str
    default: [DatabaseAdministrator, NetworkAdministrator, SystemAdministrator]
    env:
      - name: WORKSTATION_FLEET_REPORT_WRITE_ROLES
    ini:
      - section: workstation_fleet_report
        key: write_roles
  read_roles:
    description:
      - Globs of the names of roles in the risk class read, as O(administrator_roles).
    type: list
    elements: str
    default:
      - '*ReadOnly*'
      - '*read-only*'
      - '*ViewOnly*'
      - '*view-only*'
      - '*audit*'
    env:
      - name: WORKSTATION_FLEET_REPORT_READ_ROLES
    ini:
      - section: workstation_fleet_report
        key: read_roles
  keep_days:
    description:
      - Number of days after its last run after which a host is dropped from the report. V(0), and more than
        V(36500), keep all hosts.
    type: int
    default: 90
    env:
      - name: WORKSTATION_FLEET_REPORT_KEEP_DAYS
    ini:
      - section: workstation_fleet_report
        key: keep_days
notes:
  - The hosts of a play that uses modules of this collection are expected to be set up, also those that
    C(--limit) leaves out. Those that no run has reached are listed as never seen, until a run reaches them or
    they are no longer in the inventory.
  - A person is the user in the caller identity that a host reports, which the role
    P(workstation.aws_sso.workstation#role) requests when the user is signed in. Until then, the user of the
    host is unknown.
  - The risk class of a role is that of its name. What a person gained or lost compares all their hosts before
    and after the last run, account by account.
  - After a run in check mode, the page shows what a run would do, and says so; O(json) is not changed.
  - Runs can end at the same time. Their results are merged; for the same host, the later run counts.
  - A host failed if a failure on it was neither ignored nor rescued.
  - Results of delegated tasks are ignored.
  - If several users of a host are set up, the report shows the profiles, accounts and roles of all of them,
    and the sign-in and identity of the last one.
  - The accounts and roles of a session are those for which M(workstation.aws_sso.sso_profiles) last wrote
    profiles, whether it purged others or not.
  - M(workstation.aws_sso.laptop_reports) adds laptops that update themselves to the same page and state.
    For these, C(laptop) in C(hosts) has the last report, and C(reports) what the last merge found.
seealso:
  - module: workstation.aws_sso.laptop_reports
  - module: workstation.aws_sso.sso_profiles
  - module: workstation.aws_sso.sso_login
  - module: workstation.aws_sso.workstation_info
"""

EXAMPLES = r"""
# One run, in a shell:
#   ANSIBLE_CALLBACKS_ENABLED=workstation.aws_sso.fleet_report \
#     ansible-playbook workstation.aws_sso.workstation -i hosts.yml -e target=laptops -e @company.yml

# Each run, in ansible.cfg:
#   [defaults]
#   callbacks_enabled = workstation.aws_sso.fleet_report
#   [workstation_fleet_report]
#   html = /srv/www/fleet.html
#   json = /srv/fleet/fleet.json
#   csv = /srv/fleet/fleet.csv
#   title = ACME laptops
#   administrator_roles = *admin*,BreakGlass,IAMFullAccess
"""

import os
import typing as t
import uuid

from ansible import context
from ansible.plugins.callback import CallbackBase

from ..module_utils._errors import WorkstationError
from ..module_utils._sso.token_cache import utc_now
from ..module_utils._text import format_time
from ..plugin_utils._display import show
from ..plugin_utils._fleet_report.collector import Collector, RecapCounts
from ..plugin_utils._fleet_report.options import report_options
from ..plugin_utils._fleet_report.report import Files, write_report
from ..plugin_utils._fleet_report.results import TaskResult
from ..plugin_utils._fleet_report.state import Run


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "workstation.aws_sso.fleet_report"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: t.Any, **options: t.Any) -> None:
        super().__init__(*arguments, **options)
        self._collector = Collector()
        self._run = Run(uuid.uuid4().hex, format_time(utc_now()), "", [], bool(context.CLIARGS.get("check")))

    def v2_playbook_on_start(self, playbook: t.Any) -> None:
        self._run.playbooks.append(os.path.basename(playbook._file_name))

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        try:
            self._run.inventories[:] = self._collector.play_started(play)
        except Exception as error:
            self._unexpected("Hosts that were never seen may be missing in the fleet report", error)

    def v2_runner_on_ok(self, result: t.Any) -> None:
        if not result._task.loop:
            self._record_success(result)

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        self._record_success(result)

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        self._record(self._collector.item_failed, result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        if ignore_errors:
            self._collector.ignored(result._host.get_name())
        else:
            self._record(self._collector.failed, result)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        self._record(self._collector.unreachable, result)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """At the end of each playbook of a run; *stats* counts from the start of the first one."""
        try:
            self._write(stats)
        except WorkstationError as error:
            self._display.warning(f"Could not write the fleet report: {error}")
        except Exception as error:
            self._unexpected("Could not write the fleet report", error)

    def _write(self, stats: t.Any) -> None:
        self._run.finished = format_time(utc_now())
        html, state, csv = (os.path.expanduser(self._option(name) or "") for name in ("html", "json", "csv"))
        recap = {host: RecapCounts.from_summary(stats.summarize(host)) for host in stats.processed}
        files = Files(html, state, self._option("keep_days"), csv, report_options(self._option))
        written: list[str] = []
        for warning in write_report(files, self._run, self._collector, recap, written.append):
            self._display.warning(warning)
        for path in written:
            show(f"Fleet report: {path}")

    def _option(self, name: str) -> t.Any:
        return self.get_option(name)  # type: ignore[no-untyped-call]

    def _record_success(self, result: t.Any) -> None:
        if self._collector.wants(result._task.resolved_action or ""):
            fields = result._task_fields
            own = fields.get("delegate_to") in (None, result._host.get_name())
            preview = fields.get("check_mode") and not self._run.check_mode
            if own and not preview:
                self._record(self._collector.succeeded, result)

    def _record(self, listener: t.Callable[[TaskResult], None], result: t.Any) -> None:
        if self.disabled:
            return
        try:
            listener(TaskResult.from_callback(result))
        except Exception as error:
            self._unexpected("A task result is missing in the fleet report", error)

    def _unexpected(self, effect: str, error: Exception) -> None:
        """For errors that should never happen. They can contain task data, so only their type is shown."""
        self._display.warning(
            f"{effect}: {type(error).__name__} in {self.CALLBACK_NAME}. Please report this as an issue of the"
            " collection."
        )
