import { printable } from "../files/text.ts";
import { badText } from "../files/text-place.ts";

/** One line of the file: its kind and its attributes, with the columns of their values. */
export interface DbgRecord {
  readonly line: number;
  readonly values: Map<string, { readonly text: string; readonly column: number }>;
}

/** All lines of a file by their kind. */
export type DbgRecords = ReadonlyMap<string, readonly DbgRecord[]>;

/** Splits debug info of ld65 into records. Throws `InputError` ("data") with line and column. */
export function readRecords(text: string): Map<string, DbgRecord[]> {
  const records = new Map<string, DbgRecord[]>();
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const found = text.indexOf("\n", start);
    const next = found < 0 ? text.length : found;
    const end = next > start && text[next - 1] === "\r" ? next - 1 : next;
    if (end > start) readRecord(text.slice(start, end), line, records);
    start = next + 1;
  }
  if (line === 1) throw badText("not debug info of ld65: a line version was expected", 1, 1);
  return records;
}

function readRecord(text: string, line: number, records: Map<string, DbgRecord[]>): void {
  const tab = text.indexOf("\t");
  const kind = tab < 0 ? text : text.slice(0, tab);
  if (line === 1 && kind !== "version") {
    throw badText("not debug info of ld65: version, a tab and major=2 were expected", 1, 1);
  }
  if (tab < 0) throw badText(`a tab was expected after ${printable(kind, 40)}`, line, text.length + 1);
  const record: DbgRecord = { line, values: readValues(text, tab + 1, line) };
  if (line === 1) number(record, "major");
  const known = records.get(kind);
  if (known === undefined) records.set(kind, [record]);
  else known.push(record);
}

/** `key=value,key="text, with commas",…` */
function readValues(text: string, start: number, line: number): DbgRecord["values"] {
  const values: DbgRecord["values"] = new Map();
  let at = start;
  for (;;) {
    const equals = text.indexOf("=", at);
    const key = equals < 0 ? "" : text.slice(at, equals);
    if (!/^[a-z]+$/.test(key)) throw badText("a name and = were expected", line, at + 1);
    const from = equals + 1;
    const isQuoted = text[from] === '"';
    const end = isQuoted ? text.indexOf('"', from + 1) : text.indexOf(",", from);
    if (isQuoted && end < 0) throw badText('a closing " was expected', line, text.length + 1);
    const last = end < 0 ? text.length : end;
    values.set(key, { text: text.slice(isQuoted ? from + 1 : from, last), column: from + 1 });
    at = isQuoted ? last + 1 : last;
    if (at >= text.length) return values;
    if (text[at] !== ",") throw badText("a comma was expected", line, at + 1);
    at++;
  }
}

/** The number by which other records refer to this one. */
export function id(record: DbgRecord): number {
  return number(record, "id");
}

/** Throws `InputError` if the attribute is missing, as the functions below do. */
export function textOf(record: DbgRecord, key: string): string {
  const value = record.values.get(key);
  if (value === undefined) throw badText(`${key}= was expected`, record.line, 1);
  return value.text;
}

export function number(record: DbgRecord, key: string): number {
  const value = record.values.get(key);
  if (value === undefined) throw badText(`${key}= was expected`, record.line, 1);
  return wholeNumber(value.text, record.line, value.column);
}

/** Reads a list such as `1+2+3`; empty if the key is missing. */
export function numbers(record: DbgRecord, key: string): number[] {
  const value = record.values.get(key);
  if (value === undefined) return [];
  return value.text.split("+").map((part) => wholeNumber(part, record.line, value.column));
}

function wholeNumber(text: string, line: number, column: number): number {
  const isNumber = /^(-?\d{1,10}|0x[0-9A-Fa-f]{1,8})$/.test(text);
  if (!isNumber) throw badText(`a number was expected, not ${printable(text, 40)}`, line, column);
  return Number(text);
}
