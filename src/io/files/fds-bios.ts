import { dirname, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { FDS_BIOS_BYTES } from "../../emu/nes/cartridge/fds-image.ts";
import { MIB } from "../../emu/units.ts";
import { userFolders } from "./paths.ts";
import { readFileCapped } from "./read-file.ts";
import { printable } from "./text.ts";

/** The usual file name of the BIOS. */
const NAME = "disksys.rom";

/**
 * The Famicom Disk System's BIOS: the file at `path` if one is named, else `disksys.rom` in the folder of the
 * disk image, else in the user's data folder. Undefined if neither exists. Throws `InputError` if a named
 * file is missing, or if a file does not have the BIOS's size.
 */
export async function findFdsBios(diskImage: string, path?: string): Promise<Uint8Array | undefined> {
  if (path !== undefined) return checked(await readFileCapped(path, MIB), path);
  for (const candidate of [join(dirname(diskImage), NAME), join(userFolders().data, NAME)]) {
    const bytes = await readIfThere(candidate);
    if (bytes !== undefined) return checked(bytes, candidate);
  }
  return undefined;
}

/** The error for a disk image that cannot run without a BIOS. */
export function missingBios(diskImage: string): InputError {
  const what = "a disk needs the Famicom Disk System's BIOS, which emu cannot include";
  const remedy = `put your ${NAME} beside the disk image or into ${userFolders().data}`;
  return new InputError("missing", what, printable(diskImage), remedy);
}

function checked(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes.length === FDS_BIOS_BYTES) return bytes;
  const what = `the disk system's BIOS has ${FDS_BIOS_BYTES} bytes, this file ${bytes.length}`;
  throw new InputError("data", what, printable(path));
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFileCapped(path, MIB);
  } catch (error) {
    if (error instanceof InputError && error.kind === "missing") return undefined;
    throw error;
  }
}
