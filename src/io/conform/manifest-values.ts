import { describeNode, type SourceNode, sourceError } from "../files/documents/source-node.ts";
import { TableReader } from "../files/documents/table-reader.ts";
import { ASCII_TILE_TEXT } from "./screen.ts";
import type { InputEntry, TestSpec, TileText } from "./types.ts";

const MAX_FRAMES = 10_000_000;
const MAX_MASK = 0xffff_ffff;
/** In the order of their bits. */
const BUTTONS = ["a", "b", "select", "start", "up", "down", "left", "right"];
const TILES = 256;

/** "input": a file, or `[[frame, buttons], …]` with buttons as a mask or as "start" and "right+p2.a". */
export function readInput(
  reader: TableReader,
  resolvePath: (path: string) => string,
): Pick<TestSpec, "inputFile" | "input"> {
  const node = reader.node("input");
  if (node === undefined) return {};
  if (node.kind === "text") return { inputFile: resolvePath(reader.text("input")!) };
  if (node.kind !== "list") throw reader.wrong("input", "must be a file or a list of [frame, buttons]");
  let last = -1;
  const input = node.items.map((item): InputEntry => {
    if (item.kind !== "list" || item.items.length !== 2) {
      throw sourceError(reader.path, item.at, `input must be [frame, buttons], not ${describeNode(item)}`);
    }
    const [frameNode, buttonNode] = item.items as [SourceNode, SourceNode];
    const frame = reader.numberIn(frameNode, 0, MAX_FRAMES, "the frame of an input");
    if (frame <= last) throw sourceError(reader.path, frameNode.at, `frame ${frame} must come after ${last}`);
    last = frame;
    return [frame, readButtons(reader, buttonNode)];
  });
  return { input };
}

function readButtons(reader: TableReader, node: SourceNode): number {
  if (node.kind !== "text") return reader.numberIn(node, 0, MAX_MASK, "the buttons of an input");
  let mask = 0;
  for (const part of node.text.split("+").map((each) => each.trim().toLowerCase())) {
    if (part === "") continue;
    const [, controller = "1", name = ""] = /^(?:p([1-4])\.)?([a-z]+)$/.exec(part) ?? [];
    const bit = BUTTONS.indexOf(name);
    if (bit < 0) {
      const what = `buttons are ${BUTTONS.join(", ")}, joined by +, p2.a for the second controller, not ${describeNode(node)}`;
      throw sourceError(reader.path, node.at, what);
    }
    mask |= 1 << (bit + 8 * (Number(controller) - 1));
  }
  return mask >>> 0;
}

/** "tiles", `[{ first = 0x41, text = "ABC" }, …]`, and "nametables", a list of 0 to 3. */
export function readTiles(reader: TableReader): TileText | undefined {
  if (!reader.has("tiles") && !reader.has("nametables")) return undefined;
  const characters = reader.has("tiles") ? Array<string>(TILES).fill(" ") : [...ASCII_TILE_TEXT.characters];
  for (const item of reader.items("tiles")) {
    const range = new TableReader(item, reader.path, "tiles", ["first", "text"]);
    range.need("first");
    range.need("text");
    const first = range.number("first", 0, TILES - 1) ?? 0;
    const text = range.text("text") ?? "";
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are not allowed
    if (/[\u0000-\u001f\ud800-\udfff]/.test(text)) {
      throw range.wrong("text", "must be characters of the basic plane, without control characters");
    }
    if (first + text.length > TILES) throw range.wrong("text", `goes beyond tile ${TILES - 1}`);
    for (let i = 0; i < text.length; i++) characters[first + i] = text[i]!;
  }
  const nametables = reader.has("nametables")
    ? reader.items("nametables").map((item) => reader.numberIn(item, 0, 3, "a nametable"))
    : [0];
  if (nametables.length === 0) throw reader.wrong("nametables", "must name at least one");
  return { characters: characters.join(""), nametables };
}

/** Reads why a test is known to fail: one reason, or reasons by case name. */
export function readKnownFailure(reader: TableReader, key: string): TestSpec["knownFailure"] {
  const node = reader.node(key);
  if (node === undefined) return undefined;
  if (node.kind === "text") return reader.text(key);
  if (node.kind !== "table") throw reader.wrong(key, "must be a reason or a table of reasons");
  const table = new TableReader(node, reader.path, `"${key}"`);
  const reasons: Record<string, string> = {};
  for (const name of table.names()) reasons[name] = table.text(name)!;
  if (Object.keys(reasons).length === 0) throw reader.wrong(key, "must name at least one case");
  return reasons;
}
