import { isFds, readFds } from "./fds-image.ts";
import { isInes } from "./header.ts";
import type { ParsedImage, Sha1 } from "./image.ts";
import { readInes } from "./ines.ts";
import { isNsf, readNsf } from "./nsf.ts";
import { isStudyBox, readStudyBox } from "./studybox-image.ts";
import { isUnif, readUnif } from "./unif.ts";

/** The formats of ROM files: iNES and NES 2.0, UNIF, disks (.fds, .qd), music (NSF, NSFe), and tapes. */
export type RomFormat = "ines" | "unif" | "fds" | "nsf" | "studybox";

/** Detects the format of a ROM file from its first bytes; undefined for any other file. */
export function romFormat(bytes: Uint8Array): RomFormat | undefined {
  if (isInes(bytes)) return "ines";
  if (isUnif(bytes)) return "unif";
  if (isNsf(bytes)) return "nsf";
  if (isStudyBox(bytes)) return "studybox";
  return isFds(bytes) ? "fds" : undefined;
}

/**
 * Reads a ROM file of a known format. `bios` is for disks and tapes, which cannot run without it. Throws
 * `InputError` ("data") with a byte offset.
 */
export function readRomImage(
  bytes: Uint8Array,
  format: RomFormat,
  sha1: Sha1,
  bios?: Uint8Array,
): ParsedImage {
  switch (format) {
    case "ines":
      return readInes(bytes, sha1);
    case "unif":
      return readUnif(bytes, sha1);
    case "fds":
      return readFds(bytes, sha1, bios);
    case "nsf":
      return readNsf(bytes, sha1);
    case "studybox":
      return readStudyBox(bytes, sha1, bios);
  }
}
