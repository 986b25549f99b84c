import { InputError } from "../../../emu/input-error.ts";
import { isStudyBox } from "../../../emu/nes/cartridge/studybox-image.ts";
import { MAX_ROM_BYTES } from "../limits.ts";
import { openToRead, readPart } from "../read-file.ts";
import { printable } from "../text.ts";

const HEADER_BYTES = 12;
const CHUNK_BYTES = 8;

/**
 * Reads a .studybox file without the sound of its tape, which can have hundreds of megabytes and comes last:
 * its chunk keeps its name and length. Undefined for any other file. Throws `InputError` as `openToRead`.
 */
export async function readTape(path: string): Promise<Uint8Array | undefined> {
  const { file, status } = await openToRead(path);
  try {
    // A pipe cannot be read from any place; nothing is taken from it.
    if (!status.isFile()) return undefined;
    if (!isStudyBox(await readPart(file, path, 0, HEADER_BYTES))) return undefined;
    const bytes = await readPart(file, path, 0, Math.min(status.size, MAX_ROM_BYTES));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let end = HEADER_BYTES;
    while (end + CHUNK_BYTES <= bytes.length) {
      const name = String.fromCharCode(...bytes.subarray(end, end + 4));
      const length = view.getUint32(end + 4, true);
      end += CHUNK_BYTES;
      if (name !== "PAGE") return bytes.slice(0, end);
      end += length;
    }
    if (Math.min(end + CHUNK_BYTES, status.size) > MAX_ROM_BYTES) {
      const what = `the pages of the tape have more than ${MAX_ROM_BYTES} bytes`;
      throw new InputError("data", what, printable(path));
    }
    return bytes;
  } finally {
    await file.close();
  }
}
