# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks on the collection: a hostile host, portal, mirror and local user, and fuzzers.

Each scenario asserts what has to hold whatever the attacker sends. `./run test security` runs them.
"""
