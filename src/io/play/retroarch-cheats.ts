import { InputError } from "../../emu/input-error.ts";

/** The fields of one cheat of a RetroArch file, by name: `cheat3_value = "9"` is field `value` of cheat 3. */
export interface RetroArchCheat {
  readonly fields: ReadonlyMap<string, string>;
  /** The line of the cheat's code or address, from 1. */
  readonly line: number;
}

/** `cheat0_code = "SXIOPO+75:9"`, with or without quotes. */
const FIELD = /^cheat(\d{1,4})_(\w+)\s*=\s*(?:"([^"]*)"?|([^#"]*))/i;
/** `cheats = 3`, which is not needed: the fields are numbered. */
const COUNT = /^cheats\s*=/i;

/** Values of `handler`: cheats for the core, and cheats that RetroArch itself writes into RAM. */
const HANDLED_BY_RETROARCH = 1;
/** Bits that a value has, by `memory_search_size`. */
const VALUE_BITS = [1, 2, 4, 8, 16, 32];
const SIZE_8_BITS = 3;
/** Values of `cheat_type`. */
const SET_VALUE = 1;
const NEXT_IF_EQUAL = 4;
/** RetroArch counts addresses from the start of the console's 2 KiB of RAM, which are the CPU's addresses. */
const RAM_BYTES = 0x800;
/** More bytes than RAM has need no cheat each. */
const MAX_REPEATS = 256;

/** True for a line of a RetroArch file. */
export function isRetroArchLine(line: string): boolean {
  return FIELD.test(line) || COUNT.test(line);
}

/** Collects the cheats of the lines that `isRetroArchLine` accepts, in the order of their numbers. */
export function retroArchCheats(lines: readonly string[]): RetroArchCheat[] {
  const cheats = new Map<number, { fields: Map<string, string>; line: number }>();
  for (const [index, text] of lines.entries()) {
    const [, number, name, quoted, plain] = FIELD.exec(text.trim()) ?? [];
    if (number === undefined || name === undefined) continue;
    const key = Number(number);
    const field = name.toLowerCase();
    const cheat = cheats.get(key) ?? { fields: new Map(), line: index + 1 };
    cheat.fields.set(field, (quoted ?? plain ?? "").trim());
    if (field === "code" || (field === "address" && !cheat.fields.get("code"))) cheat.line = index + 1;
    cheats.set(key, cheat);
  }
  return [...cheats].sort(([a], [b]) => a - b).map(([, cheat]) => cheat);
}

/** True if the file turns the cheat on. A cheat without `enable` is on. */
export function isRetroArchCheatOn({ fields }: RetroArchCheat): boolean {
  return /^(true|1)$/i.test(fields.get("enable") ?? "true");
}

/**
 * The codes of a cheat: those of `code`, or one per byte that RetroArch writes into RAM (`address`, `value`,
 * 8 to 32 bits, repeated). `before` is the cheat before it in the file, which can be its condition. Throws
 * `InputError` ("data") for what cheats here cannot do: single bits, counting, other conditions.
 */
export function retroArchCodes(cheat: RetroArchCheat, before?: RetroArchCheat): string[] {
  const { fields } = cheat;
  if (!isMemoryCheat(cheat)) {
    const code = fields.get("code") ?? "";
    return code.split(/[+;,]/).filter((part) => part.trim() !== "");
  }
  const type = numberOf(fields, "cheat_type", SET_VALUE);
  // The condition becomes the compared byte of the cheat after it.
  if (type === NEXT_IF_EQUAL) return [];
  if (type !== SET_VALUE) throw unsupported(`cheat_type ${type}`, "only 1 (set) and 4 (if equal) are read");
  const compare = before === undefined ? undefined : comparedByte(before, fields);
  const bytes = [...writtenBytes(fields)];
  if (compare !== undefined && bytes.length > 1)
    throw unsupported("a condition for several bytes", "a condition is for one byte at the same address");
  return bytes.map(([address, value]) =>
    compare === undefined
      ? `${hex(address, 4)}:${hex(value, 2)}`
      : `${hex(address, 4)}?${compare}:${hex(value, 2)}`,
  );
}

function isMemoryCheat({ fields }: RetroArchCheat): boolean {
  const handler = numberOf(fields, "handler", fields.get("code") ? 0 : HANDLED_BY_RETROARCH);
  return handler === HANDLED_BY_RETROARCH && fields.has("address");
}

/** The byte that the cheat before this one waits for; undefined if that is no condition. */
function comparedByte(before: RetroArchCheat, fields: ReadonlyMap<string, string>): string | undefined {
  if (!isMemoryCheat(before)) return undefined;
  const type = numberOf(before.fields, "cheat_type", SET_VALUE);
  if (type < NEXT_IF_EQUAL) return undefined;
  const isSameByte =
    type === NEXT_IF_EQUAL &&
    numberOf(before.fields, "memory_search_size", SIZE_8_BITS) === SIZE_8_BITS &&
    numberOf(before.fields, "address", -1) === numberOf(fields, "address", -1);
  if (!isSameByte)
    throw unsupported("this condition", "a condition is for one byte at the same address (cheat_type 4)");
  return hex(numberOf(before.fields, "value", 0) & 0xff, 2);
}

/** Addresses and values of the bytes that a cheat writes. */
function* writtenBytes(fields: ReadonlyMap<string, string>): Generator<readonly [number, number]> {
  const bits = VALUE_BITS[numberOf(fields, "memory_search_size", SIZE_8_BITS)];
  if (bits === undefined || bits < 8)
    throw unsupported("a value of single bits", "use a value of 8 bits (size 3)");
  const length = bits / 8;
  const isBigEndian = /^(true|1)$/i.test(fields.get("big_endian") ?? "");
  const repeats = numberOf(fields, "repeat_count", 1);
  if (repeats > MAX_REPEATS) throw unsupported(`repeat_count ${repeats}`, `use at most ${MAX_REPEATS}`);
  const addressStep = numberOf(fields, "repeat_add_to_address", 1) * length;
  const valueStep = numberOf(fields, "repeat_add_to_value", 0);
  let address = numberOf(fields, "address", 0);
  let value = numberOf(fields, "value", 0);
  for (let i = 0; i < repeats; i++) {
    if (address + length > RAM_BYTES)
      throw unsupported(`address ${address}`, "RetroArch's addresses are those of RAM, 0 to 2047");
    for (let at = 0; at < length; at++)
      yield [address + at, Math.floor(value / 256 ** (isBigEndian ? length - 1 - at : at)) & 0xff];
    address += addressStep;
    value += valueStep;
  }
}

/** A number as RetroArch reads it: decimal, `0x` hexadecimal, or octal after a 0. */
function numberOf(fields: ReadonlyMap<string, string>, name: string, missing: number): number {
  const text = fields.get(name) ?? "";
  if (text === "") return missing;
  const isOctal = /^0[0-7]+$/.test(text);
  const number = isOctal
    ? Number.parseInt(text, 8)
    : /^(0x[0-9a-f]+|\d+)$/i.test(text)
      ? Number(text)
      : Number.NaN;
  if (Number.isSafeInteger(number) && number <= 0xffffffff) return number;
  throw new InputError(
    "data",
    `${name} is not a number: ${JSON.stringify(text)}`,
    "",
    "give it as 9 or 0x09",
  );
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

function unsupported(what: string, remedy: string): InputError {
  return new InputError("data", `${what} is not supported`, "", remedy);
}
