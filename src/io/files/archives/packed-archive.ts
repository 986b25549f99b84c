import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { MAX_ARCHIVE_ENTRIES, MAX_ROM_BYTES, MAX_UNPACKED_BYTES } from "../limits.ts";
import { printable } from "../text.ts";
import type { ArchiveKind } from "./archive-kind.ts";

/** The archives that are read with libarchive; zip and gzip are read without it. */
export type PackedKind = Extract<ArchiveKind, "7z" | "rar">;

/** A file in an archive; `bytes` only if `keep` accepted it. */
export interface PackedFile {
  readonly name: string;
  readonly bytes?: Uint8Array;
}

/**
 * Reads all files of a 7z or RAR archive and keeps the bytes of those that `keep` wants. Files larger than a
 * ROM are never kept. The library is loaded with the first such archive. Throws `InputError` ("data") for an
 * archive that is damaged, encrypted or unpacks to more than MAX_UNPACKED_BYTES.
 */
export async function readPacked(
  archive: Uint8Array,
  kind: PackedKind,
  keep: (name: string, bytes: Uint8Array) => boolean,
): Promise<PackedFile[]> {
  const { ArchiveReader, libarchiveWasm } = await import("libarchive-wasm");
  const library = await libarchiveWasm();
  const data = new Int8Array(archive.buffer, archive.byteOffset, archive.length);
  const reader = asInput(kind, () => new ArchiveReader(library, data));
  const files: PackedFile[] = [];
  let unpackedBytes = 0;
  for (;;) {
    const entry = asInput(kind, () => reader.nextEntry());
    if (entry === null) break;
    const { name, size, isFile, isEncrypted } = asInput(kind, () => ({
      name: entry.getPathname() ?? "",
      size: entry.getSize(),
      // Archives written on other systems do not mark each file as a file.
      isFile: ["File", "Invalid"].includes(entry.getFiletype()),
      isEncrypted: entry.isEncrypted(),
    }));
    if (!isFile) continue;
    if (isEncrypted) throw new InputError("data", `the ${kind} archive is encrypted`, "", UNPACK);
    unpackedBytes += size;
    if (unpackedBytes > MAX_UNPACKED_BYTES || files.length >= MAX_ARCHIVE_ENTRIES) {
      const limits = `${MAX_UNPACKED_BYTES / MIB} MiB or ${MAX_ARCHIVE_ENTRIES} files`;
      throw new InputError("data", `the ${kind} archive unpacks to more than ${limits}`, "", UNPACK);
    }
    const read = size > MAX_ROM_BYTES ? undefined : asInput(kind, () => reader.readData(size));
    const bytes = read === undefined ? undefined : new Uint8Array(read.buffer, read.byteOffset, read.length);
    files.push(bytes !== undefined && keep(name, bytes) ? { name, bytes } : { name });
  }
  // The library ends the list at damage or encrypted headers.
  const complaint: string | null = asInput(kind, () => library.error_string(reader.archive));
  if (complaint !== null && complaint !== "") throw damaged(kind, complaint);
  asInput(kind, () => reader.free());
  return files;
}

const UNPACK = "unpack it with another program, then open the ROM";

/** Converts anything that the library throws to an `InputError` about the archive. */
function asInput<T>(kind: PackedKind, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw damaged(kind, error instanceof Error ? error.message : String(error));
  }
}

function damaged(kind: PackedKind, reason: string): InputError {
  return new InputError("data", `the ${kind} archive cannot be read: ${printable(reason, 100)}`, "", UNPACK);
}
