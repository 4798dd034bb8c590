"use strict";
// Typing: into the cell that is selected, by keyboard or phone; Escape leaves it as it was.

// what was typed, as a content
function typed(entry) {
  const told = entry.trim();
  if (told === "") return null;
  if (told.startsWith("=") && told.length > 1) return { formula: told.slice(1) };
  const read = numeral(/^[-+]?\d*,\d+%?$/.test(told) ? told.replace(",", ".") : told);
  if (read !== null) return read;
  if (/^(true|false)$/i.test(told)) return told.toLowerCase() === "true";
  return entry;
}

// a content as it is typed
function entryOf(content) {
  if (content === null) return "";
  if (content instanceof Fault) return content.code;
  return content.formula === undefined ? text(content) : `=${content.formula}`;
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const cellOf = (node) => (node instanceof Element ? node : node?.parentElement)?.closest("td[id]");

const addressOf = (element) => cellOf(element)?.id.split(".")[1];

class Editor {
  // commit: is told a figure and what was typed there, [address, content] each; look: where the reader looks
  constructor(figure, commit, look) {
    Object.assign(this, { figure, commit, look, input: null });
    const on = (event, does) => figure.paper.addEventListener(event, does);
    on("click", (event) => this.point(event, false));
    on("dblclick", (event) => this.point(event, true));
    on("keydown", (event) => this.key(event));
    on("change", ({ target }) => {
      if (target instanceof HTMLSelectElement) commit(figure, [[addressOf(target), typed(target.value)]]);
    });
    on("copy", (event) => this.copy(event));
    on("paste", (event) => this.paste(event));
    on("focusin", () => look(figure));
  }

  point(event, twice) {
    const at = addressOf(event.target);
    if (at === undefined || event.target === this.input) return;
    this.go(at);
    if (twice) this.open(this.entry(), true);
  }

  entry() {
    return entryOf(this.figure.book.content(this.figure.n, this.figure.current));
  }

  // select a cell; one that is there to be typed over is open at once
  go(at) {
    this.close(true);
    this.figure.select(at);
    this.look(this.figure);
    if (this.figure.cells.get(at).matches(".y")) this.open(this.entry(), false);
    if (this.input === null) this.figure.target(at).focus();
  }

  // inside: whether arrows move in what is typed, rather than on to the next cell
  open(entry, inside) {
    const { figure } = this;
    const td = figure.cells.get(figure.current);
    this.close(true);
    if (td.firstElementChild !== null) return; // a link, a dropdown or a caption
    const plain = { autocomplete: "off", autocapitalize: "off", spellcheck: false, enterKeyHint: "next" };
    const input = Object.assign(document.createElement("input"), { value: entry, ...plain });
    Object.assign(this, { input, inside, at: figure.current, before: entry });
    input.setAttribute("aria-label", figure.current);
    const widen = () => input.classList.toggle("long", input.value.length > 6);
    input.addEventListener("input", widen);
    input.addEventListener("pointerdown", () => { this.inside = true; });
    input.addEventListener("blur", () => this.close(true));
    widen();
    td.append(input);
    input.focus();
    input.select();
  }

  // keep: whether what was typed is taken over
  close(keep) {
    const { input, at, before } = this;
    if (input === null) return;
    this.input = null;
    input.remove();
    if (keep && input.value !== before) this.commit(this.figure, [[at, typed(input.value)]]);
  }

  key(event) {
    const { figure, input } = this;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const onward = event.shiftKey ? -1 : 1;
    if (event.key === "Escape" && input !== null) this.leave(event);
    else if (event.key === "F2") this.open(this.entry(), true);
    else if (event.key === "Enter" && input !== null) this.move(event, onward, 0, true);
    else if (event.key === "Enter" && event.target.matches("td")) this.begin(event);
    else if (event.key === "Tab" && input !== null) this.move(event, 0, onward);
    else if (event.key in STEPS) this.step(event, STEPS[event.key]);
    else if (event.key.length === 1 && event.target.matches("td")) this.open("", false);
  }

  // the values from where a selection begins to where it ends, else that of the current cell
  copy(event) {
    if (this.input !== null) return;
    const { figure: { n, book, current }, figure } = this;
    const { anchorNode, focusNode, isCollapsed } = getSelection();
    const ends = isCollapsed ? [] : [anchorNode, focusNode].map(addressOf).filter((at) => figure.cells.has(at));
    const [a, b] = (ends.length === 2 ? ends : [current, current]).map(place);
    const [top, left] = [Math.min(a.row, b.row), Math.min(a.column, b.column)];
    const lines = Array.from({ length: Math.abs(b.row - a.row) + 1 }, (_, down) =>
      Array.from({ length: Math.abs(b.column - a.column) + 1 }, (_, across) =>
        entryOf(book.computed(n, top + down, left + across))).join("\t"));
    event.preventDefault();
    event.clipboardData.setData("text/plain", lines.join("\n"));
  }

  // a table that was copied elsewhere goes into as many cells
  paste(event) {
    const { figure } = this;
    const lines = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
    if (lines.length === 1 && lines[0].length === 1 && this.input !== null) return;
    event.preventDefault();
    this.close(false);
    const { row, column } = place(figure.current);
    const told = lines.flatMap((line, down) => line.map((entry, across) => [address(row + down, column + across), typed(entry)]));
    this.commit(figure, told.filter(([at]) => figure.cells.has(at)));
    this.go(figure.current);
  }

  begin(event) {
    event.preventDefault();
    this.open(this.entry(), true);
  }

  step(event, [down, across]) {
    if (event.target instanceof HTMLSelectElement && down !== 0) return; // it chooses another value
    if (this.input !== null && this.inside && across !== 0) return;
    this.move(event, down, this.figure.paper.dir === "rtl" ? -across : across);
  }

  leave(event) {
    event.preventDefault();
    this.close(false);
    this.figure.cells.get(this.figure.current).focus();
  }

  // to the next cell; where there is none, a key does what it does elsewhere
  move(event, down, across, done = false) {
    const to = this.figure.next(this.figure.current, down, across);
    if (to === undefined && !done) return;
    event.preventDefault();
    this.close(true);
    if (to === undefined) this.figure.cells.get(this.figure.current).focus();
    else this.go(to);
  }
}
