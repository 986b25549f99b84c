import { InputError } from "../input-error.ts";

/**
 * What work RAM and nametable RAM hold at power-on:
 * - `"zero"`, `"ones"`: every byte
 * - a number: bytes from a seed
 * - `"pattern:<hex>"`: these bytes over and over in work RAM; nametable RAM holds zeros, as in FCEUX and
 *   BizHawk
 * - `"fceux:<seed>"`: the bytes of FCEUX's generator, seeded as its movies say
 */
export type RamFill = "zero" | "ones" | number | `pattern:${string}` | `fceux:${string}`;

/** How FCEUX and BizHawk fill work RAM by default. */
export const FCEUX_FILL: RamFill = "pattern:00000000ffffffff";

const MAX_SEED = 0xffff_ffff;
/** The size of work RAM: the rest of a longer pattern would not be used. */
const MAX_PATTERN_BYTES = 0x800;

/** For messages: the texts that `parseRamFill` accepts. */
export const RAM_FILL_TEXTS = "zero, ones, fceux, a seed, pattern:HEX or fceux:SEED";

/** The fill that a text names (see `RAM_FILL_TEXTS`); undefined if it names none. */
export function parseRamFill(text: string): RamFill | undefined {
  if (text === "zero" || text === "ones") return text;
  if (text === "fceux") return FCEUX_FILL;
  if (/^\d{1,10}$/.test(text) && Number(text) <= MAX_SEED) return Number(text);
  const [kind, value = ""] = text.split(":", 2);
  if (kind === "fceux" && /^\d{1,10}$/.test(value) && Number(value) <= MAX_SEED)
    return `fceux:${Number(value)}`;
  if (kind === "pattern" && /^(?:[0-9a-f]{2})+$/i.test(value) && value.length <= 2 * MAX_PATTERN_BYTES) {
    return `pattern:${value.toLowerCase()}`;
  }
  return undefined;
}

/** Returns `fill`, or the one that a text names. Throws `InputError` ("usage") if it is none. */
export function checkRamFill(fill: unknown): RamFill {
  if (typeof fill === "number" && Number.isInteger(fill)) return fill;
  const named = typeof fill === "string" ? parseRamFill(fill) : undefined;
  if (named !== undefined) return named;
  throw new InputError(
    "usage",
    `ramFill ${String(fill).slice(0, 40)} is unknown`,
    "",
    `one of ${RAM_FILL_TEXTS}`,
  );
}

/** Fills work RAM and then nametable RAM, which are parts of one array. */
export function fillRam(workRam: Uint8Array, nametableRam: Uint8Array, fill: RamFill): void {
  if (typeof fill === "number") {
    fillFromSeed(workRam, fill);
    fillFromSeed(nametableRam, fill);
  } else if (fill === "zero" || fill === "ones") {
    workRam.fill(fill === "ones" ? 0xff : 0);
    nametableRam.fill(fill === "ones" ? 0xff : 0);
  } else if (fill.startsWith("pattern:")) {
    const hex = fill.slice("pattern:".length);
    const period = hex.length >> 1;
    for (let at = 0; at < workRam.length; at++) {
      const digits = 2 * (at % period);
      workRam[at] = Number.parseInt(hex.slice(digits, digits + 2), 16);
    }
    nametableRam.fill(0);
  } else {
    const next = fceuxGenerator(Number(fill.slice("fceux:".length)));
    for (let at = 0; at < workRam.length; at++) workRam[at] = next();
    for (let at = 0; at < nametableRam.length; at++) nametableRam[at] = next();
  }
}

/** Xorshift32: the same seed gives the same bytes everywhere. */
function fillFromSeed(bytes: Uint8Array, seed: number): void {
  let state = (seed ^ 0x9e3779b9) | 1;
  for (let at = 0; at < bytes.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
}

const rotateLeft = (value: bigint, bits: bigint): bigint =>
  BigInt.asUintN(64, (value << bits) | (value >> (64n - bits)));

/**
 * FCEUX's generator: xoroshiro128+ (55, 14, 36), whose two words come from the seed by SplitMix64. The low
 * byte of each result is used. https://prng.di.unimi.it/
 */
function fceuxGenerator(seed: number): () => number {
  let mix = BigInt(seed >>> 0);
  const splitMix = (): bigint => {
    mix = BigInt.asUintN(64, mix + 0x9e3779b97f4a7c15n);
    let z = mix;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
  let s0 = splitMix();
  let s1 = splitMix();
  return () => {
    const result = Number((s0 + s1) & 0xffn);
    const mixed = s0 ^ s1;
    s0 = BigInt.asUintN(64, rotateLeft(s0, 55n) ^ mixed ^ (mixed << 14n));
    s1 = rotateLeft(mixed, 36n);
    return result;
  };
}
