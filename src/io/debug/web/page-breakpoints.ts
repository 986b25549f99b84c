import { InputError } from "../../../emu/input-error.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../../emu/nes/cpu/opcodes.ts";
import { hex } from "../../library/place-map.ts";
import type { Breakpoint, BreakpointOptions, BreakpointPlace, WatchedSpace } from "../breakpoints.ts";
import type { RequestArguments } from "../dap/request-arguments.ts";
import { DEBUG_EVENTS, debugEventOf } from "../events.ts";
import type { DebugSession } from "../session.ts";
import { placeAt } from "./code-view.ts";
import { memoryName } from "./memory-name.ts";
import type { BreakpointFacts } from "./protocol.ts";

/** Finds the place of a breakpoint in a game. Throws `InputError` if it is not there. */
type Find = (session: DebugSession) => BreakpointPlace;

interface PageBreakpoint {
  readonly id: number;
  readonly kind: BreakpointFacts["kind"];
  readonly find: Find;
  /** The description from when it was set, for when its place is lost. */
  readonly text: string;
  options: BreakpointOptions;
  isEnabled: boolean;
  /** The breakpoint of the session; undefined if it is disabled or its place is lost. */
  set: Breakpoint | undefined;
  error: string | undefined;
}

const OWNER = "page";
const MAX_BREAKPOINTS = 1000;
const SPACES: Readonly<Record<WatchedSpace, number>> = { cpu: 0x10000, ppu: 0x4000, oam: 0x100 };

/** The breakpoints of the page. They outlive the session, so that a rebuilt game gets them again. */
export class PageBreakpoints {
  readonly #all = new Map<number, PageBreakpoint>();
  #nextId = 1;

  /** Adds the breakpoint that a request describes. Throws `InputError` if it is invalid. */
  add(session: DebugSession, args: RequestArguments): number {
    if (this.#all.size >= MAX_BREAKPOINTS) throw new InputError("usage", "there are too many breakpoints");
    const { kind, find } = findOf(args);
    const place = find(session);
    const options = optionsOf(args);
    const set = session.addBreakpoint(OWNER, place, options);
    const id = this.#nextId++;
    this.#all.set(id, {
      id,
      kind,
      find,
      text: place.text,
      options,
      isEnabled: true,
      set,
      error: undefined,
    });
    return id;
  }

  /** Enables or disables a breakpoint, and replaces its conditions. Throws `InputError`. */
  change(session: DebugSession, id: number, args: RequestArguments): void {
    const breakpoint = this.#get(id);
    const options = args.has("condition") ? optionsOf(args) : breakpoint.options;
    const isEnabled = args.has("isEnabled") ? args.flag("isEnabled") : breakpoint.isEnabled;
    const set = isEnabled ? session.addBreakpoint(OWNER, breakpoint.find(session), options) : undefined;
    if (breakpoint.set !== undefined) session.breakpoints.remove(breakpoint.set.id);
    Object.assign(breakpoint, { options, isEnabled, set, error: undefined });
  }

  remove(session: DebugSession, id: number): void {
    const { set } = this.#get(id);
    if (set !== undefined) session.breakpoints.remove(set.id);
    this.#all.delete(id);
  }

  /** Sets all breakpoints in a new session. */
  apply(session: DebugSession): void {
    for (const breakpoint of this.#all.values()) {
      breakpoint.set = undefined;
      breakpoint.error = undefined;
      if (!breakpoint.isEnabled) continue;
      try {
        breakpoint.set = session.addBreakpoint(OWNER, breakpoint.find(session), breakpoint.options);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        breakpoint.error = error.message;
      }
    }
  }

  /** The page's numbers of breakpoints of the session. */
  idsOf(setIds: readonly number[]): number[] {
    return [...this.#all.values()]
      .filter(({ set }) => set !== undefined && setIds.includes(set.id))
      .map(({ id }) => id);
  }

  facts(session: DebugSession): BreakpointFacts[] {
    return [...this.#all.values()].map((breakpoint) => factsOf(session, breakpoint));
  }

  #get(id: number): PageBreakpoint {
    const found = this.#all.get(id);
    if (found === undefined) throw new InputError("usage", `there is no breakpoint ${id}`);
    return found;
  }
}

function factsOf(session: DebugSession, breakpoint: PageBreakpoint): BreakpointFacts {
  const { id, kind, text, options, isEnabled, set, error } = breakpoint;
  const { condition = "", hitCondition = "", logMessage = "" } = options;
  const code =
    set?.code ?? (kind === "code" && error === undefined ? codeOf(session, breakpoint) : undefined);
  const prgOffset = code?.prgOffsets[0] ?? -1;
  const address = prgOffset < 0 ? code?.addresses[0] : session.code.addressOf(prgOffset);
  return {
    id,
    kind,
    text: set?.text ?? text,
    isEnabled,
    condition,
    hitCondition,
    logMessage,
    hits: set?.hits ?? 0,
    ...(error === undefined ? {} : { error }),
    ...(code === undefined ? {} : { place: placeAt(session, address ?? -1, prgOffset) }),
  };
}

/** The place of a breakpoint that is disabled. */
function codeOf(session: DebugSession, { find }: PageBreakpoint): BreakpointPlace["code"] {
  try {
    return find(session).code;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return undefined;
  }
}

function optionsOf(args: RequestArguments): BreakpointOptions {
  return {
    condition: args.optionalText("condition"),
    hitCondition: args.optionalText("hitCondition"),
    logMessage: args.optionalText("logMessage"),
  };
}

function findOf(args: RequestArguments): { readonly kind: BreakpointFacts["kind"]; readonly find: Find } {
  const kind = args.text("kind");
  switch (kind) {
    case "line":
      return { kind: "code", find: lineFinder(args.whole("file", 0, 1e6), args.whole("line", 1, 1e9)) };
    case "address":
      return {
        kind: "code",
        find: addressFinder(args.whole("address", 0, 0xffff), args.whole("prgOffset", -1, 1e8)),
      };
    case "name":
      return { kind: "code", find: nameFinder(args.text("place").trim()) };
    case "access":
      return { kind, find: accessFinder(args) };
    case "event":
      return { kind, find: eventFinder(args.text("name")) };
    default:
      throw new InputError("usage", `there are no breakpoints of kind ${kind.slice(0, 40)}`, "kind");
  }
}

function lineFinder(file: number, line: number): Find {
  let path: string | undefined;
  return (session) => {
    // A rebuilt game may number its files differently.
    path ??= session.target.symbols.files[file];
    const found = path === undefined ? undefined : session.code.line(path, line);
    if (found === undefined) throw new InputError("usage", "there is no code from this line on");
    const name = session.target.symbols.files[found.file] ?? path;
    return { text: `${name}:${found.line}`, code: found.code };
  };
}

function addressFinder(address: number, prgOffset: number): Find {
  return ({ code, target }) => {
    const { prgRom } = target.rom.image;
    if (prgOffset >= prgRom.length) throw new InputError("usage", "this is after the end of PRG ROM");
    const place = prgOffset < 0 ? { addresses: [address], prgOffsets: [] } : code.atPrgOffsets([prgOffset]);
    const name = target.symbols.nameOf(address, prgOffset);
    return { text: `${hex(address, 4)}${name === undefined ? "" : ` ${name}`}`, code: place };
  };
}

function nameFinder(name: string): Find {
  if (name === "") throw new InputError("usage", "the place is missing", "", "such as $C123 or a label");
  return ({ code }) => ({ text: name, code: code.named(name) });
}

function accessFinder(args: RequestArguments): Find {
  const space = memoryName(args, SPACES);
  const kinds = (args.flag("read") ? ACCESS_READ : 0) | (args.flag("write") ? ACCESS_WRITE : 0);
  if (kinds === 0) throw new InputError("usage", "neither read nor write was chosen");
  const text = args.text("place").trim();
  return (session) => {
    const { from, to } = rangeOf(session, space, text);
    const range = from === to ? hex(from, 4) : `${hex(from, 4)}–${hex(to, 4)}`;
    const name = /^[$\d]/.test(text) ? "" : `${text} `;
    const what = [args.flag("read") ? "read" : "", args.flag("write") ? "write" : ""]
      .filter(Boolean)
      .join("/");
    const memory = space === "cpu" ? "" : `${space.toUpperCase()} `;
    return {
      text: `${what} ${memory}${name}${range}`,
      access: { space, from, to, kinds },
    };
  };
}

/** The range of `score`, `$2006` or `$300-$3FF`. */
function rangeOf(session: DebugSession, space: WatchedSpace, text: string): { from: number; to: number } {
  if (text === "") throw new InputError("usage", "the address is missing", "", "such as $300 or $300-$3FF");
  const [, first, last] = /^(\$?[\da-f]+)\s*[-–]\s*(\$?[\da-f]+)$/i.exec(text) ?? [];
  const place = first === undefined && space === "cpu" ? session.place(text) : undefined;
  const from = place?.address ?? session.read(first ?? text);
  const bytes = (place?.bytes ?? 1) * Math.max(1, place?.count ?? 0);
  const to = last === undefined ? from + bytes - 1 : session.read(last);
  const size = SPACES[space];
  if (!Number.isInteger(from) || from < 0 || to < from || to >= size) {
    throw new InputError("usage", `${text.slice(0, 40)} is not in ${hex(0, 4)} to ${hex(size - 1, 4)}`);
  }
  return { from, to };
}

function eventFinder(name: string): Find {
  const event = debugEventOf(name);
  return () => ({ text: DEBUG_EVENTS[event].split(":", 1)[0]!, event });
}
