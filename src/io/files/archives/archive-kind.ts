/** Archives and compressed files that hold games, movies or test suites. */
export type ArchiveKind = "zip" | "gzip" | "7z" | "rar";

/** The first bytes of each kind. An empty zip begins with the end of its directory. */
const MAGICS: readonly (readonly [kind: ArchiveKind, magic: readonly number[]])[] = [
  ["zip", [0x50, 0x4b, 3, 4]],
  ["zip", [0x50, 0x4b, 5, 6]],
  ["gzip", [0x1f, 0x8b, 8]],
  ["7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ["rar", [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
];

/** Detects an archive by its first bytes; undefined for any other file. */
export function archiveKind(bytes: Uint8Array): ArchiveKind | undefined {
  for (const [kind, magic] of MAGICS) {
    if (magic.every((byte, at) => bytes[at] === byte)) return kind;
  }
  return undefined;
}
