# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for get-pip.py where ansible-test bootstraps pip: ensurepip first, then what was asked for."""

from __future__ import annotations

import subprocess
import sys

if __name__ == "__main__":
    # In a child, because ensurepip switches pip's configuration files off for its own process.
    subprocess.check_call([sys.executable, "-m", "ensurepip"])
    wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
    sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *wanted]))
