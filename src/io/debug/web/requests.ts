import { InputError } from "../../../emu/input-error.ts";
import { hex } from "../../library/place-map.ts";
import { parseReadOnly } from "../../symbols/expressions/evaluate.ts";
import type { RequestArguments, RequestHandler } from "../dap/request-arguments.ts";
import type { Movement } from "../movement.ts";
import type { DebugSession } from "../session.ts";
import { codeRows, findPlace, sourceText } from "./code-view.ts";
import type { DebuggedGame } from "./debugged-game.ts";
import { memoryName } from "./memory-name.ts";
import { lastWriteFacts, profileFacts, traceRows } from "./past.ts";
import { type ByteFacts, MEMORY_BYTES, type MemoryName, type WantedViews } from "./protocol.ts";

const MAX_POSITION = Number.MAX_SAFE_INTEGER;
const MAX_ROWS = 1000;
const MAX_TRACE_ROWS = 20_000;
const MAX_PROFILE_FRAMES = 300;
const MAX_WRITE_BYTES = 256;
const MAX_VIEW_BYTES = 4096;
const MAX_WATCHES = 200;
const MAX_TEXT = 1000;
const PALETTE_START = 0x3f00;

/** The requests of the page by name. */
export function debuggerRequests(game: DebuggedGame): Readonly<Record<string, RequestHandler>> {
  return {
    ...movementRequests(game),
    ...breakpointRequests(game),
    ...editRequests(game),
    ...pastRequests(game),
  };
}

function movementRequests(game: DebuggedGame): Record<string, RequestHandler> {
  return {
    move: (args) => game.move(movementOf(game.session, args), args.flag("back") ? "back" : "forward"),
    pause: () => game.session.pause(),
    seek: (args) => {
      game.session.seek(args.whole("position", 0, MAX_POSITION));
      game.hasStopped({ reason: "goto", text: `went to frame ${game.session.nes.frame}`, breakpoints: [] });
    },
    hold: (args) => game.session.hold(args.whole("buttons", 0, 0xff)),
    reset: () => {
      game.session.reset();
      if (game.session.moving === undefined)
        game.hasStopped({ reason: "goto", text: "reset", breakpoints: [] });
    },
    restart: () => game.restart(),
    show: (args) => game.show(viewsOf(args)),
    ack: (args) => game.acknowledge(args.whole("serial", 0, MAX_POSITION)),
  };
}

function movementOf(session: DebugSession, args: RequestArguments): Movement {
  const kind = args.text("kind");
  switch (kind) {
    case "continue":
    case "scanline":
    case "frame":
    case "nmi":
      return { kind };
    case "cycles":
      return { kind, count: 1 };
    case "into":
    case "over":
    case "out":
      return { kind, by: args.optionalText("by") === "instruction" ? "instruction" : "line" };
    case "to":
      return { kind, place: codeOf(session, args) };
    default:
      throw new InputError("usage", `there is no movement ${kind.slice(0, 40)}`, "kind");
  }
}

/** The code at a source line, or at an address in a bank. */
function codeOf(session: DebugSession, args: RequestArguments): (Movement & { kind: "to" })["place"] {
  const { code, target } = session;
  if (!args.has("line")) {
    const prgOffset = args.whole("prgOffset", -1, session.target.rom.image.prgRom.length - 1);
    if (prgOffset >= 0) return code.atPrgOffsets([prgOffset]);
    return { addresses: [args.whole("address", 0, 0xffff)], prgOffsets: [] };
  }
  const path = target.symbols.files[args.whole("file", 0, 1e6)];
  const found = path === undefined ? undefined : code.line(path, args.whole("line", 1, 1e9));
  if (found === undefined) throw new InputError("usage", "there is no code from this line on");
  return found.code;
}

function viewsOf(args: RequestArguments): WantedViews {
  const views = { ppu: args.flag("ppu"), events: args.flag("events") };
  if (!args.has("memory")) return views;
  const memory = args.object("memory");
  const space = memoryName(memory, MEMORY_BYTES);
  const first = memory.whole("first", 0, MEMORY_BYTES[space] - 1);
  return { ...views, memory: { space, first, bytes: memory.whole("bytes", 1, MAX_VIEW_BYTES) } };
}

function breakpointRequests(game: DebuggedGame): Record<string, RequestHandler> {
  const { breakpoints } = game;
  const withChange =
    (handler: RequestHandler): RequestHandler =>
    (args) => {
      const result = handler(args);
      game.changed();
      return result;
    };
  const idOf = (args: RequestArguments): number => args.whole("id", 1, MAX_POSITION);
  return {
    addBreakpoint: withChange((args) => ({ id: breakpoints.add(game.session, args) })),
    changeBreakpoint: withChange((args) => breakpoints.change(game.session, idOf(args), args)),
    removeBreakpoint: withChange((args) => breakpoints.remove(game.session, idOf(args))),
    watch: withChange((args) => {
      const watches = args.texts("expressions", MAX_WATCHES);
      for (const text of watches) checkWatch(text);
      game.watches = watches;
    }),
    selectFrame: withChange((args) => {
      game.stackFrame = args.whole("index", 0, game.session.probe.calls.depth);
    }),
  };
}

/** A watch is evaluated often, so it must not change anything. */
function checkWatch(text: string): void {
  if (text.length > MAX_TEXT) throw new InputError("usage", "the expression is too long");
  parseReadOnly(text, "a watch");
}

function editRequests(game: DebuggedGame): Record<string, RequestHandler> {
  return {
    /** Assigns the value of an expression to a register, a variable or memory. */
    assign: (args) => {
      const { session } = game;
      const frame = game.stackFrame;
      const place = session.place(args.text("place"), frame);
      if (place === undefined) throw new InputError("usage", "this is not a variable");
      session.assign(place, session.read(args.text("value"), frame));
      game.changed();
    },
    write: (args) => {
      const space = memoryName(args, MEMORY_BYTES);
      const bytes = args.numbers("bytes", 0xff, MAX_WRITE_BYTES);
      const address = args.whole("address", 0, MEMORY_BYTES[space] - bytes.length);
      const scope = game.session.scope();
      for (const [at, byte] of bytes.entries()) {
        const memory = space === "palette" ? "ppu" : space;
        const place = scope.memory(memory, address + at + (space === "palette" ? PALETTE_START : 0));
        game.session.assign(place, byte);
      }
      game.changed();
    },
    assemble: (args) => {
      const bytes = game.session.assemble(args.whole("address", 0, 0xffff), args.text("text"));
      game.changed();
      return { bytes: bytes.length };
    },
    jump: (args) => {
      const { session } = game;
      if (session.moving !== undefined)
        throw new InputError("usage", "the program is running", "", "pause it");
      const address = args.whole("address", 0, 0xffff);
      session.edit(() => {
        session.nes.cpu.pc = address;
      });
      game.hasStopped({ reason: "goto", text: `PC was set to ${hex(address, 4)}`, breakpoints: [] });
    },
  };
}

function pastRequests(game: DebuggedGame): Record<string, RequestHandler> {
  return {
    source: (args) => sourceText(game.session, args.whole("file", 0, 1e6)),
    code: (args) =>
      codeRows(
        game.session,
        args.whole("address", 0, 0xffff),
        args.whole("before", 0, MAX_ROWS),
        args.whole("count", 1, MAX_ROWS),
      ),
    find: (args) => findPlace(game.session, args.text("text").slice(0, MAX_TEXT)),
    trace: (args) =>
      traceRows(game.session, args.whole("count", 1, MAX_TRACE_ROWS), args.optionalText("filter") ?? ""),
    profile: (args) => profileFacts(game.session, args.whole("frames", 1, MAX_PROFILE_FRAMES)),
    lastWrite: (args) => {
      const space = memoryName(args, MEMORY_BYTES);
      if (space === "oam") throw new InputError("usage", "writes to OAM cannot be searched");
      const address = args.whole("address", 0, MEMORY_BYTES[space] - 1);
      const at = space === "palette" ? PALETTE_START + address : address;
      return game.occupied(() => lastWriteFacts(game.session, space === "cpu" ? "cpu" : "ppu", at));
    },
    describe: (args) =>
      describeByte(game.session, memoryName(args, MEMORY_BYTES), args.whole("address", 0, 0xffff)),
  };
}

/** The name of a byte and how often it was accessed. */
function describeByte({ target, timeline }: DebugSession, space: MemoryName, address: number): ByteFacts {
  const { log } = timeline;
  if (space === "cpu") {
    const name = target.places.describe(address);
    return {
      text: `${name}: executed ${log.executed[address]}, read ${log.read[address]}, written ${log.written[address]}`,
    };
  }
  if (space === "oam") return { text: `OAM ${hex(address & 0xff, 2)}, sprite ${(address & 0xff) >> 2}` };
  const at = space === "palette" ? PALETTE_START + (address & 0x1f) : address & 0x3fff;
  return { text: `PPU ${hex(at, 4)}: read ${log.ppuRead[at]}, written ${log.ppuWritten[at]}` };
}
