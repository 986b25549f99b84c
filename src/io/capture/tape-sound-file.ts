import { InputError } from "../../emu/input-error.ts";
import type { TapeSound } from "../../emu/nes/cartridge/image.ts";
import { TAPE_SOUND_CAUTION } from "../../emu/nes/cartridge/studybox-image.ts";
import { MIB } from "../../emu/units.ts";
import { openToRead, readPart } from "../files/read-file.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { readWav } from "./read-wav.ts";

const HEADER_BYTES = 12;
const CHUNK_BYTES = 8;
/** The kind of the sound, before its file. */
const KIND_BYTES = 4;
const WAV = 0;
/** An hour and a half at 44.1 kHz and 16 bits. */
const MAX_SOUND_BYTES = 512 * MIB;
const FULL_SAMPLE = 32767;

/**
 * Adds the sound of a Study Box's tape to its image. A sound that cannot be read stays left out, with the
 * caution that the ROM has: in an archive, of another kind than WAV, damaged, or longer than 512 MiB.
 */
export async function withTapeSound(rom: LoadedRom): Promise<LoadedRom> {
  const { image, files, container } = rom;
  const [path] = files;
  if (image.tape === undefined || container !== "none" || path === undefined) return rom;
  const tapeSound = await readTapeSound(path);
  if (tapeSound === undefined) return rom;
  const cautions = rom.cautions.filter((caution) => caution !== TAPE_SOUND_CAUTION);
  return { ...rom, image: { ...image, tapeSound }, cautions };
}

async function readTapeSound(path: string): Promise<TapeSound | undefined> {
  try {
    const { file, status } = await openToRead(path);
    try {
      return await findSound((at, length) =>
        readPart(file, path, at, Math.max(0, Math.min(length, status.size - at))),
      );
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Finds the sound behind the pages. `read` returns fewer bytes at the end of the file. */
async function findSound(
  read: (at: number, length: number) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<TapeSound | undefined> {
  for (let at = HEADER_BYTES; ; ) {
    const head = await read(at, CHUNK_BYTES + KIND_BYTES);
    if (head.length < CHUNK_BYTES + KIND_BYTES) return undefined;
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const length = view.getUint32(4, true);
    at += CHUNK_BYTES;
    if (view.getUint32(0) === AUDI) {
      const isWav = view.getUint32(CHUNK_BYTES, true) === WAV;
      if (!isWav || length < KIND_BYTES || length > MAX_SOUND_BYTES) return undefined;
      return soundOf(await read(at + KIND_BYTES, length - KIND_BYTES));
    }
    at += length;
  }
}

/** "AUDI", the name of the chunk. */
const AUDI = 0x41554449;

/** The samples are in shared memory, so that the machine's thread does not copy them. */
function soundOf(wav: Uint8Array): TapeSound {
  const sound = readWav(wav);
  const samples = new Int16Array(new SharedArrayBuffer(2 * sound.length));
  let at = 0;
  for (const block of sound.blocks()) {
    for (const sample of block) samples[at++] = Math.max(-1, Math.min(1, sample)) * FULL_SAMPLE;
  }
  return { rateHz: sound.rateHz, samples };
}
