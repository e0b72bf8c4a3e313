// Copyright: (c) 2026, workstation.aws_sso contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";
const byId = (id) => document.getElementById(id);
const words = (text) => (text || "").split(" ").filter(Boolean);
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

// Times of the reader, in a form that all readers understand
const clock = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "short" });
for (const time of document.querySelectorAll("time")) {
  time.title = `${time.textContent} UTC`;
  time.textContent = clock.format(new Date(time.dateTime));
}
for (const zone of document.querySelectorAll(".zone")) zone.textContent = clock.resolvedOptions().timeZone;
for (const hint of document.querySelectorAll(".script-only")) hint.hidden = false;

// The hosts that a link or a number selected, by their position; null for all
let selected = null;

class List {
  constructor(id) {
    this.table = byId(id);
    this.form = byId(`${id}-filter`);
    this.fields = this.form.elements;
    this.headers = [...this.table.tHead.rows[0].cells];
    this.items = [...this.table.tBodies[0].rows].map((row, position) => ({
      row,
      position,
      text: row.textContent.toLowerCase(),
      flags: new Set(words(row.dataset.flags)),
      hosts: row.dataset.hosts === undefined ? [position] : words(row.dataset.hosts).map(Number),
      sets: words(row.dataset.sets),
      before: words(row.dataset.before ?? row.dataset.sets),
    }));
    this.order = [...this.items];
    if (this.table.classList.contains("cards")) giveRoles(this.table);
    this.offerSorting();
    this.form.addEventListener("input", () => this.update());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.fields.csv.addEventListener("click", () => save(`${id}.csv`, this.csv()));
    this.form.hidden = false;
  }

  isSelected(item) {
    return item.hosts.some((host) => selected.has(host));
  }

  update() {
    this.sort();
    const wanted = this.fields.text.value.toLowerCase().split(/\s+/);
    const flag = this.fields.flag.value;
    let shown = 0;
    for (const item of this.items) {
      item.row.hidden =
        !wanted.every((word) => item.text.includes(word)) ||
        (flag !== "" && !item.flags.has(flag)) ||
        (selected !== null && !this.isSelected(item));
      shown += item.row.hidden ? 0 : 1;
    }
    this.fields.shown.value = `${shown} of ${this.items.length}`;
  }

  offerSorting() {
    const { sort } = this.fields;
    sort.add(new Option("default order", ""));
    this.headers.forEach((header, column) => {
      const label = header.querySelector("span") ?? header;
      const name = label.textContent;
      sort.add(new Option(name, column + 1));
      sort.add(new Option(`${name}, reversed`, -column - 1));
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...label.childNodes);
      button.addEventListener("click", () => {
        sort.value = sort.value === `${column + 1}` ? -column - 1 : column + 1;
        this.update();
      });
      label.append(button);
    });
  }

  sort() {
    const value = Number(this.fields.sort.value);
    if (value === (this.sorted ?? 0)) return;
    this.sorted = value;
    const column = Math.abs(value) - 1;
    const sign = Math.sign(value);
    this.headers.forEach((header, each) => {
      if (each === column) header.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      else header.removeAttribute("aria-sort");
    });
    const keys = new Map(this.items.map((item) => [item, value ? sortKey(item.row.cells[column]) : ""]));
    this.order.sort((a, b) => sign * collator.compare(keys.get(a), keys.get(b)) || a.position - b.position);
    this.table.tBodies[0].append(...this.order.map((item) => item.row));
  }

  csv() {
    const rows = this.order.map((item) => item.row).filter((row) => !row.hidden);
    const head = this.headers.flatMap((header) => [
      plainText(header),
      ...(header.dataset.small ? [header.dataset.small] : []),
    ]);
    const split = this.headers[0].dataset.small !== undefined;
    return [head, ...rows.map((row) => [...row.cells].flatMap((cell, column) => csvCells(cell, split && !column)))];
  }
}

// The matrix of accounts and roles counts the selected hosts
class Matrix extends List {
  constructor(id, hosts) {
    super(id);
    this.hosts = hosts;
    const { sets } = this.table.dataset;
    this.sets = sets ? sets.split(";").map(decode) : null;
    this.wasSelected = null;
    if (this.sets) this.makeGrid();
  }

  isSelected(item) {
    return !this.sets || this.rowHasHosts[item.position];
  }

  update() {
    if (this.sets && this.wasSelected !== selected) this.count();
    super.update();
  }

  count() {
    this.wasSelected = selected;
    const width = this.headers.length - 1;
    const counts = new Uint32Array(this.items.length * width);
    this.rowHasHosts = new Uint8Array(this.items.length);
    for (const [set, number] of this.holders()) {
      for (const { columns, ranges } of this.sets[set] ?? []) {
        for (const [first, last] of ranges) {
          for (let row = first; row <= last; row++) {
            this.rowHasHosts[row] = 1;
            for (const column of columns) counts[row * width + column] += number;
          }
        }
      }
    }
    this.table.classList.toggle("selected", selected !== null);
    this.items.forEach(({ row, position }) => {
      for (let column = 0; column < width; column++) this.show(row.cells[column + 1], counts[position * width + column]);
    });
    for (let column = 0; column < width; column++) this.show(this.table.tFoot.rows[0].cells[column + 1], this.total(column));
  }

  // How many of the selected hosts have each set
  holders() {
    const numbers = new Map();
    for (const host of selected ?? []) {
      for (const set of this.hosts.items[host].sets) numbers.set(set, (numbers.get(set) ?? 0) + 1);
    }
    return numbers;
  }

  total(column) {
    let number = 0;
    for (const host of selected ?? []) number += this.has(this.hosts.items[host].sets, -1, column) ? 1 : 0;
    return number;
  }

  show(cell, number) {
    cell.original ??= [...cell.childNodes];
    if (selected === null) cell.replaceChildren(...cell.original);
    else cell.textContent = number || "";
  }

  has(sets, row, column) {
    return sets.some((set) =>
      (this.sets[set] ?? []).some(
        ({ columns, ranges }) =>
          (column < 0 || columns.includes(column)) &&
          (row < 0 || ranges.some(([first, last]) => first <= row && row <= last)),
      ),
    );
  }

  // The hosts that have a role in an account, or else had it before; -1 for any
  choose(cell) {
    const row = this.items.find((item) => item.row === cell.parentElement)?.position ?? -1;
    const column = cell.cellIndex - 1;
    if ((row < 0 && column < 0) || !cell.textContent) return;
    const pick = (which) =>
      new Set(this.hosts.items.filter((item) => this.has(item[which], row, column)).map((item) => item.position));
    const now = pick("sets");
    const role = column < 0 ? "Any role" : this.headers[column + 1].querySelector("span").textContent;
    const account = row < 0 ? "any account" : plainText(this.items[row].row.cells[0]);
    select(`${role} in ${account}${now.size ? "" : " before the last run"}`, now.size ? now : pick("before"));
    location.hash = "";
    location.hash = "hosts-title";
  }

  makeGrid() {
    this.table.setAttribute("role", "grid");
    this.table.classList.add("numbers");
    let current = this.table.tBodies[0].rows[0].cells[0];
    current.tabIndex = 0;
    const enter = (cell) => {
      current.removeAttribute("tabindex");
      current = cell;
      current.tabIndex = 0;
      current.focus();
    };
    const cellOf = (event) => event.target.closest("tbody > tr > *, tfoot td");
    this.table.addEventListener("click", (event) => cellOf(event) && this.choose(cellOf(event)));
    this.table.addEventListener("keydown", (event) => {
      if (!cellOf(event)) return;
      if (event.key === "Enter" || event.key === " ") this.choose(current);
      else if (!moves[event.key]) return;
      else enter(neighbour(current, ...moves[event.key]) ?? current);
      event.preventDefault();
    });
  }
}

// Tables whose rows are blocks on a phone would lose their meaning for screen readers
function giveRoles(table) {
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" };
  for (const element of [table, ...table.querySelectorAll("thead, tbody, tr, td")]) element.role = roles[element.localName];
  for (const header of table.querySelectorAll("th")) header.role = header.scope === "row" ? "rowheader" : "columnheader";
}

const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function neighbour(cell, down, right) {
  if (right) return cell.parentElement.cells[cell.cellIndex + right];
  const rows = [...cell.closest("table").querySelectorAll("tbody > tr:not([hidden]), tfoot > tr")];
  return rows[rows.indexOf(cell.parentElement) + down]?.cells[cell.cellIndex];
}

function decode(text) {
  return words(text).map((group) => {
    const [columns, ranges] = group.split(":");
    return {
      columns: columns.split(",").map(Number),
      ranges: ranges.split(",").map((range) => {
        const [first, last] = range.split("-").map(Number);
        return [first, last ?? first];
      }),
    };
  });
}

function sortKey(cell) {
  return cell.dataset.sort ?? cell.querySelector("time")?.dateTime ?? cell.textContent.trim();
}

function plainText(element, without = "") {
  const found = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (without && parent.closest(without)) continue;
    const text = parent.localName === "time" ? parent.dateTime : walker.currentNode.data;
    if (text.trim()) found.push(text.trim());
  }
  return found.join(" ");
}

function csvCells(cell, split) {
  if (!split) return [plainText(cell)];
  const small = cell.querySelector("small");
  return [plainText(cell, "small"), small ? plainText(small) : ""];
}

// Spreadsheets take text that begins like this for a formula; some also split at semicolons
const FORMULA = /((?:^|[;\t\r\n])["'\s]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const csvCell = (text) => `"${text.replace(FORMULA, "$1'").replace(/"/g, '""')}"`;

function save(name, rows) {
  const text = rows.map((cells) => cells.map(csvCell).join(",")).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
  link.download = `fleet-${name}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const lists = ["hosts", "people"].map((id) => new List(id));
const [hosts, people] = lists;
if (byId("access")) lists.push(new Matrix("access", hosts));

function select(label, positions) {
  selected = positions;
  byId("selection").hidden = selected === null;
  byId("selection").querySelector("bdi").textContent = label;
  for (const list of lists) list.update();
}

// A flag of people selects their hosts
function flagged(flag) {
  const found = new Set();
  for (const item of [...hosts.items, ...people.items]) {
    if (item.flags.has(flag)) item.hosts.forEach((host) => found.add(host));
  }
  return found;
}

function follow(link) {
  const { flag, label } = link.dataset;
  if (flag === "") return select("", null);
  if (flag) return select(label, flagged(flag));
  const row = link.closest("tr");
  const list = "person" in link.dataset ? people : hosts;
  return select(link.textContent, new Set(list.items.find((item) => item.row === row).hosts));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-flag]:not(tr), [data-host], [data-person]");
  if (link) follow(link);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && selected !== null) select("", null);
});
byId("selection").querySelector("button").addEventListener("click", () => select("", null));
for (const list of lists) list.update();
