import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { InputError } from "../../emu/input-error.ts";
import { printable } from "../files/text.ts";
import { GameError } from "../library/errors.ts";
import { hex } from "../library/place-map.ts";
import type { RootFolder } from "./root-folder.ts";
import type { McpSession } from "./session.ts";

const MAX_ERROR_CHARACTERS = 4000;
/** Maximum number of RAM changes in an answer. */
const MAX_CHANGES = 64;

/** Facts by name; undefined ones are left out. */
export type Facts = Readonly<Record<string, unknown>>;

/** A tool's answer: facts as JSON, then pictures. */
export function answer(facts: Facts, ...pictures: readonly Uint8Array[]): CallToolResult {
  const images = pictures.map((png) => ({
    type: "image" as const,
    data: png.toBase64(),
    mimeType: "image/png",
  }));
  return { content: [{ type: "text", text: JSON.stringify(facts, null, 1) }, ...images] };
}

/**
 * A tool's answer for an error, for the agent to read: what is wrong and what to do next. Paths are shown
 * relative to the root. Errors other than `InputError` are bugs of emu and are passed to `onBug`.
 */
export function errorAnswer(
  error: unknown,
  root: RootFolder,
  onBug: (error: unknown) => void,
): CallToolResult {
  if (!(error instanceof InputError) && !(error instanceof GameError)) {
    onBug(error);
    const text = "This is a bug in emu, please report it. Load a state or the game again to go on.";
    return { content: [{ type: "text", text }], isError: true };
  }
  const where = error instanceof InputError && error.where !== "" ? `${error.where}: ` : "";
  const remedy = error instanceof InputError && error.remedy !== "" ? `\nWhat to do: ${error.remedy}` : "";
  const lines = root
    .show(`${where}${error.message}${remedy}`)
    .split("\n")
    .map((line) => printable(line, MAX_ERROR_CHARACTERS));
  return {
    content: [{ type: "text", text: lines.join("\n").slice(0, MAX_ERROR_CHARACTERS) }],
    isError: true,
  };
}

/** The game's position, as every answer of a run reports it. */
export function situation(session: McpSession): Facts {
  const { game } = session;
  const watched = [...session.watches].map(([text, { value }]) => [text, value]);
  return {
    frame: game.frame,
    ...(game.isMidFrame || game.machine.cpu.jammed === 1 ? { at: game.place } : {}),
    ...(game.machine.cpu.jammed === 1
      ? { jammed: "the CPU has jammed: it will execute nothing until a reset" }
      : {}),
    ...(watched.length > 0 ? { watches: Object.fromEntries(watched) } : {}),
  };
}

/** An address, with its name in the game's symbols. */
export function placeText(session: McpSession, address: number): string {
  const name = session.game.symbols.nameOf(address, session.game.places.prgOffsetAt(address));
  return name === undefined ? hex(address, 4) : `${hex(address, 4)} ${name}`;
}

/** The bytes of work RAM that have changed since `before`, as `"$0075 lives": "3 → 2"`. */
export function ramChanges(session: McpSession, before: Uint8Array): Facts {
  return ramChangesBetween(session, before, session.game.ram);
}

/** The bytes of two copies of work RAM that differ. */
export function ramChangesBetween(session: McpSession, before: Uint8Array, now: Uint8Array): Facts {
  const changed = [...now.keys()].filter((address) => now[address] !== before[address]);
  const listed = changed
    .slice(0, MAX_CHANGES)
    .map((address) => [placeText(session, address), `${before[address]} → ${now[address]}`]);
  const more = changed.length - listed.length;
  return { ...Object.fromEntries(listed), ...(more > 0 ? { more: `${more} more` } : {}) };
}
