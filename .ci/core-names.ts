/**
 * The names of members that `.ci/core.ts` shortens: nearly all those that programs do not use. This saves
 * 8 KiB of the gzipped core.
 */
import { join } from "node:path";
import { EXPANSION_DEVICES, PORT_DEVICES } from "../src/emu/nes/input/devices.ts";
import { REGIONS } from "../src/emu/nes/region.ts";
import { CONSOLE_MODELS, CPU_REVISIONS, PPU_REVISIONS } from "../src/emu/nes/revisions.ts";

const src = join(import.meta.dir, "../src");

/** The types whose members programs use. */
const PUBLIC_TYPES = [
  ["io/core/index.ts", ["LoadOptions", "EmbeddedNes"]],
  ["io/render/colors/palette.ts", ["DecoderSettings"]],
  ["emu/input-error.ts", ["InputError"]],
  ["emu/machine.ts", ["MachineGeometry", "DiskDrive", "DipSwitch", "CoinSlots"]],
  ["emu/nes/hardware.ts", ["NesOptions"]],
  ["emu/nes/input/devices.ts", ["DeviceSetup"]],
] as const;

/** Values of options. They are keys of tables, so members with these names keep them. */
const OPTION_VALUES = [
  ...CONSOLE_MODELS,
  ...CPU_REVISIONS,
  ...PPU_REVISIONS,
  ...PORT_DEVICES,
  ...EXPANSION_DEVICES,
  ...Object.keys(REGIONS),
];

/** Objects of the language whose members keep their names. */
const LANGUAGE = [
  Object,
  Function,
  Array,
  Map,
  Set,
  String,
  Number,
  Symbol,
  RegExp,
  Error,
  ArrayBuffer,
  DataView,
  Float64Array,
  Object.getPrototypeOf(Uint8Array),
].flatMap((each) => [each, each.prototype]);

/** Members of objects of the language that have no prototype, or that a program gives to the language. */
const LANGUAGE_MEMBERS = [...Object.getOwnPropertyNames(Math), "value", "done", "index", "groups", "cause"];

/** Words in texts by which no table is looked up, although members have the same name. */
const NO_KEYS =
  "apu board bytes cpu mapper memory mirroring names ports ppu registers reset state submapper unif words".split(
    " ",
  );

const DECLARED = /^ {2}(?:(?:readonly|static|get|set) )*([A-Za-z]\w*)[(:;<? ]/gm;
const MEMBER = /[.{,;}\]]\s*(?:(?:get|set|static) )*([A-Za-z_]\w*)/g;
const TEXT = /"[^"]*"|'[^']*'|`[^`]*`/g;

/** A checksum by which a table is looked up, not a name. */
const CHECKSUM = /^[0-9a-f]{8}$/;

/**
 * Returns the names of members in `code`, a bundle, that can be shortened. Words of texts keep their length,
 * because tables are looked up by them. (If those of the opcode table did not, states would be the same, but
 * no loop would be skipped.)
 */
export async function privateNames(code: string): Promise<RegExp> {
  const names = new Set([...code.matchAll(MEMBER)].map(([, name]) => name!));
  const texts = [...code.matchAll(TEXT)].flatMap(([text]) => text.match(/\w+/g) ?? []);
  const words = [...OPTION_VALUES, ...texts.filter((word) => !NO_KEYS.includes(word))];
  const language = LANGUAGE.flatMap((each) => Object.getOwnPropertyNames(each));
  for (const name of [...(await publicNames()), ...words, ...language, ...LANGUAGE_MEMBERS])
    names.delete(name);
  const short = [...names].filter((name) => name.length > 2 && !CHECKSUM.test(name));
  return new RegExp(`^(${short.join("|")})$`);
}

async function publicNames(): Promise<string[]> {
  const names: string[] = [];
  for (const [path, types] of PUBLIC_TYPES) {
    const text = await Bun.file(join(src, path)).text();
    for (const type of types) {
      const [, body] =
        new RegExp(`^export (?:interface|class) ${type}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(text) ?? [];
      if (body === undefined) throw new Error(`${path} does not declare ${type}`);
      names.push(...[...body.matchAll(DECLARED)].map(([, name]) => name!));
    }
  }
  return names;
}
