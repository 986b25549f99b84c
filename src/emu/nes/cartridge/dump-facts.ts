import { KIB } from "../../units.ts";
import type { Corrections } from "./database-games.ts";
import { DUMP_TABLE } from "./dump-table.ts";

let index: Map<string, Corrections> | undefined;

/**
 * Returns what is known of the cartridge from which PRG and CHR ROM with this CRC-32 (eight lower-case hex
 * digits) were dumped; undefined if nothing is. `emuterm/core` leaves these facts out.
 */
export function findDump(crc: string): Corrections | undefined {
  index ??= buildIndex();
  return index.get(crc);
}

/** A line is flags, a colon and checksums, or further checksums of the line before. */
function buildIndex(): Map<string, Corrections> {
  const dumps = new Map<string, Corrections>();
  let facts: Corrections = {};
  for (const line of DUMP_TABLE.trim().split("\n")) {
    const [flags = "", checksums] = line.split(":");
    if (checksums !== undefined) facts = decodeFlags(flags.split(" "));
    for (const crc of (checksums ?? line).trim().split(" ")) dumps.set(crc, facts);
  }
  return dumps;
}

/**
 * Decodes "MAPPER[.SUBMAPPER] FLAGS". The mapper "-" is unknown. The flags are `h`, `v` and `4` (horizontal,
 * vertical, four screens), `b` (a battery), `N+M` (N KiB of plain and M KiB of battery RAM), `pal` and `vs`.
 */
function decodeFlags([board = "", ...flags]: readonly string[]): Corrections {
  const [mapper, submapper] = board.split(".").map(Number);
  const facts: { -readonly [Key in keyof Corrections]: Corrections[Key] } = {};
  if (board !== "-") facts.mapper = mapper;
  if (submapper !== undefined) facts.submapper = submapper;
  for (const flag of flags) {
    const [plainKib, keptKib] = flag.split("+").map(Number);
    if (flag === "h") facts.mirroring = "horizontal";
    else if (flag === "v") facts.mirroring = "vertical";
    else if (flag === "4") facts.mirroring = "four-screen";
    else if (flag === "pal") facts.region = "pal";
    else if (flag === "vs") facts.console = "vs";
    else facts.battery = true;
    if (keptKib !== undefined) {
      facts.prgRamBytes = plainKib! * KIB;
      facts.prgNvramBytes = keptKib * KIB;
    }
  }
  return facts;
}
