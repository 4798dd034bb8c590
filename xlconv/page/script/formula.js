"use strict";
// A formula's text as a function that computes it, and the cells that it reads.

const TOKEN = new RegExp(
  [
    /(?<space>\s+)/,
    /(?<number>\d+(?:\.\d*)?(?:E[+-]?\d+)?|\.\d+(?:E[+-]?\d+)?)/,
    /"(?<text>(?:[^"]|"")*)"/,
    /(?:(?:'(?<quoted>(?:[^']|'')+)'|(?<sheet>[\p{L}_][\p{L}\p{N}_.]*))!)?(?<from>\$?[A-Z]{1,3}\$?[1-9]\d*)(?::(?<to>\$?[A-Z]{1,3}\$?[1-9]\d*))?(?![A-Z0-9_(])/,
    /(?<call>[A-Z][A-Z0-9.]*)\(/,
    /(?<truth>TRUE|FALSE)(?![A-Z0-9_(])/,
    /(?<sign><=|>=|<>|[-+*\/^%&=<>(),])/,
  ].map((part) => part.source).join("|"),
  "yiu",
);

// "AB5" as a row and a column from 0, and whether they stay where the formula is moved
function placeOf(address) {
  const [, fixedColumn, name, fixedRow, row] = address.match(/^(\$?)([A-Z]+)(\$?)(\d+)$/i);
  const column = [...name.toUpperCase()].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0);
  return { row: row - 1, column: column - 1, fixedRow: fixedRow !== "", fixedColumn: fixedColumn !== "" };
}

const PLACES = new Map(); // the same few cells are in most formulas

function place(address) {
  if (!PLACES.has(address)) PLACES.set(address, placeOf(address));
  return PLACES.get(address);
}

function letters(column) {
  return (column >= 26 ? letters(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
}

const address = (row, column) => letters(column) + (row + 1);

function tokens(formula) {
  const found = [];
  for (let at = 0; at < formula.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(formula);
    if (match === null) throw new SyntaxError(formula.slice(at, at + 12));
    if (match.groups.space === undefined) found.push(Object.assign(match.groups, { begin: at, end: TOKEN.lastIndex }));
  }
  return found;
}

// A reader of one formula. What it makes are functions of a `Moved`: where the values are had from,
// and how far the formula is moved from where it was written.
class Reader {
  constructor(formula, sheet, numberOf) {
    [this.sheet, this.numberOf, this.at, this.references] = [sheet, numberOf, 0, []];
    this.tokens = tokens(formula);
  }

  next(sign) {
    const token = this.tokens[this.at];
    if (token === undefined || (sign !== undefined && token.sign !== sign)) return undefined;
    this.at += 1;
    return token;
  }

  demand(sign) {
    if (this.next(sign) === undefined) throw new SyntaxError(sign);
  }

  whole() {
    const found = this.operation(1);
    if (this.at < this.tokens.length) throw new SyntaxError("");
    return found;
  }

  operation(least) {
    let left = this.operand();
    for (;;) {
      const sign = this.tokens[this.at]?.sign;
      const [precedence, meaning] = OPERATORS[sign] ?? TYPED[sign] ?? [0];
      if (precedence < least) return left;
      this.at += 1;
      left = between(meaning, left, this.operation(precedence + 1));
    }
  }

  operand() {
    let found = this.plain();
    while (this.next("%") !== undefined) found = between(OPERATORS["/"][1], found, constant(100));
    return found;
  }

  plain() {
    const token = this.next();
    if (token === undefined) throw new SyntaxError("");
    if (token.number !== undefined) return constant(this.known(token.number));
    if (token.text !== undefined) return constant(token.text.replaceAll('""', '"'));
    if (token.truth !== undefined) return constant(token.truth.toUpperCase() === "TRUE");
    if (token.from !== undefined) return this.reference(token);
    if (token.call !== undefined) return this.call(token.call.toUpperCase());
    if (token.sign === "-") return between(OPERATORS["-"][1], constant(0), this.operand());
    if (token.sign === "+") return this.operand();
    if (token.sign !== "(") throw new SyntaxError(token.sign);
    const inner = this.operation(1);
    this.demand(")");
    return inner;
  }

  known(digits) {
    const value = numeral(digits);
    if (value === null) throw new SyntaxError(digits);
    return value;
  }

  reference(token) {
    const named = token.quoted?.replaceAll("''", "'") ?? token.sheet;
    const sheet = named === undefined ? this.sheet : this.numberOf(named);
    if (sheet === undefined) return () => { throw REFERENCE; };
    const [from, to] = [place(token.from), place(token.to ?? token.from)];
    this.references.push({ sheet, from, to, begin: token.begin, end: token.end });
    if (token.to === undefined) return Object.assign((moved) => moved.cell(sheet, from), { area: (moved) => [[moved.cell(sheet, from)]] });
    return (moved) => moved.range(sheet, from, to);
  }

  call(name) {
    const args = [];
    if (this.next(")") === undefined) {
      do args.push(this.operation(1)); while (this.next(",") !== undefined);
      this.demand(")");
    }
    const chooses = Object.hasOwn(CHOOSING, name);
    if (!chooses && !Object.hasOwn(FUNCTIONS, name)) return () => { throw NAME; };
    const meaning = chooses ? CHOOSING[name] : FUNCTIONS[name];
    if (args.length < meaning.length) throw new SyntaxError(name);
    if (chooses) return (moved) => meaning(...args.map((arg) => () => single(arg(moved))));
    return (moved) => meaning(...args.map((arg) => (arg.area ?? arg)(moved))); // a cell is a range, too
  }
}

const constant = (value) => () => value;

// an operator between two values; between ranges, cell by cell
function between(meaning, left, right) {
  return (moved) => {
    const [a, b] = [left(moved), right(moved)];
    if (!Array.isArray(a) && !Array.isArray(b)) return meaning(a, b);
    const [high, wide] = [rows(a), rows(b)];
    const pick = (table, r, c) => table[table.length === 1 ? 0 : r]?.[table[0].length === 1 ? 0 : c];
    const size = [Math.max(high.length, wide.length), Math.max(high[0].length, wide[0].length)];
    return Array.from({ length: size[0] }, (_, r) =>
      Array.from({ length: size[1] }, (_, c) => meaning(pick(high, r, c) ?? null, pick(wide, r, c) ?? null)));
  };
}

// { compute, references }; what is no formula computes a fault
// sheet: the number of the sheet that it stands on; numberOf: that of another one, by its name
function read(formula, sheet, numberOf) {
  try {
    const reader = new Reader(formula, sheet, numberOf);
    return { compute: reader.whole(), references: reader.references };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return { compute: () => { throw NAME; }, references: [] };
  }
}
