/** What tests vary in an NSF. */
export interface NsfRecipe {
  readonly version?: number;
  readonly songs?: number;
  /** From 1, as in the header. */
  readonly start?: number;
  readonly load?: number;
  readonly init?: number;
  readonly play?: number;
  readonly title?: string;
  readonly banks?: readonly number[];
  readonly region?: number;
  readonly chips?: number;
  readonly flags?: number;
  readonly ntscUs?: number;
  readonly palUs?: number;
  readonly program: Uint8Array | readonly number[];
  /** Chunks behind the program. */
  readonly chunks?: readonly Uint8Array[];
}

/** An NSF, or an NSF2 if there is something in it that needs it. */
export function buildNsf(recipe: NsfRecipe): Uint8Array {
  const { load = 0x8000, chunks = [], program } = recipe;
  const header = new Uint8Array(0x80);
  const word = (at: number, value: number): void => header.set([value & 0xff, value >> 8], at);
  header.set([0x4e, 0x45, 0x53, 0x4d, 0x1a, recipe.version ?? 1, recipe.songs ?? 1, recipe.start ?? 1]);
  word(0x08, load);
  word(0x0a, recipe.init ?? load);
  word(0x0c, recipe.play ?? load);
  header.set(new TextEncoder().encode(recipe.title ?? "Test tune"), 0x0e);
  header.set(new TextEncoder().encode("Somebody"), 0x2e);
  header.set(new TextEncoder().encode("2026"), 0x4e);
  word(0x6e, recipe.ntscUs ?? 16_639);
  header.set(recipe.banks ?? [], 0x70);
  word(0x78, recipe.palUs ?? 19_997);
  header.set([recipe.region ?? 0, recipe.chips ?? 0, recipe.flags ?? 0], 0x7a);
  if (chunks.length > 0)
    header.set([program.length & 0xff, (program.length >> 8) & 0xff, program.length >> 16], 0x7d);
  return joined([header, Uint8Array.from(program), ...chunks]);
}

/** A chunk of NSFe. */
export function nsfChunk(name: string, data: Uint8Array | readonly number[] = []): Uint8Array {
  const chunk = new Uint8Array(8 + data.length);
  new DataView(chunk.buffer).setUint32(0, data.length, true);
  chunk.set(new TextEncoder().encode(name), 4);
  chunk.set(data, 8);
  return chunk;
}

/** An NSFe of chunks, ended by NEND. */
export function buildNsfe(...chunks: readonly Uint8Array[]): Uint8Array {
  return joined([new TextEncoder().encode("NSFE"), ...chunks, nsfChunk("NEND")]);
}

/** An INFO chunk. */
export function infoChunk(recipe: Omit<NsfRecipe, "program">): Uint8Array {
  const { load = 0x8000, init = load, play = load } = recipe;
  const addresses = [load, init, play].flatMap((address) => [address & 0xff, address >> 8]);
  const start = (recipe.start ?? 1) - 1;
  return nsfChunk("INFO", [...addresses, recipe.region ?? 0, recipe.chips ?? 0, recipe.songs ?? 1, start]);
}

/** Texts that end with 0. */
export function nsfTexts(...texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.map((text) => `${text}\0`).join(""));
}

/** Signed 32-bit numbers. */
export function nsfLongs(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

/** LDA #value; STA address, for each pair. */
export function stores(...pairs: readonly (readonly [number, number])[]): number[] {
  return pairs.flatMap(([address, value]) => [0xa9, value, 0x8d, address & 0xff, address >> 8]);
}

export const RTS = 0x60;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
