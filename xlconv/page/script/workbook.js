"use strict";
// The workbook in the page: what its cells hold, and its file again as it was typed over.

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

const sumOf = (bytes) => ~bytes.reduce((sum, byte) => (sum >>> 8) ^ CRC[(sum ^ byte) & 255], -1) >>> 0;

async function through(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

// the parts of a ZIP file that has no comment: [{ name, local, central, data }]
function parts(file) {
  const view = new DataView(file.buffer, file.byteOffset);
  const end = file.length - 22;
  const found = [];
  for (let at = view.getUint32(end + 16, true), n = view.getUint16(end + 10, true); n > 0; n -= 1) {
    const [size, name, extra, comment] = [view.getUint32(at + 20, true), ...[28, 30, 32].map((by) => view.getUint16(at + by, true))];
    const central = file.slice(at, at + 46 + name + extra + comment);
    const local = view.getUint32(at + 42, true);
    const data = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    found.push({
      name: new TextDecoder().decode(file.subarray(at + 46, at + 46 + name)),
      central, local: file.slice(local, data), data: file.slice(data, data + size),
    });
    at += central.length;
  }
  return found;
}

const unpacked = async ({ data }) => new TextDecoder().decode(await through(data, new DecompressionStream("deflate-raw")));

// the same part with another content
async function replaced(part, bytes) {
  const data = await through(bytes, new CompressionStream("deflate-raw"));
  const [central, local] = [part.central.slice(), part.local.slice()];
  for (const [head, at] of [[central, 16], [local, 14]]) {
    [sumOf(bytes), data.length, bytes.length].forEach((value, n) => new DataView(head.buffer).setUint32(at + 4 * n, value, true));
  }
  return { ...part, central, local, data };
}

function zipped(all) {
  let at = 0;
  for (const part of all) {
    new DataView(part.central.buffer).setUint32(42, at, true);
    at += part.local.length + part.data.length;
  }
  const size = all.reduce((sum, part) => sum + part.central.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  [[0, 0x06054b50], [12, size], [16, at]].forEach(([by, value]) => end.setUint32(by, value, true));
  for (const by of [8, 10]) end.setUint16(by, all.length, true);
  return new Blob([...all.flatMap((part) => [part.local, part.data]), ...all.map((part) => part.central), end.buffer]);
}

// a cell of our own XML: its address, style, type, formula and value
const CELL = /<c r="([A-Z]+\d+)"( s="\d+")?(?: t="(\w+)")?(?:\/>|>(?:<f>(.*?)<\/f>)?(?:<v[^>]*>(.*?)<\/v>)?<\/c>)/gs;

const asText = (xml) => xml.replace(/&(?:amp|lt|gt);/g, (sign) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">" })[sign]).replace(/_x005F_(?=x[0-9A-F]{4}_)/gi, "_");

function contentOf([, , , type, formula, value], strings) {
  if (formula !== undefined) return { formula: asText(formula) };
  if (value === undefined) return null;
  if (type === "s") return strings[value];
  return type === "b" ? value === "1" : Number(value);
}

// what the cells of the first sheets of a workbook hold: for each sheet [address, content] each
async function contentsOf(file, count) {
  const named = new Map(parts(file).map((part) => [part.name, part]));
  const strings = [...(await unpacked(named.get("xl/sharedStrings.xml"))).matchAll(/<si>(.*?)<\/si>/gs)]
    .map(([, runs]) => [...runs.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, told]) => asText(told)).join(""));
  return Promise.all(Array.from({ length: count }, async (_, n) =>
    [...(await unpacked(named.get(`xl/worksheets/sheet${n + 1}.xml`))).matchAll(CELL)].map((cell) => [cell[1], contentOf(cell, strings)])));
}

const asXml = (told) => told.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]).replace(/_(?=x[0-9A-F]{4}_)/gi, "_x005F_");

// a value as the type and the element that a cell has
function valueXml(value) {
  if (value === null) return ["", ""];
  if (value instanceof Fault) return [' t="e"', `<v>${value === CIRCLE ? "#REF!" : value.code}</v>`];
  if (typeof value === "boolean") return [' t="b"', `<v>${Number(value)}</v>`];
  if (typeof value === "number") return ["", `<v>${numberText(value)}</v>`];
  return [' t="str"', `<v xml:space="preserve">${asXml(value)}</v>`];
}

// the rows of a sheet with what the book has in their formulas and in the cells that were typed over
function patched(xml, book, n, typedOver) {
  return xml.replace(CELL, (cell, at, style = "", was, computed) => {
    if (!typedOver.has(at) && computed === undefined) return cell;
    const content = book.content(n, at);
    const [type, value] = valueXml(book.value(n, at));
    const formula = content?.formula === undefined ? "" : `<f>${asXml(content.formula)}</f>`;
    return `<c r="${at}"${style}${type}>${formula}${value}</c>`;
  });
}

// file: the workbook's bytes; typedOver: for each sheet the addresses that were typed over
async function filled(file, book, typedOver) {
  const all = await Promise.all(parts(file).map(async (part) => {
    const n = Number(part.name.match(/^xl\/worksheets\/sheet(\d+)\.xml$/)?.[1]) - 1;
    if (!(n < typedOver.length)) return part;
    return replaced(part, new TextEncoder().encode(patched(await unpacked(part), book, n, typedOver[n])));
  }));
  return zipped(all);
}
