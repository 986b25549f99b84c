import { InputError } from "../../input-error.ts";

/** What the chunks of an NSFe file, or those behind the program of an NSF2, say. */
export interface NsfMetadata {
  readonly info?: Uint8Array;
  readonly data?: Uint8Array;
  readonly banks?: Uint8Array;
  /** The feature flags of NSF2. */
  readonly flags?: number;
  /** Microseconds between calls of PLAY: NTSC, PAL, Dendy. */
  readonly ratesUs?: readonly number[];
  /** Title, artist, copyright, ripper. */
  readonly authors?: readonly string[];
  readonly text?: string;
  /** By song. */
  readonly names?: readonly string[];
  readonly trackAuthors?: readonly string[];
  readonly timesMs?: readonly number[];
  readonly fadesMs?: readonly number[];
  /** Songs in the order in which they are played. */
  readonly playList?: readonly number[];
  /** Bit 0 NTSC, 1 PAL, 2 Dendy; and the preferred one as a number. */
  readonly regions?: number;
  readonly preferredRegion?: number;
  /** The music needs another chip with the interface of the VRC7, or other instruments. */
  readonly hasOtherVrc7?: boolean;
}

const CHUNK_HEADER_BYTES = 8;
const INFO_BYTES = 10;
/** INFO without its last byte, the first song. */
const SHORTEST_INFO_BYTES = 9;
/** A song has a byte for its number. */
const MAX_SONGS = 256;
/** Texts are cut at this length: they are for one screen. */
const MAX_TEXT_BYTES = 64 * 1024;
const MAX_NAME_BYTES = 256;

/** Reads a little-endian 16-bit number. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

/** Bytes as text with one character per byte. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/**
 * Reads chunks from `at` to the end of `bytes` or to NEND. `isFile` is true for NSFe files, which hold the
 * program in chunks too; elsewhere those chunks are ignored. Unknown chunks are skipped unless their name
 * begins with a capital letter. Throws `InputError` ("data") with a byte offset.
 * https://www.nesdev.org/wiki/NSFe
 */
export function readNsfChunks(
  bytes: Uint8Array,
  at: number,
  warnings: string[],
  isFile = false,
): NsfMetadata {
  let metadata: NsfMetadata = {};
  let next = at;
  while (next < bytes.length) {
    const left = bytes.length - next;
    if (left < CHUNK_HEADER_BYTES) throw cutOff("a chunk's header", left, CHUNK_HEADER_BYTES, bytes.length);
    const length = wordAt(bytes, next) + wordAt(bytes, next + 2) * 0x1_0000;
    const name = latin1(bytes.subarray(next + 4, next + 8));
    const start = next + CHUNK_HEADER_BYTES;
    if (name === "NEND") return metadata;
    if (length > bytes.length - start)
      throw cutOff(`chunk ${shown(name)}`, bytes.length - start, length, bytes.length);
    if (metadata.info === undefined && isFile && name === "DATA")
      throw new InputError("data", "the DATA chunk comes before INFO", `byte ${next}`, "get a good copy");
    metadata = { ...metadata, ...readChunk(name, bytes.subarray(start, start + length), next, isFile) };
    next = start + length;
  }
  if (isFile) warnings.push("the file does not end with an NEND chunk");
  return metadata;
}

function readChunk(name: string, chunk: Uint8Array, at: number, isFile: boolean): NsfMetadata {
  switch (name) {
    case "INFO":
      return isFile ? { info: infoOf(chunk, at) } : {};
    case "DATA":
      return isFile ? { data: chunk } : {};
    case "BANK":
      return isFile ? { banks: chunk.subarray(0, 8) } : {};
    case "NSF2":
      return isFile ? { flags: chunk[0] ?? 0 } : {};
    case "RATE":
      return { ratesUs: words(chunk).slice(0, 3) };
    case "VRC7":
      return { hasOtherVrc7: (chunk[0] ?? 0) !== 0 || chunk.length > 1 };
    case "auth":
      return { authors: texts(chunk, 4) };
    case "text":
      return { text: textOf(chunk.subarray(0, MAX_TEXT_BYTES)) };
    case "tlbl":
      return { names: texts(chunk, MAX_SONGS) };
    case "taut":
      return { trackAuthors: texts(chunk, MAX_SONGS) };
    case "time":
      return { timesMs: longs(chunk) };
    case "fade":
      return { fadesMs: longs(chunk) };
    case "plst":
      return { playList: [...chunk.subarray(0, 16 * MAX_SONGS)] };
    case "regn":
      return { regions: chunk[0] ?? 0, ...(chunk.length > 1 ? { preferredRegion: chunk[1]! } : {}) };
    default:
      if (!/^[A-Z]/.test(name)) return {};
      throw new InputError(
        "data",
        `the file needs a feature that emu lacks: chunk ${shown(name)}`,
        `byte ${at}`,
      );
  }
}

/** The first song may be missing. */
function infoOf(chunk: Uint8Array, at: number): Uint8Array {
  if (chunk.length < SHORTEST_INFO_BYTES) {
    const what = `the INFO chunk has ${chunk.length} bytes, not ${SHORTEST_INFO_BYTES} or more`;
    throw new InputError("data", what, `byte ${at}`, "get a good copy");
  }
  const info = new Uint8Array(INFO_BYTES);
  info.set(chunk.subarray(0, INFO_BYTES));
  return info;
}

function words(chunk: Uint8Array): number[] {
  return Array.from({ length: chunk.length >> 1 }, (_, index) => wordAt(chunk, index * 2));
}

/** Signed 32-bit numbers, one for each song at the most. */
function longs(chunk: Uint8Array): number[] {
  const count = Math.min(MAX_SONGS, chunk.length >> 2);
  return Array.from(
    { length: count },
    (_, index) => wordAt(chunk, index * 4) | (wordAt(chunk, index * 4 + 2) << 16),
  );
}

/** Up to `most` texts, each ended by 0. */
function texts(chunk: Uint8Array, most: number): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < chunk.length && found.length < most) {
    const zero = chunk.indexOf(0, at);
    const end = zero < 0 ? chunk.length : zero;
    const name = textOf(chunk.subarray(at, Math.min(end, at + MAX_NAME_BYTES))).trim();
    found.push(name === "<?>" ? "" : name);
    at = end + 1;
  }
  return found;
}

/** Decodes UTF-8; other encodings are read as Latin-1. */
function textOf(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  const text = latin1(zero < 0 ? bytes : bytes.subarray(0, zero));
  try {
    const escaped = text.replaceAll(
      /[^\x20-\x24\x26-\x7e]/g,
      (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
    return decodeURIComponent(escaped.replaceAll(/%(?![0-9a-f]{2})/g, "%25"));
  } catch {
    return text;
  }
}

function shown(name: string): string {
  return name.replaceAll(/[^\x21-\x7e]/g, "?");
}

function cutOff(what: string, bytes: number, of: number, at: number): InputError {
  return new InputError(
    "data",
    `${what} is cut off: ${bytes} of ${of} bytes`,
    `byte ${at}`,
    "get a good copy",
  );
}
