import { InputError } from "../../input-error.ts";
import { KIB } from "../../units.ts";
import type { CartridgeImage, ParsedImage, Sha1, TapePage } from "./image.ts";

/** Size of the Study Box's program. The user supplies it; it is at the start of the image's `prgRom`. */
export const STUDYBOX_BIOS_BYTES = 256 * KIB;

/** The caution for a tape whose sound is not loaded. */
export const TAPE_SOUND_CAUTION = "the sound of the tape is left out";

const MAGIC = "STBX";
const VERSION = 0x100;
const HEADER_BYTES = 12;
/** A name and a length. */
const CHUNK_BYTES = 8;
/** Two positions in the sound, before a page's data. */
const PAGE_HEADER_BYTES = 8;
/** Where the second of these is, that of the data. */
const DATA_PLACE_BYTE = 4;
/** Where a page's data has its number. */
const NUMBER_BYTE = 5;
/** A tape of two hours at the drive's speed. */
const MAX_DATA_BYTES = 4096 * KIB;
/** PRG ROM is mapped in pieces of this size. */
const ROM_UNIT = 8 * KIB;

/** Returns true if `bytes` begin like a .studybox file. */
export function isStudyBox(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && textAt(bytes, 0) === MAGIC;
}

/**
 * Reads a .studybox file, a tape of the Study Box. The image's `prgRom` is the box's program followed by the
 * data of all pages, without the tape's sound. Without `bios` the image describes the tape but cannot run.
 * Throws `InputError` ("data") with a byte offset.
 * https://www.nesdev.org/wiki/StudyBox_file_format
 */
export function readStudyBox(bytes: Uint8Array, sha1: Sha1, bios?: Uint8Array): ParsedImage {
  if (bios !== undefined && bios.length !== STUDYBOX_BIOS_BYTES) {
    throw new InputError(
      "data",
      `the Study Box's program has ${STUDYBOX_BIOS_BYTES} bytes, not ${bios.length}`,
    );
  }
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = words.getUint32(8, true);
  if (words.getUint32(4, true) !== 4 || version !== VERSION)
    throw new InputError(
      "data",
      `version ${(version / VERSION).toFixed(2)} of .studybox is not known`,
      "byte 8",
    );
  const { blocks, end, soundBytes } = readChunks(bytes, words);
  const dataBytes = blocks.reduce((sum, { data }) => sum + data.length, 0);
  const romBytes = STUDYBOX_BIOS_BYTES + dataBytes;
  const prgRom = new Uint8Array(Math.ceil(romBytes / ROM_UNIT) * ROM_UNIT);
  if (bios !== undefined) prgRom.set(bios);
  const tape: TapePage[] = [];
  let start = STUDYBOX_BIOS_BYTES;
  for (const { data, soundStart } of blocks) {
    prgRom.set(data, start);
    tape.push({ number: data[NUMBER_BYTE], start, length: data.length, soundStart });
    start += data.length;
  }
  const image: CartridgeImage = {
    format: "studybox",
    mapper: 186,
    submapper: 0,
    mirroring: "four-screen",
    battery: false,
    region: "ntsc",
    prgRom,
    chrRom: new Uint8Array(0),
    prgRamBytes: 64 * KIB,
    prgNvramBytes: 0,
    chrRamBytes: 8 * KIB,
    chrNvramBytes: 0,
    exactHeader: true,
    sha1: sha1([prgRom.subarray(STUDYBOX_BIOS_BYTES, romBytes)]),
    expansionDevice: 0,
    vsHardware: 0,
    tape,
  };
  const cautions = soundBytes === 0 ? [] : [TAPE_SOUND_CAUTION];
  return { image, trailingBytes: Math.max(0, bytes.length - end), overrides: [], cautions, warnings: [] };
}

/** The data of a page, and the sample of the sound at which they begin. */
interface Block {
  readonly data: Uint8Array;
  readonly soundStart: number;
}

/** The data of all pages, the end of the last chunk, and the size of the sound. */
interface Chunks {
  readonly blocks: readonly Block[];
  readonly end: number;
  readonly soundBytes: number;
}

function readChunks(bytes: Uint8Array, words: DataView): Chunks {
  const blocks: Block[] = [];
  let at = HEADER_BYTES;
  let total = 0;
  while (at + CHUNK_BYTES <= bytes.length) {
    const name = textAt(bytes, at);
    const length = words.getUint32(at + 4, true);
    const start = at + CHUNK_BYTES;
    // The sound is the last chunk. The reader of the file may have left out its contents.
    if (name === "AUDI") return checked({ blocks, end: start + length, soundBytes: length });
    if (name !== "PAGE") throw damaged(`there is no chunk ${JSON.stringify(name)} in .studybox`, at);
    if (length > bytes.length - start) throw damaged("the file is cut off in a page", at);
    if (length <= PAGE_HEADER_BYTES + NUMBER_BYTE) throw damaged("a page has no number", at);
    total += length;
    if (total > MAX_DATA_BYTES) throw damaged("a tape does not hold that much data", at);
    const data = bytes.subarray(start + PAGE_HEADER_BYTES, start + length);
    blocks.push({ data, soundStart: words.getUint32(start + DATA_PLACE_BYTE, true) });
    at = start + length;
  }
  return checked({ blocks, end: at, soundBytes: 0 });
}

function checked(chunks: Chunks): Chunks {
  if (chunks.blocks.length === 0) throw damaged("the tape has no pages", HEADER_BYTES);
  return chunks;
}

function damaged(what: string, at: number): InputError {
  return new InputError("data", what, `byte ${at}`);
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
