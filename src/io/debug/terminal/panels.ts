import { InputError } from "../../../emu/input-error.ts";
import type { TextScreen, TextStyle } from "../../terminal/text-screen.ts";
import type { WatchedSpace } from "../breakpoints.ts";
import type { DebugSession } from "../session.ts";
import { valueText, wholeText } from "../value-text.ts";
import type { CodeView } from "./code-view.ts";
import type { Area } from "./layout.ts";

/** The memory that is shown. */
export interface MemoryPlace {
  readonly space: WatchedSpace;
  readonly address: number;
}

/** Sizes of the memories. */
export const SPACE_BYTES: Readonly<Record<WatchedSpace, number>> = { cpu: 0x10000, ppu: 0x4000, oam: 0x100 };
const FLAG_LETTERS = "nv-bdizc";
/** Columns of a line's number or an instruction's address, with its mark. */
const LABEL_COLUMNS = 6;
const MAX_FRAMES = 64;
/** Columns of rows of 8 and 16 bytes with their text. */
const TEXT_COLUMNS_FROM = 6 + 8 * 3 + 9;
const WIDE_FROM = 6 + 16 * 3 + 17;

/** Writes text into a row of an area, padded to its width. */
function row(screen: TextScreen, area: Area, at: number, text: string, style: TextStyle): void {
  if (at < area.rows) screen.write(area.row + at, area.column, text, style, area.columns);
}

/** Clears an area and writes its title with a text at its right end. Returns the area below. */
function titled(screen: TextScreen, area: Area, title: string, right = ""): Area {
  if (area.rows === 0) return area;
  screen.fill(area.row, area.column, area.rows, area.columns, "plain");
  const room = area.columns - title.length - 3;
  const end =
    room < right.length && room > 1 ? `${right.slice(0, room - 1)}…` : right.slice(0, Math.max(0, room));
  row(screen, area, 0, ` ${title}${" ".repeat(Math.max(1, room - end.length + 1))}${end}`, "title");
  return { ...area, row: area.row + 1, rows: area.rows - 1 };
}

/** Source or instructions, with marks for breakpoints (●) and the current line (▶). */
export function drawCode(screen: TextScreen, area: Area, view: CodeView, status: string): void {
  const body = titled(screen, area, view.title, status);
  for (const [at, line] of view.visible(body.rows).entries()) {
    const { label, text, isCurrent, isCursor, hasBreakpoint } = line;
    const style = isCurrent ? "selected" : isCursor ? "title" : "plain";
    row(screen, body, at, "", style);
    const cell = (column: number, content: string, look: TextStyle): void =>
      screen.write(body.row + at, body.column + column, content.slice(0, body.columns - column), look);
    const isMarked = isCurrent || isCursor;
    cell(0, hasBreakpoint ? "●" : " ", isCurrent ? style : hasBreakpoint ? "key" : style);
    cell(1, label.padStart(LABEL_COLUMNS - 2), isMarked ? style : "dim");
    cell(LABEL_COLUMNS, text, style);
  }
}

/** CPU and PPU registers and the time. What has changed since the last stop is highlighted. */
export function drawRegisters(
  screen: TextScreen,
  area: Area,
  session: DebugSession,
  before: ReadonlyMap<string, number>,
): void {
  screen.fill(area.row, area.column, area.rows, area.columns, "plain");
  const scope = session.scope();
  const value = (name: string): number => scope.lookup(name)!.get();
  const put = (
    at: number,
    parts: readonly (readonly [name: string, shown: string, digits: number])[],
  ): void => {
    let column = area.column + 1;
    for (const [name, shown, digits] of parts) {
      const now = value(name);
      const text = digits === 0 ? String(now) : now.toString(16).toUpperCase().padStart(digits, "0");
      if (column + shown.length + 1 + text.length > area.column + area.columns || at >= area.rows) return;
      screen.write(area.row + at, column, shown, "dim");
      const hasChanged = before.has(name) && before.get(name) !== now;
      screen.write(area.row + at, column + shown.length + 1, text, hasChanged ? "key" : "plain");
      column += shown.length + text.length + 3;
    }
  };
  put(0, [
    ["a", "A", 2],
    ["x", "X", 2],
    ["y", "Y", 2],
    ["sp", "S", 2],
    ["pc", "PC", 4],
  ]);
  const flags = [...FLAG_LETTERS].map((letter, at) => {
    const isSet = ((value("p") >> (7 - at)) & 1) === 1;
    return isSet ? letter.toUpperCase() : letter;
  });
  if (area.rows > 1) screen.write(area.row + 1, area.column + 1, flags.join(""), "plain");
  put(1, []);
  screen.write(area.row + 1, area.column + 11, positionText(value("line"), value("dot")), "dim");
  put(2, [
    ["ppu.v", "v", 4],
    ["ppu.t", "t", 4],
    ["ppu.ctrl", "ctrl", 2],
    ["ppu.mask", "mask", 2],
  ]);
  put(3, [
    ["frame", "frame", 0],
    ["cycle", "cycle", 0],
  ]);
}

function positionText(line: number, dot: number): string {
  return `line ${String(line).padStart(3)}  dot ${String(dot).padStart(3)}`;
}

/** The call stack; the selected frame is marked. */
export function drawStack(screen: TextScreen, area: Area, session: DebugSession, selected: number): void {
  const frames = session.frames.all().slice(0, MAX_FRAMES);
  const body = titled(screen, area, "stack", frames.length > 1 ? "←→" : "");
  const first = Math.max(0, Math.min(selected - body.rows + 1, frames.length - body.rows));
  for (const [at, { index, name, kind, file, line, pc }] of frames
    .slice(first, first + body.rows)
    .entries()) {
    const how = kind === undefined || kind === "call" ? "" : ` (${kind.toUpperCase()})`;
    const source = file === undefined ? undefined : session.target.symbols.files[file];
    const place =
      source === undefined
        ? `$${pc.toString(16).toUpperCase().padStart(4, "0")}`
        : `${source.replace(/^.*[/\\]/, "")}:${line}`;
    const isSelected = index === selected && frames.length > 1;
    const mark = isSelected ? ">" : " ";
    row(screen, body, at, `${mark}${name}${how}  ${place}`, isSelected ? "key" : "plain");
  }
}

/** The value of an expression in a frame, or why it has none. */
export function watchText(session: DebugSession, expression: string, frame: number): string {
  try {
    const place = session.place(expression, frame);
    if (place === undefined) return valueText({ get: () => session.read(expression, frame), bytes: 1 });
    return wholeText(session.scope(frame), place);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
}

/** Watches, then the variables of the C function, then breakpoints. */
export function drawWatches(
  screen: TextScreen,
  area: Area,
  session: DebugSession,
  view: {
    readonly watches: readonly string[];
    readonly frame: number;
    readonly before: ReadonlyMap<string, string>;
  },
): Map<string, string> {
  const body = titled(screen, area, "watches, breakpoints");
  const { watches, frame, before } = view;
  const locals = session.frames.locals(frame).map(({ variable }) => variable.name);
  const shown = new Map<string, string>();
  let at = 0;
  for (const name of [...watches, ...locals.filter((name) => !watches.includes(name))]) {
    const text = watchText(session, name, frame);
    shown.set(name, text);
    const hasChanged = before.has(name) && before.get(name) !== text;
    row(screen, body, at++, ` ${name} = ${text}`, hasChanged ? "key" : "plain");
  }
  for (const { id, text, command, hits } of session.breakpoints.all) {
    row(screen, body, at++, ` ${id} ● ${command ?? text}${hits > 0 ? `  ${hits}×` : ""}`, "dim");
  }
  if (at === 0) row(screen, body, 0, " w adds a watch, Space a breakpoint", "dim");
  return shown;
}

/** Number of bytes in a row of memory. */
export function memoryRowBytes(area: Area): number {
  return area.columns >= WIDE_FROM ? 16 : 8;
}

/** A dump of a memory. `before` has the bytes at the last stop, by address; others are highlighted. */
export function drawMemory(
  screen: TextScreen,
  area: Area,
  session: DebugSession,
  { space, address }: MemoryPlace,
  before: ReadonlyMap<number, number>,
): Map<number, number> {
  const body = titled(screen, area, space === "cpu" ? "memory" : `memory: ${space.toUpperCase()}`, "m [ ]");
  const perRow = memoryRowBytes(area);
  const shown = new Map<number, number>();
  for (let at = 0; at < body.rows; at++) {
    const start = address + at * perRow;
    if (start >= SPACE_BYTES[space]) break;
    row(screen, body, at, ` ${start.toString(16).toUpperCase().padStart(4, "0")}`, "dim");
    let text = "";
    for (let index = 0; index < perRow && start + index < SPACE_BYTES[space]; index++) {
      const byte = session.nes.peek(space, start + index);
      shown.set(start + index, byte);
      const hasChanged = before.has(start + index) && before.get(start + index) !== byte;
      const inHex = byte.toString(16).toUpperCase().padStart(2, "0");
      screen.write(body.row + at, body.column + 6 + 3 * index, inHex, hasChanged ? "key" : "plain");
      text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
    }
    if (area.columns >= TEXT_COLUMNS_FROM)
      screen.write(body.row + at, body.column + 7 + 3 * perRow, text, "dim");
  }
  return shown;
}
