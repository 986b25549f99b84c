import { InputError } from "../../emu/input-error.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../emu/nes/cpu/opcodes.ts";
import { hex } from "../library/place-map.ts";
import { accessText, type Breakpoint, type BreakpointPlace } from "./breakpoints.ts";
import { debugEventOf } from "./events.ts";
import type { DebugSession } from "./session.ts";

/** Owner of the breakpoints that the command `break` sets. */
const CONSOLE = "console";

export const BREAK_USAGE =
  "break [PLACE | read|write|access EXPRESSION | on EVENT] [if CONDITION] [log MESSAGE]";

const KINDS: Readonly<Record<string, number>> = {
  read: ACCESS_READ,
  write: ACCESS_WRITE,
  access: ACCESS_READ | ACCESS_WRITE,
};
/** A bare number. As a place to watch, it is an address. */
const ADDRESS = /^(?:(?:\$|0x)[0-9a-f]+|\d+)$/i;
const SPACE_BYTES = { cpu: 0x10000, ppu: 0x4000, oam: 0x100 } as const;

/**
 * Adds the breakpoint that the arguments of `break` describe: `tick`, `main.s:12`, `on nmi`, `write score if
 * value > 9`. Throws `InputError` ("usage").
 */
export function addConsoleBreakpoint(session: DebugSession, text: string): Breakpoint {
  const match = /^(.*?)(?:\s+if\s+(.*?))?(?:\s+log\s+(.*))?$/s.exec(text.trim());
  const [, where = "", condition, logMessage] = match ?? [];
  const place = placeOf(session, where.trim());
  return session.addBreakpoint(CONSOLE, { ...place, command: text.trim() }, { condition, logMessage });
}

/** Sets the console's breakpoints of one session in the next. Returns those whose places are not found. */
export function keepConsoleBreakpoints(from: DebugSession, to: DebugSession): readonly string[] {
  const lost: string[] = [];
  for (const { owner, command = "" } of from.breakpoints.all) {
    if (owner !== CONSOLE) continue;
    try {
      addConsoleBreakpoint(to, command);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      lost.push(`break ${command}: ${error.message}`);
    }
  }
  return lost;
}

/** A line for each breakpoint: its number, its place, and its hits. */
export function listBreakpoints(session: DebugSession): string {
  const rows = session.breakpoints.all.map(({ id, text, command, hits }) => {
    const count = hits === 0 ? "" : `, ${hits} ${hits === 1 ? "hit" : "hits"}`;
    return `${id}: ${command ?? text}${count}`;
  });
  return rows.length === 0 ? "no breakpoints" : rows.join("\n");
}

/** Removes a breakpoint by its number, or all of the console's. Throws `InputError` ("usage"). */
export function deleteBreakpoints(session: DebugSession, which: string | undefined): string {
  const { breakpoints } = session;
  if (which === "all") {
    breakpoints.removeOwned(CONSOLE);
    return "deleted all breakpoints of the console";
  }
  const found = breakpoints.all.find(({ id }) => String(id) === which);
  if (found === undefined) {
    throw new InputError(
      "usage",
      `no breakpoint ${(which ?? "").slice(0, 20)}`,
      "",
      "break lists their numbers",
    );
  }
  breakpoints.remove(found.id);
  return `deleted ${which}: ${found.command ?? found.text}`;
}

function placeOf(session: DebugSession, where: string): BreakpointPlace {
  const [first = "", ...rest] = where.split(/\s+/);
  const argument = rest.join(" ");
  if (argument !== "" && Object.hasOwn(KINDS, first)) return accessPlace(session, argument, KINDS[first]!);
  if (argument !== "" && first === "on") return { text: argument, event: debugEventOf(argument) };
  if (where === "") throw new InputError("usage", `usage: ${BREAK_USAGE}`);
  return { text: where, code: session.code.named(where) };
}

function accessPlace(session: DebugSession, text: string, kinds: number): BreakpointPlace {
  const { space, from, bytes } = watchedRange(session, text);
  const to = from + bytes - 1;
  if (from < 0 || to >= SPACE_BYTES[space]) {
    throw new InputError("usage", `${text} is not in $0000 to ${hex(SPACE_BYTES[space] - 1, 4)}`);
  }
  return { text: `${accessText(kinds)} ${text}`, access: { space, from, to, kinds } };
}

function watchedRange(
  session: DebugSession,
  text: string,
): { readonly space: "cpu" | "ppu" | "oam"; readonly from: number; readonly bytes: number } {
  const other = /^(ppu|oam)\[(.+)\]$/.exec(text);
  if (other !== null) {
    return { space: other[1] as "ppu" | "oam", from: session.read(other[2]!), bytes: 1 };
  }
  if (ADDRESS.test(text)) return { space: "cpu", from: session.read(text), bytes: 1 };
  const place = session.place(text);
  if (place?.address === undefined) throw new InputError("usage", `${text} is not in memory`);
  return { space: "cpu", from: place.address, bytes: (place.bytes ?? 1) * Math.max(1, place.count ?? 0) };
}
