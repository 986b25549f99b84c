import { basename, extname } from "node:path";
import type { MemorySpace } from "../../../emu/machine.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "../../../emu/nes/ppu/ppu.ts";
import { describeNode, type SourceNode, sourceError } from "../../files/documents/source-node.ts";
import { numberOf, TableReader } from "../../files/documents/table-reader.ts";
import { printable } from "../../files/text.ts";
import { ALL_BITS } from "./check.ts";
import type {
  Expectation,
  MemoryRule,
  NumberRule,
  PictureRule,
  RegisterRule,
  Rules,
  SymbolPlace,
} from "./types.ts";

const MAX_FRAMES = 10_000_000;
const PIXELS = SCREEN_WIDTH * SCREEN_HEIGHT;
const SPACES: Readonly<Record<string, { space: MemorySpace; bytes: number }>> = {
  ram: { space: "cpu", bytes: 0x10000 },
  vram: { space: "ppu", bytes: 0x4000 },
  oam: { space: "oam", bytes: 0x100 },
};
/** Registers by their name in manifests: the name in machines, and the largest value. */
const CPU_REGISTERS: Readonly<Record<string, readonly [name: string, max: number]>> = {
  pc: ["pc", 0xffff],
  a: ["a", 0xff],
  x: ["x", 0xff],
  y: ["y", 0xff],
  p: ["p", 0xff],
  s: ["s", 0xff],
};
const PPU_REGISTERS: Readonly<Record<string, readonly [name: string, max: number]>> = {
  ctrl: ["ppuCtrl", 0xff],
  mask: ["ppuMask", 0xff],
  status: ["ppuStatus", 0xff],
  v: ["v", 0x7fff],
  t: ["t", 0x7fff],
  x: ["fineX", 7],
  w: ["w", 1],
  line: ["line", 311],
  dot: ["dot", 340],
};
const CONDITIONS = ["ram", "vram", "oam", "registers", "ppu", "text", "noText"] as const;
const PICTURE_KEYS = ["picture", "tolerance", "differingPixels", "mask", "area"] as const;
const CHECKS = [...CONDITIONS, "frameHash", "audioHash", ...PICTURE_KEYS] as const;
/** Keys of an expectation. */
export const EXPECTATION_KEYS = ["name", "frame", "when", ...CHECKS] as const;

/** Resolves a path in the manifest so that it can be opened. */
export type ResolvePath = (path: string) => string;

/**
 * Reads the list of expectations of a test. Frames must not descend, and each expectation must have a rule.
 * Throws `InputError` with the place of the error.
 */
export function readExpectations(
  items: readonly SourceNode[],
  path: string,
  resolvePath: ResolvePath,
): Expectation[] {
  let last = -1;
  return items.map((item) => {
    const reader = new TableReader(item, path, "an expectation", EXPECTATION_KEYS);
    const frame = reader.number("frame", 0, MAX_FRAMES);
    if (frame !== undefined && frame < last) {
      throw reader.wrong(
        "frame",
        `must not be before frame ${last}, which the expectation before it waits for`,
      );
    }
    last = frame ?? last;
    const whenNode = reader.node("when");
    if (frame !== undefined && whenNode !== undefined)
      throw reader.wrong("when", 'cannot stand beside "frame"');
    const when =
      whenNode === undefined
        ? undefined
        : readRules(new TableReader(whenNode, path, "a condition", CONDITIONS), resolvePath);
    const rules = readRules(reader, resolvePath);
    if (rules.picture !== undefined && frame === undefined && when === undefined) {
      throw reader.wrong("picture", 'needs a "frame" or a "when": the moment that it shows');
    }
    if (!CHECKS.some((key) => reader.has(key))) {
      // A condition alone is what has to happen.
      if (when !== undefined && summary(when) !== "") {
        return { name: reader.text("name") ?? `in time: ${summary(when)}`, at: item.at, rules: when };
      }
      throw sourceError(path, item.at, `the expectation checks nothing: it takes ${CHECKS.join(", ")}`);
    }
    const moment = frame !== undefined ? `frame ${frame}` : when !== undefined ? "when it holds" : "in time";
    const name = reader.text("name") ?? `${moment}: ${summary(rules)}`;
    return {
      name,
      at: item.at,
      rules,
      ...(frame === undefined ? {} : { frame }),
      ...(when === undefined ? {} : { when }),
    };
  });
}

function summary(rules: Rules): string {
  const parts = [
    ...rules.memory.map(({ label }) => label),
    ...rules.registers.map(({ label }) => label),
    ...rules.text.map((text) => JSON.stringify(text)),
    ...rules.noText.map((text) => `no ${JSON.stringify(text)}`),
    ...(rules.frameHash === undefined ? [] : [`frame ${rules.frameHash}`]),
    ...(rules.audioHash === undefined ? [] : [`sound ${rules.audioHash}`]),
    ...(rules.picture === undefined ? [] : [basename(rules.picture.label, extname(rules.picture.label))]),
  ];
  return parts.join(", ");
}

function readRules(reader: TableReader, resolvePath: ResolvePath): Rules {
  const memory = Object.keys(SPACES).flatMap((key) => readMemory(reader, key));
  const registers = [
    ...readRegisters(reader, "registers", "", CPU_REGISTERS),
    ...readRegisters(reader, "ppu", "PPU ", PPU_REGISTERS),
  ];
  const hash = /^[0-9a-f]{8}$/i;
  const frameHash = reader.matching("frameHash", hash, "8 hex digits, as emu dump --format hash prints");
  const audioHash = reader.matching("audioHash", hash, "8 hex digits");
  const picture = readPicture(reader, resolvePath);
  return {
    memory,
    registers,
    text: reader.texts("text") ?? [],
    noText: reader.texts("noText") ?? [],
    ...(frameHash === undefined ? {} : { frameHash: frameHash.toLowerCase() }),
    ...(audioHash === undefined ? {} : { audioHash: audioHash.toLowerCase() }),
    ...(picture === undefined ? {} : { picture }),
  };
}

function readMemory(reader: TableReader, key: string): MemoryRule[] {
  const node = reader.node(key);
  if (node === undefined) return [];
  const { space, bytes } = SPACES[key]!;
  const table = new TableReader(node, reader.path, `"${key}"`);
  return table.names().map((name) => {
    const value = table.node(name)!;
    const symbol =
      space === "cpu"
        ? symbolOf(name, `${printable(reader.path)}:${value.at.line}:${value.at.column}`)
        : undefined;
    const address = symbol === undefined ? numberOf(name) : 0;
    if (address === undefined || address >= bytes) {
      const highest = `$${(bytes - 1).toString(16).toUpperCase()}`;
      const orName = space === "cpu" ? ", or a symbol" : "";
      const what = `must be an address from $0 to ${highest}, such as "0x10"${orName}`;
      throw sourceError(reader.path, value.at, `${JSON.stringify(name.slice(0, 40))} ${what}`);
    }
    const label = key === "ram" ? name : `${key} ${name}`;
    const rules = readBytes(table, value, label);
    if (address + rules.length > bytes) {
      throw sourceError(reader.path, value.at, `${label} has ${rules.length} bytes, past the end of ${key}`);
    }
    return { space, address, label, bytes: rules, ...(symbol === undefined ? {} : { symbol }) };
  });
}

/** A name, with `::` between scopes, and an optional offset in bytes. */
const SYMBOL = /^([A-Za-z_@.][\w@.$:]*)(?:\+(\d{1,5}))?$/;

function symbolOf(name: string, where: string): SymbolPlace | undefined {
  const match = SYMBOL.exec(name);
  return match === null ? undefined : { name: match[1]!, offset: Number(match[2] ?? 0), where };
}

/** A byte, a list of them, `{ word = n }`, or a rule such as `{ min = 1, max = 3 }`. */
function readBytes(table: TableReader, node: SourceNode, label: string): NumberRule[] {
  if (node.kind === "list") {
    if (node.items.length === 0)
      throw sourceError(table.path, node.at, `${label} must hold at least one byte`);
    return node.items.map((item) => readRule(table, item, label, 0xff));
  }
  if (node.kind === "table" && node.entries.has("word")) {
    const word = new TableReader(node, table.path, label, ["word"]).number("word", 0, 0xffff) ?? 0;
    return [exactly(word & 0xff), exactly(word >> 8)];
  }
  return [readRule(table, node, label, 0xff)];
}

function exactly(value: number): NumberRule {
  return { min: value, max: value, mask: ALL_BITS, negate: false };
}

function readRule(table: TableReader, node: SourceNode, label: string, max: number): NumberRule {
  if (node.kind !== "table") return exactly(table.numberIn(node, 0, max, label));
  const reader = new TableReader(node, table.path, `the rule of ${label}`, [
    "min",
    "max",
    "mask",
    "is",
    "not",
  ]);
  const mask = reader.number("mask", 1, max) ?? ALL_BITS;
  const not = reader.number("not", 0, max);
  const is = reader.number("is", 0, max);
  if (not !== undefined || is !== undefined) {
    if (not !== undefined && is !== undefined) throw reader.wrong("not", 'cannot stand beside "is"');
    const other = ["min", "max"].find((key) => reader.has(key));
    if (other !== undefined) throw reader.wrong(other, 'cannot stand beside "is" or "not"');
    const value = (not ?? is)!;
    return { min: value, max: value, mask, negate: not !== undefined };
  }
  if (!reader.has("min") && !reader.has("max")) {
    throw sourceError(
      table.path,
      node.at,
      `the rule of ${label} has no condition: it takes min, max, is, not, mask, word`,
    );
  }
  const rule = { min: reader.number("min", 0, max) ?? 0, max: reader.number("max", 0, max) ?? max };
  if (rule.min > rule.max) throw reader.wrong("min", `must not be above "max", ${rule.max}`);
  return { ...rule, mask, negate: false };
}

function readRegisters(
  reader: TableReader,
  key: string,
  prefix: string,
  known: typeof CPU_REGISTERS,
): RegisterRule[] {
  const node = reader.node(key);
  if (node === undefined) return [];
  const table = new TableReader(node, reader.path, `"${key}"`, Object.keys(known));
  return table.names().map((name) => {
    const [register, max] = known[name]!;
    const label = `${prefix}${name.toUpperCase()}`;
    return { register, label, rule: readRule(table, table.node(name)!, label, max) };
  });
}

function readPicture(reader: TableReader, resolvePath: ResolvePath): PictureRule | undefined {
  const label = reader.text("picture");
  if (label === undefined) {
    const alone = PICTURE_KEYS.find((key) => reader.has(key));
    if (alone !== undefined) throw reader.wrong(alone, 'needs a "picture"');
    return undefined;
  }
  const mask = reader.text("mask");
  const area = readArea(reader);
  return {
    file: resolvePath(label),
    label,
    tolerance: reader.number("tolerance", 0, 255) ?? 0,
    differingPixels: reader.number("differingPixels", 0, PIXELS) ?? 0,
    ...(mask === undefined ? {} : { maskFile: resolvePath(mask) }),
    ...(area === undefined ? {} : { area }),
  };
}

function readArea(reader: TableReader): [number, number, number, number] | undefined {
  const node = reader.node("area");
  if (node === undefined) return undefined;
  if (node.kind !== "list" || node.items.length !== 4) {
    throw sourceError(
      reader.path,
      node.at,
      `"area" must be [left, top, width, height], not ${describeNode(node)}`,
    );
  }
  const [left = 0, top = 0, width = 0, height = 0] = node.items.map((item) =>
    reader.numberIn(item, 0, SCREEN_WIDTH, '"area"'),
  );
  if (width === 0 || height === 0 || left + width > SCREEN_WIDTH || top + height > SCREEN_HEIGHT) {
    throw sourceError(
      reader.path,
      node.at,
      `"area" must lie within ${SCREEN_WIDTH} × ${SCREEN_HEIGHT} pixels`,
    );
  }
  return [left, top, width, height];
}
