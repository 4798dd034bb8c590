"use strict";
// A sheet on the page: its cells, kept as the book has them, and the way from one to the next.

const INK = "1F2937"; // of xlconv/grid/theme.py
const FADE = 24; // how wide the edge is that fades, of page.css
const PADDING = 2; // of a cell, in page.css
const SMALLEST = 4; // letters, in pixels: those of a number of ten digits in the usual column
const BARE = { backgroundColor: "", color: "", fontWeight: "", fontStyle: "", textDecoration: "" };

class Figure {
  constructor(n, about, book) {
    [this.n, this.about, this.book] = [n, about, book];
    this.panel = document.getElementById(`s${n}`);
    this.paper = this.panel.querySelector(".paper");
    this.cells = new Map([...this.panel.querySelectorAll("td[id]")].map((td) => [td.id.split(".")[1], td]));
    this.frozen = this.paper.querySelector(".frozen");
    this.dressed = new Map(); // address -> what it has over its own look
    this.paper.parentElement.addEventListener("scroll", () => this.edge(), { passive: true });
    this.current = null;
    for (const at of Object.keys(about.choices)) this.offer(at);
    for (const link of this.paper.querySelectorAll("a")) link.tabIndex = -1;
    this.select((this.paper.querySelector("td.y") ?? this.paper.querySelector("td[id]")).id.split(".")[1]);
  }

  format(at) {
    return FORMATS[Number(this.cells.get(at).className.match(/\d+/)[0])];
  }

  // a dropdown in its cell
  offer(at) {
    const td = this.cells.get(at);
    const select = document.createElement("select");
    select.tabIndex = -1;
    select.setAttribute("aria-label", at);
    for (const value of this.offered(at)) select.add(new Option(value, value));
    td.replaceChildren(select);
  }

  offered(at) {
    const source = this.about.choices[at];
    if (Array.isArray(source)) return source;
    return [...cellsOf(source)].map(([row, column]) => this.book.computed(this.n, row, column)).filter((value) => value !== null);
  }

  // show what the book has now
  render() {
    const looks = lit(this.book, this.n, this.about.lights);
    const grounds = heat(this.book, this.n, this.about.scales);
    for (const at of new Set([...this.dressed.keys(), ...looks.keys(), ...grounds.keys()])) {
      this.dress(at, looks.get(at), grounds.get(at));
    }
    const changed = [...this.cells].filter(([at, td]) => this.write(at, td, looks.get(at)?.format ?? this.format(at)));
    this.shrink(changed.map(([, td]) => td));
  }

  // what is wider than its column is smaller: a number that is cut off is another number
  shrink(changed) {
    const cells = changed.filter((td) => td.firstElementChild === null && td.colSpan === 1);
    for (const td of cells) td.style.fontSize = "";
    const wide = cells.filter((td) => td.scrollWidth > td.clientWidth + 1)
      .map((td) => [td, parseFloat(getComputedStyle(td).fontSize) * (td.clientWidth - 2 * PADDING) / (td.scrollWidth - PADDING)]);
    for (const [td, size] of wide) td.style.fontSize = `${Math.max(SMALLEST, size)}px`;
  }

  // on a heat map numbers keep their ink: another one could not be read on each of its colours
  dress(at, { format, ...look } = {}, ground = "") {
    const td = this.cells.get(at);
    const wears = JSON.stringify([look, ground]);
    if (td === undefined || this.dressed.get(at) === wears) return; // most keep theirs
    this.dressed.set(at, wears);
    Object.assign(td.style, BARE, { backgroundColor: ground }, look);
    if (ground !== "" && look.backgroundColor === undefined) td.style.color = `var(--${INK})`;
  }

  write(at, td, format) {
    const child = td.firstElementChild;
    const value = td.rowSpan > 1 ? this.lines(at, td.rowSpan) : this.book.value(this.n, at);
    if (this.paper.dir === "rtl") td.dir = typeof value === "number" ? "ltr" : "rtl"; // a minus stands before its number
    if (child instanceof HTMLSelectElement) return this.choose(child, value);
    if (child !== null) return false; // a link, a caption, or the cell that is being typed into
    const told = shown(value, format, this.about.room[place(at).column]);
    if (td.textContent === told) return false;
    td.textContent = told;
    return true;
  }

  // a text that took several rows
  lines(at, high) {
    const { row, column } = place(at);
    return Array.from({ length: high }, (_, down) => text(this.book.computed(this.n, row + down, column))).join("\n");
  }

  choose(select, value) {
    const wanted = shown(value, "General", 12);
    if (select.value === wanted) return false;
    if (![...select.options].some((option) => option.value === wanted)) select.add(new Option(wanted, wanted));
    select.value = wanted;
    return true;
  }

  // make a cell the one that the keyboard is in
  select(at) {
    if (this.current !== null) this.target(this.current).tabIndex = -1;
    if (this.current !== null) this.cells.get(this.current).removeAttribute("tabindex");
    this.current = at;
    this.cells.get(at).tabIndex = -1; // where it holds a link or a dropdown, the way leads to this
    this.target(at).tabIndex = 0;
    this.frame();
  }

  // what takes the keyboard in a cell: a link, a dropdown, or the cell itself
  target(at) {
    const td = this.cells.get(at);
    return td.querySelector("a, select") ?? td;
  }

  // the nearest drawn cell in a direction, in its row or its column
  next(at, down, across) {
    const { row, column } = place(at);
    const ahead = [...this.cells.keys()].map((other) => [other, place(other)]).filter(([, to]) =>
      down !== 0 ? to.column === column && Math.sign(to.row - row) === down : to.row === row && Math.sign(to.column - column) === across);
    const far = ([, to]) => Math.abs(to.row - row) + Math.abs(to.column - column);
    return ahead.sort((a, b) => far(a) - far(b))[0]?.[0];
  }

  // frames around what the current cell reads, in the colours of its references in the bar
  frame() {
    for (const old of this.paper.querySelectorAll(".r")) old.remove();
    referencesOf(this.book, this.n, this.current).forEach(({ sheet, from, to }, i) => {
      const box = sheet === this.n ? this.box(from, to) : null;
      if (box === null) return;
      const frame = document.createElement("div");
      frame.className = `r r${i % 6}`;
      Object.assign(frame.style, box);
      this.paper.append(frame);
    });
  }

  box(from, to) {
    const table = this.paper.firstElementChild;
    const widths = [...table.querySelectorAll("col")].map((col) => Number(col.width));
    const sum = (end) => widths.slice(0, end).reduce((a, b) => a + b, 0);
    const first = this.about.first;
    const lines = [table.rows[from.row - first], table.rows[to.row - first]];
    if (lines.includes(undefined)) return null;
    const top = lines[0].offsetTop;
    return {
      top: `${top}px`,
      height: `${lines[1].offsetTop + lines[1].offsetHeight - top}px`,
      insetInlineStart: `${sum(from.column)}px`,
      width: `${sum(to.column + 1) - sum(from.column)}px`,
    };
  }

  // whole: all of its width is in the window, small as it may be; whether it is wider than that
  fit(whole) {
    const window = this.paper.parentElement;
    this.paper.style.removeProperty("--zoom");
    this.wrap(window);
    const [room, wide] = [window.clientWidth - 16, this.paper.getBoundingClientRect().width];
    if (whole && wide > room) this.paper.style.setProperty("--zoom", room / wide * (this.paper.currentCSSZoom ?? 1));
    this.edge();
    this.stay();
    return wide > room;
  }

  // what is beyond the window fades into it: phones show no scrollbar
  edge() {
    const { scrollWidth, scrollLeft, clientWidth, classList } = this.paper.parentElement;
    classList.toggle("more", scrollWidth - Math.abs(scrollLeft) > clientWidth + 1);
  }

  // frozen rows stay in sight, below the bar, while the rest goes by under them
  stay() {
    if (this.frozen === null) return;
    const beyond = document.getElementById("bar").getBoundingClientRect().bottom - this.paper.getBoundingClientRect().top;
    const down = Math.max(0, Math.min(beyond, this.paper.offsetHeight / 2)) / (this.paper.currentCSSZoom ?? 1);
    this.frozen.style.transform = down > 0 ? `translateY(${down}px)` : "";
  }

  // whether a text of several rows stands beside a figure, which would grow with it
  stands({ parentElement, rowSpan }) {
    const rows = [...this.paper.firstElementChild.rows].slice(parentElement.rowIndex, parentElement.rowIndex + rowSpan);
    return rowSpan > 1 && rows.some((row) => [...row.cells].some((td) => getComputedStyle(td).borderTopStyle !== "none"));
  }

  // where the window is narrower than a text, the text goes on in the next line; where no more
  // than texts was beyond it, nothing is then
  wrap(window) {
    this.paper.style.width = "";
    for (const td of this.paper.querySelectorAll(".narrow")) td.classList.remove("narrow");
    const whole = window.clientWidth / (this.paper.currentCSSZoom ?? 1) - 16;
    const wide = this.paper.offsetWidth;
    if (wide <= whole) return;
    const start = (td) => (this.paper.dir === "rtl" ? wide - td.offsetLeft - td.offsetWidth : td.offsetLeft);
    const places = [...this.cells.values()].map((td) => [td, start(td), start(td) + td.offsetWidth]).filter(([, , end]) => end > whole - FADE);
    const wraps = ([td, begin]) => td.colSpan > 1 && whole - begin >= 90 && !this.stands(td);
    const more = places.some((one) => one[2] > whole && !wraps(one));
    const room = more ? whole - FADE : whole;
    for (const [td, , end] of places.filter((one) => wraps(one) && one[2] > room)) {
      td.classList.add("narrow");
      td.style.setProperty("--beyond", `${end - room}px`);
    }
    if (!more) this.paper.style.width = `${whole}px`;
  }
}

function referencesOf(book, n, at) {
  const content = book.content(n, at);
  return content?.formula === undefined ? [] : book.read(n, content).references;
}
