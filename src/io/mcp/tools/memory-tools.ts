import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { InputError } from "../../../emu/input-error.ts";
import type { MemorySpace } from "../../../emu/machine.ts";
import { hex } from "../../library/place-map.ts";
import { COMPARISONS, type Comparison, VALUE_KINDS, type ValueKind } from "../../symbols/memory-search.ts";
import { answer, placeText, situation } from "../answer.ts";
import type { McpSession } from "../session.ts";
import { addressOrSymbol, addTool, expression, place, type Toolbox } from "./tool.ts";

const MAX_BYTES = 4096;
const ROW_BYTES = 16;
const MAX_FOUND = 50;
const SPACE_BYTES: Readonly<Record<MemorySpace, number>> = { cpu: 0x10000, ppu: 0x4000, oam: 0x100 };
const WORK_RAM_BYTES = 0x800;
const SAVE_RAM = 0x6000;
const SAVE_RAM_BYTES = 0x2000;

const space = z
  .enum(["cpu", "ppu", "oam"])
  .default("cpu")
  .describe("whose memory: the CPU's (RAM at $0000–$07FF, cartridge from $6000), the PPU's, or sprites");

/** Adds tools that read, write and search memory. */
export function addMemoryTools(box: Toolbox): void {
  addRead(box);
  addWrite(box);
  addSearch(box);
  addWatch(box);
  addLastWriter(box);
}

/**
 * The address of a place in a memory. Throws `InputError` if fewer than `count` bytes exist from there on.
 */
function addressIn(session: McpSession, where: MemorySpace, given: number | string, count: number): number {
  const wanted = addressOrSymbol(given);
  if (where !== "cpu" && typeof wanted === "string")
    throw new InputError("usage", "symbols are names of CPU addresses", "place", "give an address");
  const address = session.game.places.resolve(wanted).address;
  if (address + count <= SPACE_BYTES[where]) return address;
  throw new InputError(
    "usage",
    `${count} bytes from ${hex(address, 4)} are too many`,
    "place",
    `${where} has ${SPACE_BYTES[where]} bytes`,
  );
}

function addRead(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "memory_read",
    {
      title: "Read memory",
      description: "Read bytes without side effects, as rows of hexadecimal; or the value of expressions.",
      readOnly: true,
      input: {
        place: place.optional(),
        count: z.int().min(1).max(MAX_BYTES).default(16),
        space,
        values: z.array(expression).max(50).optional().describe("expressions to evaluate"),
      },
    },
    async ({ place: given, count, space: where, values }) => {
      if (given === undefined && values === undefined)
        throw new InputError("usage", "nothing to read", "", "give place or values");
      const rows: Record<string, string> = {};
      if (given !== undefined) {
        const from = addressIn(session, where, given, count);
        for (let at = from; at < from + count; at += ROW_BYTES) {
          const length = Math.min(ROW_BYTES, from + count - at);
          const bytes = Array.from({ length }, (_, i) => session.game.machine.peek(where, at + i));
          rows[where === "cpu" ? placeText(session, at) : hex(at, 4)] = bytes
            .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
            .join(" ");
        }
      }
      const results = (values ?? []).map((text) => [text, session.expression(text).value()]);
      return answer({
        ...(given === undefined ? {} : { bytes: rows }),
        ...(values === undefined ? {} : { values: Object.fromEntries(results) }),
      });
    },
  );
}

function addWrite(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "memory_write",
    {
      title: "Write memory",
      description:
        "Write bytes to RAM, to try something out. Registers and ROM do not change. A movie of the game cannot be recorded " +
        "afterwards, until a state from before is loaded or the power is switched.",
      input: { place, bytes: z.array(z.int().min(0).max(255)).min(1).max(MAX_BYTES), space },
    },
    async ({ place: given, bytes, space: where }) => {
      session.requireFrameEnd();
      const { machine } = session.game;
      const from = addressIn(session, where, given, bytes.length);
      for (const [i, byte] of bytes.entries()) machine.poke(where, from + i, byte);
      session.tape.spoil(session.game, "memory was written");
      const failed = bytes.filter((byte, i) => machine.peek(where, from + i) !== byte).length;
      return answer({
        written: bytes.length - failed,
        ...(failed > 0 ? { unchanged: `${failed} bytes are not RAM and did not change` } : {}),
      });
    },
  );
}

function addSearch(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "memory_search",
    {
      title: "Search memory",
      description:
        "Find where the game keeps a value. Start with action new (and a value if it is known), let it change in the game, " +
        "then narrow down with compare. Scores are often one decimal digit per byte: kind digits.",
      input: {
        action: z
          .enum(["new", "narrow", "list"])
          .describe("new: all of RAM; narrow: among the places that are left"),
        compare: z
          .enum(COMPARISONS)
          .optional()
          .describe("with value, or with the value at the search before"),
        value: z.int().min(-0xffff).max(99_999_999).optional(),
        kind: z
          .enum(VALUE_KINDS)
          .default("u8")
          .describe("for new: a byte, a signed byte, two bytes, decimal digits"),
        digits: z.int().min(1).max(8).default(6).describe("for kind digits: how many"),
        battery_ram: z.boolean().default(false).describe("for new: also search $6000–$7FFF"),
      },
    },
    async (parameters) => searchMemory(session, parameters),
  );
}

interface SearchParameters {
  readonly action: "new" | "narrow" | "list";
  readonly compare?: Comparison | undefined;
  readonly value?: number | undefined;
  readonly kind: ValueKind;
  readonly digits: number;
  readonly battery_ram: boolean;
}

function searchMemory(session: McpSession, parameters: SearchParameters): CallToolResult {
  const { action, compare, value, kind, digits } = parameters;
  const { search, game } = session;
  const peek = (address: number): number => game.machine.peek("cpu", address);
  if (action === "new") {
    const length = kind === "u16" ? 2 : kind === "digits" ? digits : 1;
    const addresses = [...new Array(WORK_RAM_BYTES - length + 1).keys()];
    if (parameters.battery_ram)
      for (let i = 0; i <= SAVE_RAM_BYTES - length; i++) addresses.push(SAVE_RAM + i);
    search.start(addresses, kind, digits, peek);
  } else if (!search.isActive)
    throw new InputError("usage", "no search has begun", "", "call it with action new first");
  const comparison = compare ?? (value === undefined ? undefined : "equal");
  if (action !== "list" && comparison !== undefined) search.filter(comparison, value, peek);
  else if (action === "narrow")
    throw new InputError("usage", "narrow needs compare or value", "", "give one of them");
  const { places } = search;
  const found = places
    .slice(0, MAX_FOUND)
    .map((address) => [placeText(session, address), search.valueAt(address, peek)]);
  return answer({
    left: places.length,
    ...(places.length <= MAX_FOUND || action === "list" ? { found: Object.fromEntries(found) } : {}),
    ...(places.length === 0 ? { next: "nothing is left: start again with another kind" } : {}),
    ...(places.length > MAX_FOUND ? { next: "let the value change in the game, then narrow" } : {}),
  });
}

function addWatch(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "watch",
    {
      title: "Watch values",
      description: "Report expressions after each run. delta(x) is the change in the last frame.",
      input: {
        add: z.array(expression).max(32).default([]),
        remove: z.array(expression).max(32).default([]),
      },
    },
    async ({ add, remove }) => {
      void session.game;
      for (const text of remove) session.watches.delete(text);
      for (const text of add) session.watch(text);
      return answer(situation(session));
    },
  );
}

function addLastWriter(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "last_writer",
    {
      title: "Find the last writer",
      description:
        "Find which instruction last wrote a byte of memory, and when. It runs the past again on a second machine.",
      readOnly: true,
      input: { place },
    },
    async ({ place: given }) => {
      session.requireFrameEnd();
      const wanted = addressOrSymbol(given);
      const { address } = session.game.places.resolve(wanted);
      const twin = session.twin();
      let last: Record<string, unknown> | undefined;
      twin.onWrite(address, ({ pc, value, before }) => {
        last = {
          frame: twin.frame,
          value: `${before} → ${value}`,
          instruction: twin.places.describe(pc),
          calledFrom: twin.callers,
        };
      });
      session.tape.searchBack(twin, (_, run) => {
        run();
        return last !== undefined;
      });
      if (last !== undefined) return answer({ place: placeText(session, address), ...last });
      const reach = session.tape.length - session.tape.start;
      return answer({ place: placeText(session, address), writer: `none in the last ${reach} frames` });
    },
  );
}
