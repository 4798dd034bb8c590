"use strict";
// How a value is shown, by the format of its numbers (xlconv/grid/shown.py does the same), and how
// cells look while they are lit.

const [LEAST, WHOLE, DIGITS] = [1e-4, 1e11, 10];

const fixed = (value, decimals) => round(value, decimals).toFixed(decimals);

function power(value, decimals) {
  if (value === 0) return `${fixed(0, decimals)}E+0`;
  let exponent = Number(value.toExponential().split("e")[1]);
  let mantissa = fixed(Number(`${value.toExponential().split("e")[0]}`), decimals);
  if (mantissa.startsWith("10")) [mantissa, exponent] = [fixed(1, decimals), exponent + 1];
  return `${mantissa}E${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

const stripped = (told) => (told.includes(".") ? told.replace(/\.?0+$/, "") : told);

function general(value, room) {
  if (value === 0 || (LEAST <= value && value < WHOLE)) {
    const before = String(Math.trunc(value)).length;
    return stripped(fixed(value, Math.max(0, Math.min(DIGITS, room - 1) - before)));
  }
  const [mantissa, exponent] = value.toExponential(5).split("e");
  return `${stripped(mantissa)}E${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

function digits(value, pattern, room) {
  if (pattern === "General") return general(value, room);
  const [mantissa, exponent] = pattern.split("E");
  const decimals = (mantissa.split(".")[1] ?? "").length;
  if (exponent !== undefined) return power(value, decimals);
  return pattern === "" ? "" : fixed(value, decimals);
}

// what a cell shows; room: how many characters its column takes
function shown(value, code, room) {
  const sections = code.split(";");
  if (value === null || (sections.length > 3 && typeof value === "string")) return "";
  if (typeof value === "string") return value;
  if (value instanceof Fault) return value.code;
  if (typeof value === "boolean") return String(value).toUpperCase();
  const negative = value < 0;
  const section = value === 0 && sections.length > 2 ? sections[2] : negative ? (sections[1] ?? sections[0]) : sections[0];
  const literal = [...section.matchAll(/"([^"]*)"/g)].map((match) => match[1]).join("");
  const pattern = section.replace(/"[^"]*"/g, "");
  const signed = negative && sections.length === 1;
  const minus = signed || pattern.startsWith("-") ? "-" : "";
  return literal + minus + digits(Math.abs(value), pattern.replace(/^-/, ""), room - Number(signed));
}

// the corners of "B2:D4", or of "B2"
function corners(range) {
  const [from, to] = range.split(":").map(place);
  return [from, to ?? from];
}

function* cellsOf(range) {
  const [from, to] = corners(range);
  for (let row = from.row; row <= to.row; row += 1) {
    for (let column = from.column; column <= to.column; column += 1) yield [row, column];
  }
}

// address -> what its cell has over its own look; of two lights the first that holds wins
function lit(book, n, lights) {
  const found = new Map();
  for (const light of [...lights].reverse()) {
    const [range, condition, look] = light;
    const [{ row: top, column: left }] = corners(range);
    const { compute } = (light.read ??= read(condition, n, book.numberOf));
    for (const [row, column] of cellsOf(range)) {
      const holds = book.at(n, compute, row - top, column - left);
      if (holds === true || (typeof holds === "number" && holds !== 0)) {
        const at = address(row, column);
        found.set(at, { ...found.get(at), ...look });
      }
    }
  }
  return found;
}

const mixed = (from, to, share) => `color-mix(in srgb, ${to} ${Math.round(share * 1e4) / 100}%, ${from})`;

// the colour of a value between those of two or three others
function shade(value, values, ends) {
  const last = ends.length - 1;
  const from = last === 2 && value > values[1] ? 1 : 0;
  const [low, high] = [values[from], values[from + 1]];
  const share = high === low ? Number(value > high) : (value - low) / (high - low);
  return mixed(ends[from], ends[from + 1], Math.min(1, Math.max(0, share)));
}

// address -> the ground that a heat map gives it
function heat(book, n, scales) {
  const found = new Map();
  for (const { cells, values, ends } of scales) {
    const numbers = cells.flatMap((range) => [...cellsOf(range)])
      .map(([row, column]) => [address(row, column), book.computed(n, row, column)])
      .filter(([, value]) => typeof value === "number");
    const all = numbers.map(([, value]) => value);
    const between = values ?? [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), -Infinity)];
    for (const [at, value] of numbers) found.set(at, shade(value, between, ends));
  }
  return found;
}
