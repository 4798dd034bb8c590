"use strict";
// The cells of a book: what was typed, and what it computes. After a change all is computed again:
// that takes a few milliseconds, and nothing has to be known of what hangs on what.

const KEY = 1 << 14; // more columns than a sheet has

class Book {
  // names: of the sheets; contents: for each what its cells hold, as [address, content]
  constructor(names, contents) {
    const numbers = new Map(names.map((name, n) => [name.toLowerCase(), n]));
    this.numberOf = (name) => numbers.get(name.toLowerCase());
    this.sheets = names.map(() => ({ contents: new Map(), values: new Map() }));
    contents.forEach((cells, n) => { for (const [at, content] of cells) this.put(n, at, content); });
  }

  // content: a number, a text, a truth value, null, or { formula }
  put(n, at, content) {
    const { row, column } = place(at);
    const { contents } = this.sheets[n];
    if (content === null) contents.delete(row * KEY + column);
    else contents.set(row * KEY + column, content);
  }

  content(n, at) {
    const { row, column } = place(at);
    return this.sheets[n].contents.get(row * KEY + column) ?? null;
  }

  value(n, at) {
    const { row, column } = place(at);
    return this.computed(n, row, column);
  }

  // forget what was computed
  change() {
    for (const sheet of this.sheets) sheet.values.clear();
  }

  computed(n, row, column) {
    const { contents, values } = this.sheets[n];
    const key = row * KEY + column;
    const content = contents.get(key) ?? null;
    if (content === null || content.formula === undefined) return content;
    const known = values.get(key);
    if (known !== undefined) return known;
    this.read(n, content);
    values.set(key, CIRCLE); // until it is known: a formula that needs itself finds this
    const value = this.at(n, content.compute, 0, 0) ?? 0;
    values.set(key, value);
    return value;
  }

  // a content's formula as a function, and what it refers to; read when it is first needed
  read(n, content) {
    if (content.compute === undefined) Object.assign(content, read(content.formula, n, this.numberOf));
    return content;
  }

  // what a formula computes, moved from where it was written
  at(n, compute, down, across) {
    try {
      return single(compute(new Moved(this, down, across)));
    } catch (fault) {
      if (fault instanceof Fault) return fault;
      if (fault instanceof RangeError) return CIRCLE; // too deep
      throw fault;
    }
  }
}

class Moved {
  constructor(book, down, across) {
    [this.book, this.down, this.across] = [book, down, across];
  }

  corner({ row, column, fixedRow, fixedColumn }) {
    return [row + (fixedRow ? 0 : this.down), column + (fixedColumn ? 0 : this.across)];
  }

  cell(n, from) {
    return this.book.computed(n, ...this.corner(from));
  }

  range(n, from, to) {
    const [[r, c], [last, right]] = [this.corner(from), this.corner(to)];
    const size = (a, b) => ({ length: Math.abs(b - a) + 1 });
    return Array.from(size(r, last), (_, down) =>
      Array.from(size(c, right), (_, across) =>
        this.book.computed(n, Math.min(r, last) + down, Math.min(c, right) + across)));
  }
}
