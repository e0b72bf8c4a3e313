// Copyright: (c) 2026, workstation.aws_sso contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";
for (const id of ["hosts", "access"]) {
  const form = document.getElementById(`${id}-filter`);
  if (!form) continue;
  const rows = [...document.querySelectorAll(`#${id} > tbody > tr`)].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
    flags: (row.dataset.flags || "").split(" "),
  }));
  const filter = () => {
    const words = form.elements.text.value.toLowerCase().split(/\s+/);
    const flag = form.elements.flag.value;
    let shown = 0;
    for (const { row, text, flags } of rows) {
      row.hidden = !words.every((word) => text.includes(word)) || (flag !== "" && !flags.includes(flag));
      shown += row.hidden ? 0 : 1;
    }
    form.elements.shown.value = `${shown} of ${rows.length}`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
}
