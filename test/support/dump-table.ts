/**
 * Prints src/emu/nes/cartridge/dump-table.ts, made from Nestopia's database of cartridges:
 * `bun test/support/dump-table.ts NstDatabase.xml`. The file is in Debian's package `nestopia`. Only facts
 * are taken: of dumps that were checked against a cartridge and of games for the VS. System, and of other
 * dumps that they have a battery.
 */
import { readFileSync } from "node:fs";

const MAX_COLUMNS = 108;

/**
 * Dumps of which other sources say something else, and boards that Nestopia numbers in its own way.
 * database-games.ts has most of them.
 */
const LEFT_OUT = new Set([
  "e6a477b2", // 3-D WorldRunner: FCEUmm has horizontal mirroring
  "0da5e32e", // Urusei Yatsura: FCEUmm has mapper 101
  "5b8d4378", // 12 KiB of CHR RAM on mapper 34
  "8c0c2df5", // VS. Top Gun: FCEUmm has mapper 1
]);
/** 153 is any FCG in Nestopia's database. 77 has four nametables without a bit in the header. */
const LEFT_OUT_MAPPERS = new Set([77, 153]);
/** Boards that need a submapper. iNES 1.0 headers have none. */
const SUBMAPPERS: Readonly<Record<string, number>> = {
  "ACCLAIM-MC-ACC": 3,
  "NAMCOT-175": 1,
  "NAMCOT-340": 2,
};
/** Licensed boards with batteries. Dumps that nobody checked are only known to have one. */
const BATTERY_MAPPERS = new Set([1, 4, 5, 10, 18, 19, 25, 26, 68, 69, 85, 118, 155]);
/**
 * The board whose RAM sizes are taken, because games need them. With an iNES 1.0 header, emulators give the
 * MMC5 64 KiB, and save files have that size.
 */
const SIZED_MAPPER = 1;
/** Boards whose nametables are soldered. Others have registers for them. */
const SOLDERED = new Set([
  0, 2, 3, 11, 13, 34, 66, 70, 71, 72, 73, 76, 79, 86, 87, 88, 92, 94, 140, 144, 180, 184, 185, 206, 232,
]);

/** The value of an attribute, or undefined. */
function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
}

/** Returns the flags of a dump, as dump-facts.ts reads them; undefined if it is left out. */
function flagsOf(element: string, systems: readonly string[], isChecked: boolean): string | undefined {
  const board = /<board [^>]*>/.exec(element)?.[0] ?? "";
  const mapper = Number(attribute(board, "mapper"));
  const isArcade = systems.includes("VS-Unisystem");
  if (!isChecked) return BATTERY_MAPPERS.has(mapper) && element.includes('battery="1"') ? "- b" : undefined;
  if (!(mapper >= 0) || LEFT_OUT_MAPPERS.has(mapper)) return undefined;
  const submapper = SUBMAPPERS[attribute(board, "type") ?? ""];
  const flags = [submapper === undefined ? String(mapper) : `${mapper}.${submapper}`];
  const pad = /<pad [^>]*>/.exec(element)?.[0];
  const hasFourScreens = /<vram size="[24]k"/.test(element);
  if (hasFourScreens && !isArcade) flags.push("4");
  else if (pad !== undefined && SOLDERED.has(mapper)) flags.push(attribute(pad, "h") === "1" ? "v" : "h");
  const rams = [...element.matchAll(/<wram size="(\d+)k"( battery="1")?/g)];
  const [plain, kept] = [false, true].map((battery) =>
    rams
      .filter(([, , mark]) => (mark !== undefined) === battery)
      .reduce((sum, [, kib]) => sum + Number(kib), 0),
  );
  if (kept > 0 && mapper === SIZED_MAPPER && plain + kept !== 8) flags.push(`${plain}+${kept}`);
  else if (kept > 0 || /<chip [^>]*battery="1"/.test(element)) flags.push("b");
  if (isArcade && mapper !== 99) flags.push("vs");
  else if (systems.every((system) => system.startsWith("NES-PAL"))) flags.push("pal");
  return flags.join(" ");
}

/** Returns the dumps' checksums by their flags. */
function groupsOf(xml: string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [game] of xml.matchAll(/<game>[\s\S]*?<\/game>/g)) {
    const elements = [...game.matchAll(/<(cartridge|arcade) ([^>]*)>[\s\S]*?<\/\1>/g)];
    const checked = elements.find(
      ([, , tag = ""]) => attribute(tag, "dump") === "ok" || attribute(tag, "system") === "VS-Unisystem",
    );
    const taken = checked ?? elements[0]!;
    const crc = attribute(taken[2]!, "crc")!.toLowerCase();
    if (LEFT_OUT.has(crc)) continue;
    const systems = elements.map(([, , tag = ""]) => attribute(tag, "system") ?? "");
    const flags = flagsOf(taken[0], systems, checked !== undefined);
    if (flags !== undefined) groups.set(flags, [...(groups.get(flags) ?? []), crc]);
  }
  return groups;
}

/** Returns the text of src/emu/nes/cartridge/dump-table.ts for the text of Nestopia's database. */
export function renderDumpTable(xml: string): string {
  const groups = groupsOf(xml);
  const order = [...groups.keys()].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  const lines = order.flatMap((flags) => {
    const wrapped = [`${flags}:`];
    for (const crc of groups.get(flags)!.toSorted()) {
      if (wrapped.at(-1)!.length + 1 + crc.length > MAX_COLUMNS) wrapped.push(" ");
      wrapped[wrapped.length - 1] += ` ${crc}`;
    }
    return wrapped;
  });
  const count = [...groups.values()].flat().length;
  return `/**
 * What is known of the cartridges from which ${count} dumps were made: the CRC-32s of PRG ROM followed by CHR
 * ROM. dump-facts.ts reads it. Facts from the NES Cartridge Database (https://nescartdb.com), as in
 * Nestopia's NstDatabase.xml. \`bun test/support/dump-table.ts NstDatabase.xml\` makes this file.
 */
export const DUMP_TABLE = \`
${lines.join("\n")}
\`;
`;
}

if (import.meta.main) process.stdout.write(renderDumpTable(readFileSync(process.argv[2]!, "utf8")));
