# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""company_bundle: options and the variables of the laptops in, the directory to publish out."""

from __future__ import annotations

import typing as t

from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text
from ..plugin_utils._action.base import Options, Result, SsoAction
from ..plugin_utils._company_bundle.bundle import make_bundle
from ..plugin_utils._company_bundle.company import extra_variables, with_files
from ..plugin_utils._company_bundle.options import ARGUMENT_SPEC, CONSTRAINTS


class ActionModule(SsoAction):
    _supports_check_mode = False

    ends_with_run: t.ClassVar = True
    argument_spec: t.ClassVar = ARGUMENT_SPEC
    constraints: t.ClassVar = CONSTRAINTS

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        company = options["company"]
        if company is None:
            company = with_files(extra_variables(self._loader), self._templar.template)
        try:
            return make_bundle(options, company, self._templar.template)
        except OSError as error:
            raise WorkstationError(file_error_text(error)) from error
