import { dirname, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { FDS_BIOS_BYTES } from "../../emu/nes/cartridge/fds-image.ts";
import type { RomFormat } from "../../emu/nes/cartridge/rom-image.ts";
import { STUDYBOX_BIOS_BYTES } from "../../emu/nes/cartridge/studybox-image.ts";
import { MIB } from "../../emu/units.ts";
import { userFolders } from "./paths.ts";
import { readFileCapped } from "./read-file.ts";
import { printable } from "./text.ts";

/** A program in a machine's own ROM, which emu cannot include. */
interface Bios {
  /** The usual file name. */
  readonly name: string;
  readonly bytes: number;
  /** Whose it is, and what needs it. */
  readonly owner: string;
  readonly medium: string;
}

const BIOSES: Readonly<Partial<Record<RomFormat, Bios>>> = {
  fds: { name: "disksys.rom", bytes: FDS_BIOS_BYTES, owner: "disk system", medium: "disk" },
  studybox: { name: "StudyBox.bin", bytes: STUDYBOX_BIOS_BYTES, owner: "Study Box", medium: "tape" },
};

/** Returns true if files of this format need a BIOS. */
export function needsBios(format: RomFormat | undefined): format is RomFormat {
  return format !== undefined && BIOSES[format] !== undefined;
}

/**
 * The BIOS for an image of a format that needs one: the file at `path` if one is named, else the one with the
 * usual name in the folder of the image, else in the user's data folder. Undefined if neither exists. Throws
 * `InputError` if a named file is missing, or if a file does not have the BIOS's size.
 */
export async function findBios(
  format: RomFormat,
  image: string,
  path?: string,
): Promise<Uint8Array | undefined> {
  const bios = BIOSES[format];
  if (bios === undefined) return undefined;
  if (path !== undefined) return checked(bios, await readFileCapped(path, MIB), path);
  for (const candidate of [join(dirname(image), bios.name), join(userFolders().data, bios.name)]) {
    const bytes = await readIfThere(candidate);
    if (bytes !== undefined) return checked(bios, bytes, candidate);
  }
  return undefined;
}

/** The error for an image that cannot run without its BIOS. */
export function missingBios(format: RomFormat, image: string): InputError {
  const { name, owner, medium } = BIOSES[format]!;
  const whose = format === "fds" ? "the Famicom Disk System's" : `the ${owner}'s`;
  const what = `a ${medium} needs ${whose} BIOS, which emu cannot include`;
  const beside = format === "fds" ? "the disk image" : `the ${medium}`;
  const remedy = `put your ${name} beside ${beside} or into ${userFolders().data}`;
  return new InputError("missing", what, printable(image), remedy);
}

function checked({ bytes: size, owner }: Bios, bytes: Uint8Array, path: string): Uint8Array {
  if (bytes.length === size) return bytes;
  const what = `the ${owner}'s BIOS has ${size} bytes, this file ${bytes.length}`;
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
