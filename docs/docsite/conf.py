# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of Sphinx for `./run docs`. docs.ansible.com has its own."""

from __future__ import annotations

project = "workstation.aws_sso"
copyright = "workstation.aws_sso contributors"
html_title = project

extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
antsibull_ext_color_scheme = "none"  # _static/site.css has those of the theme, light and dark
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/projects/ansible/devel/", None)}
nitpicky = True

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
highlight_language = "text"
