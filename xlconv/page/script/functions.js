"use strict";
// What operators and functions mean: the table of xlconv/grid/functions.py once more, a line each.
// A cell is a number, a text, a truth value, null where it is empty, or a Fault; a range is an
// array of rows.

class Fault {
  constructor(code) { this.code = code; }
}

const [DIVISION, VALUE, NUMBER, NAME, REFERENCE, CIRCLE] =
  ["#DIV/0!", "#VALUE!", "#NUM!", "#NAME?", "#REF!", "#CIRC!"].map((code) => new Fault(code));

// ---- from what a cell holds to what is wanted of it; a fault is thrown, and becomes the value

// of a range its one cell
function single(value) {
  if (!Array.isArray(value)) return value;
  if (value.length !== 1 || value[0].length !== 1) throw VALUE;
  return value[0][0];
}

// a text as the number that it reads as, such as 1e3 or 50%; null of none
function numeral(told) {
  const [, digits, percent] = told.trim().match(/^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(%?)$/i) ?? [];
  const value = Number(digits) / (percent ? 100 : 1);
  return Number.isFinite(value) ? value : null;
}

function number(value) {
  const cell = single(value);
  if (cell instanceof Fault) throw cell;
  if (typeof cell === "number") return cell;
  if (cell === null || typeof cell === "boolean") return Number(cell);
  const read = numeral(cell);
  if (read === null) throw VALUE;
  return read;
}

function finite(result) {
  if (!Number.isFinite(result)) throw NUMBER;
  return result === 0 ? 0 : result; // no program shows -0
}

function truth(value) {
  const cell = single(value);
  if (cell instanceof Fault) throw cell;
  if (typeof cell === "string") throw VALUE;
  return Boolean(cell);
}

// the shortest text that reads back as the same number, with Excel's exponent
function numberText(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  if (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e16) return String(value);
  return value.toExponential().replace("e", "E").replace(/E([+-])(\d)$/, "E$10$2").replace("E+0", "E+").replace("E-0", "E-");
}

function text(cell) {
  if (cell instanceof Fault) throw cell;
  if (typeof cell === "number") return numberText(cell);
  return cell === null ? "" : typeof cell === "boolean" ? String(cell).toUpperCase() : cell;
}

function divided(a, b) {
  if (b === 0) throw DIVISION;
  return a / b;
}

// numbers before texts before truth values, texts without case; beside a text, nothing is one
function order(a, b) {
  for (const cell of [a, b]) if (cell instanceof Fault) throw cell;
  const nothing = { string: "", boolean: false };
  const key = (cell, other) => (cell === null ? (nothing[typeof other] ?? 0) : cell);
  const rank = { number: 0, string: 1, boolean: 2 };
  const [x, y] = [key(a, b), key(b, a)];
  if (typeof x !== typeof y) return rank[typeof x] - rank[typeof y];
  const [one, other] = typeof x === "string" ? [x.toLowerCase(), y.toLowerCase()] : [x, y];
  return one < other ? -1 : one > other ? 1 : 0;
}

// half away from zero, by the decimals that are seen: 1.005 is 1.01
function round(value, digits) {
  const moved = (n, by) => {
    const [mantissa, exponent = 0] = String(n).split("e");
    return Number(`${mantissa}e${Number(exponent) + by}`);
  };
  if (digits > 300 || (Math.abs(value) >= 2 ** 53 && digits >= 0)) return value;
  return finite(Math.sign(value) * moved(Math.round(moved(Math.abs(value), digits)), -digits));
}

// ---- ranges

const rows = (value) => (Array.isArray(value) ? value : [[value]]);
const flat = (values) => values.flatMap((value) => rows(value).flat());

// what counts in an aggregate: of a range the numbers, else whatever is one
function numbers(values) {
  return values.flatMap((value) => {
    if (!Array.isArray(value)) return [number(value)];
    const cells = value.flat();
    for (const cell of cells) if (cell instanceof Fault) throw cell;
    return cells.filter((cell) => typeof cell === "number");
  });
}

const extreme = (of, cells) => (cells.length === 0 ? 0 : cells.reduce((a, b) => of(a, b)));

// what counts in a logical function: of a range whatever is neither a text nor nothing
function truths(values) {
  const found = values.flatMap((value) => (Array.isArray(value) ? value.flat().filter((cell) => cell !== null && typeof cell !== "string") : [value]));
  if (found.length === 0) throw VALUE;
  return found.map(truth);
}

const plain = (cell) => (typeof cell === "number" ? cell : 0);

// the cells of ranges of one shape, each range as a list
function beside(arrays) {
  const each = arrays.map(rows);
  const [high, wide] = [each[0].length, each[0][0].length];
  if (each.some((table) => table.length !== high || table[0].length !== wide)) throw VALUE;
  const cells = each.map((table) => table.flat());
  for (const list of cells) for (const cell of list) if (cell instanceof Fault) throw cell;
  return cells;
}

function product(arrays) {
  const cells = beside(arrays);
  let sum = 0;
  for (let n = 0; n < cells[0].length; n += 1) {
    let term = 1;
    for (const list of cells) term *= plain(list[n]);
    sum += term;
  }
  return sum;
}

const MET = {
  "=": (way) => way === 0,
  "<>": (way) => way !== 0,
  "<": (way) => way < 0,
  "<=": (way) => way <= 0,
  ">": (way) => way > 0,
  ">=": (way) => way >= 0,
};

function countIf(area, criterion) {
  const wanted = single(criterion);
  if (wanted instanceof Fault) throw wanted;
  const [, sign, bound] = (typeof wanted === "string" && wanted.match(/^(<=|>=|<>|<|>|=)(.*)$/)) || [];
  const asked = sign ? (bound !== "" && !isNaN(bound) ? Number(bound) : bound) : wanted;
  const met = (cell) => {
    if (cell instanceof Fault) return false;
    if (typeof cell !== typeof asked) return sign === "<>";
    return MET[sign ?? "="](order(cell, asked));
  };
  return rows(area).flat().filter(met).length;
}

function index(area, row, column = null) {
  const table = rows(area);
  let [r, c] = [Math.trunc(number(row)), column === null ? null : Math.trunc(number(column))];
  if (c === null) [r, c] = table[0].length === 1 ? [r, 1] : table.length === 1 ? [1, r] : [0, 0];
  if (r < 1 || c < 1 || r > table.length || c > table[0].length) throw REFERENCE;
  return table[r - 1][c - 1];
}

const log10 = (value) => {
  if (value <= 0) throw NUMBER;
  return Math.log10(value);
};

const sqrt = (value) => {
  if (value < 0) throw NUMBER;
  return Math.sqrt(value);
};

const raised = (a, b) => {
  if (a === 0 && b <= 0) throw b === 0 ? NUMBER : DIVISION;
  return a ** b;
};

const mod = (a, b) => {
  if (b === 0) throw DIVISION;
  return a - b * Math.floor(a / b);
};

// operator -> precedence and meaning
const OPERATORS = {
  "=": [1, (a, b) => order(a, b) === 0],
  "<>": [1, (a, b) => order(a, b) !== 0],
  "<": [1, (a, b) => order(a, b) < 0],
  "<=": [1, (a, b) => order(a, b) <= 0],
  ">": [1, (a, b) => order(a, b) > 0],
  ">=": [1, (a, b) => order(a, b) >= 0],
  "&": [2, (a, b) => text(a) + text(b)],
  "+": [3, (a, b) => finite(number(a) + number(b))],
  "-": [3, (a, b) => finite(number(a) - number(b))],
  "*": [4, (a, b) => finite(number(a) * number(b))],
  "/": [4, (a, b) => finite(divided(number(a), number(b)))],
};

// the same of one that no sheet has, but that people type
const TYPED = { "^": [5, (a, b) => finite(raised(number(a), number(b)))] };

// function -> meaning, of values
const FUNCTIONS = {
  ABS: (a) => Math.abs(number(a)),
  AND: (...all) => truths(all).every(Boolean),
  COLUMNS: (area) => rows(area)[0].length,
  COUNT: (...all) => flat(all).filter((cell) => typeof cell === "number").length,
  COUNTIF: countIf,
  INDEX: index,
  INT: (a) => Math.floor(number(a)),
  LOG10: (a) => log10(number(a)),
  MAX: (...all) => extreme(Math.max, numbers(all)),
  MIN: (...all) => extreme(Math.min, numbers(all)),
  MOD: (a, b) => finite(mod(number(a), number(b))),
  NOT: (a) => !truth(a),
  OR: (...all) => truths(all).some(Boolean),
  ROUND: (a, digits) => round(number(a), Math.trunc(number(digits))),
  ROWS: (area) => rows(area).length,
  SQRT: (a) => sqrt(number(a)),
  SUM: (...all) => finite(numbers(all).reduce((sum, cell) => sum + cell, 0)),
  SUMPRODUCT: (...all) => finite(product(all)),
  TANH: (a) => Math.tanh(number(a)),
};

function attempt(value) {
  try {
    return value();
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
}

// function -> meaning, of what gives the values: what is not chosen is not computed
const CHOOSING = {
  CHOOSE: (which, ...options) => {
    const n = Math.trunc(number(which()));
    if (n < 1 || n > options.length) throw VALUE;
    return options[n - 1]();
  },
  IF: (condition, then, otherwise = null) => (truth(condition()) ? then() : otherwise ? otherwise() : false),
  IFERROR: (value, otherwise) => {
    const got = attempt(value);
    return got instanceof Fault ? otherwise() : got;
  },
  ISNUMBER: (value) => typeof attempt(value) === "number",
};
