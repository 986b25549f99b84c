import { isFds, readFds } from "./fds-image.ts";
import { isInes } from "./header.ts";
import type { ParsedImage, Sha1 } from "./image.ts";
import { readInes } from "./ines.ts";
import { isNsf, readNsf } from "./nsf.ts";
import { isUnif, readUnif } from "./unif.ts";

/** The formats of ROM files: iNES and NES 2.0, UNIF, disk images (.fds and .qd), and music (NSF, NSFe). */
export type RomFormat = "ines" | "unif" | "fds" | "nsf";

/** Detects the format of a ROM file from its first bytes; undefined for any other file. */
export function romFormat(bytes: Uint8Array): RomFormat | undefined {
  if (isInes(bytes)) return "ines";
  if (isUnif(bytes)) return "unif";
  if (isNsf(bytes)) return "nsf";
  return isFds(bytes) ? "fds" : undefined;
}

/**
 * Reads a ROM file of a known format. `fdsBios` is for disks, which cannot run without it. Throws
 * `InputError` ("data") with a byte offset.
 */
export function readRomImage(
  bytes: Uint8Array,
  format: RomFormat,
  sha1: Sha1,
  fdsBios?: Uint8Array,
): ParsedImage {
  switch (format) {
    case "ines":
      return readInes(bytes, sha1);
    case "unif":
      return readUnif(bytes, sha1);
    case "fds":
      return readFds(bytes, sha1, fdsBios);
    case "nsf":
      return readNsf(bytes, sha1);
  }
}
