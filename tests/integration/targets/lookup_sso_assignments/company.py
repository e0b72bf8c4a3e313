#!/usr/bin/env python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves a company with two users until it is stopped; writes its address to the given file."""

from __future__ import annotations

import pathlib
import shlex
import signal
import sys

from support.company import Company

with Company() as company:
    payments = company.account("prod-payments", "aws+payments@acme.example")
    sandbox = company.account("sandbox", "aws+sandbox@acme.example")
    jane = company.user("jane@example.com", "jane.doe@example.com")
    joe = company.user("joe@example.com", "joe.bloggs@example.com")
    operators = company.group("Operators", jane)
    company.assign("USER", jane, "Administrator", payments)
    company.assign("GROUP", operators, "Administrator", payments)
    company.assign("GROUP", company.group("All employees", jane, joe), "ReadOnly", payments, sandbox)
    exports = [f"export {name}={shlex.quote(value)}\n" for name, value in company.environment().items()]
    pathlib.Path(sys.argv[1]).write_text("".join(exports))
    signal.pause()
