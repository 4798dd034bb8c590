"use strict";
// The page: its tabs, what stands in the cell that is looked at, the way back, and the workbook.

const element = (id) => document.getElementById(id);

const ABOUT = JSON.parse(element("data").textContent);
const FORMATS = ABOUT.formats;
const file = bytesOf(element("book").getAttribute("href"));
const figures = ABOUT.sheets.map(() => null);
const tabs = ABOUT.sheets.map((_, n) => element(`t${n}`));
const history = []; // what was typed: lists of [number of a sheet, address, what stood there before]
let book; // what the workbook in the page holds, once it is unpacked
let shownNow = -1;
let taken = true; // whether the workbook has all that was typed

function bytesOf(address) {
  const letters = atob(address.split(",")[1]);
  const bytes = new Uint8Array(letters.length);
  for (let n = 0; n < letters.length; n += 1) bytes[n] = letters.charCodeAt(n);
  return bytes;
}

function figure(n) {
  if (figures[n] === null) {
    figures[n] = new Figure(n, ABOUT.sheets[n], book);
    new Editor(figures[n], commit, look);
    figures[n].render();
  }
  return figures[n];
}

// the sheet that a tab leads to, and no other
function turnTo(n) {
  tabs.forEach((tab, other) => {
    tab.setAttribute("aria-selected", other === n);
    tab.tabIndex = other === n ? 0 : -1;
    element(`s${other}`).hidden = other !== n;
  });
  shownNow = n;
  tabs[n].scrollIntoView({ block: "nearest", inline: "nearest" });
}

function show(n) {
  turnTo(n);
  figure(n).render();
  fit();
  figure(n).frame();
  look(figure(n));
}

// wide: whether the figure is made to fit the window, or was
function fit(wide = element("whole").ariaPressed === "true") {
  element("whole").hidden = !figure(shownNow).fit(wide);
  element("whole").ariaPressed = wide;
}

// what stands in a cell, its references in the colours of their frames
function look({ n, current }) {
  const content = book.content(n, current);
  const where = Object.assign(document.createElement("b"), { textContent: current });
  const told = Object.assign(document.createElement("span"), { dir: "auto" });
  if (content?.formula === undefined) told.append(entryOf(content));
  else told.append("=", ...coloured(content.formula, referencesOf(book, n, current)));
  element("content").replaceChildren(where, " ", told);
}

function coloured(formula, references) {
  const told = [];
  let at = 0;
  references.forEach(({ begin, end }, i) => {
    const mark = Object.assign(document.createElement("mark"), { className: `r${i % 6}`, textContent: formula.slice(begin, end) });
    told.push(formula.slice(at, begin), mark);
    at = end;
  });
  return [...told, formula.slice(at)];
}

function commit({ n }, told) {
  enter(told.map(([at, content]) => [n, at, content]));
}

function enter(contents, back = false) {
  const before = contents.map(([n, at]) => [n, at, book.content(n, at)]);
  for (const [n, at, content] of contents) book.put(n, at, content);
  if (!back) history.push(before);
  taken = history.length === 0;
  book.change();
  const now = figure(shownNow);
  now.render();
  now.frame();
  look(now);
  element("undo").hidden = element("again").hidden = history.length === 0;
}

function undo() {
  if (history.length > 0) enter(history.pop().reverse(), true);
}

function again() {
  enter(history.splice(0).flat().reverse(), true);
}

function typedOver() {
  const all = ABOUT.sheets.map(() => new Set());
  for (const [n, at] of history.flat()) all[n].add(at);
  return all;
}

// the workbook as it is now: in place of the file that the link has, for as long as it is taken
async function take(event) {
  if (history.length === 0) return;
  event.preventDefault();
  taken = true;
  const url = URL.createObjectURL(await filled(file, book, typedOver()));
  Object.assign(document.createElement("a"), { href: url, download: element("book").download }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function step(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const to = tabs[shownNow + (document.dir === "rtl" ? -by : by)];
  if (by === undefined || to === undefined) return;
  event.preventDefault();
  to.click();
  to.focus();
}

// the sheet that the address asks for
function asked() {
  const n = Number(location.hash.match(/^#s(\d+)$/)?.[1] ?? 0);
  return n < tabs.length ? n : 0;
}

function follow() {
  show(asked());
  scrollTo(0, 0);
}

function listen() {
  tabs.forEach((tab, n) => {
    tab.addEventListener("click", () => show(n));
    tab.addEventListener("keydown", step);
  });
  element("undo").addEventListener("click", undo);
  element("again").addEventListener("click", again);
  element("book").addEventListener("click", take);
  element("whole").addEventListener("click", ({ target }) => fit(target.ariaPressed !== "true"));
  addEventListener("keydown", (event) => {
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && !(event.target instanceof HTMLInputElement)) undo();
  });
  addEventListener("hashchange", follow);
  addEventListener("beforeunload", (event) => { if (ABOUT.asks && !taken) event.preventDefault(); });
  addEventListener("resize", () => fit());
  addEventListener("scroll", () => figure(shownNow).stay(), { passive: true });
  addEventListener("beforeprint", () => tabs.forEach((_, n) => figure(n).render()));
}

turnTo(asked());
const ready = contentsOf(file, tabs.length).then((contents) => {
  book = new Book(ABOUT.sheets.map(({ name }) => name), contents);
  listen();
  follow();
}).catch((fault) => { // a browser from before 2023 unpacks nothing: it shows every sheet as it is
  for (const tab of tabs) element(tab.getAttribute("aria-controls")).hidden = false;
  element("bar").hidden = true;
  throw fault;
});
