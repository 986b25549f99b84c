import type { DebugProtocol } from "@vscode/debugprotocol";
import { InputError } from "../../../emu/input-error.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../../emu/nes/cpu/opcodes.ts";
import type { BreakpointOptions, BreakpointPlace } from "../breakpoints.ts";
import { debugEventOf } from "../events.ts";
import type { DebugSession as Game } from "../session.ts";
import { parseReference } from "./memory-reference.ts";
import type { RequestArguments } from "./request-arguments.ts";

/**
 * A breakpoint that a client has set, stored to set it again after a restart. Undefined if its place is
 * invalid.
 */
interface Wanted {
  readonly options: BreakpointOptions;
  /** Finds the place in the game; throws `InputError` if it is not there. */
  find(game: Game): { readonly place: BreakpointPlace; readonly line?: number; readonly address?: number };
}

const KINDS: Readonly<Record<string, number>> = {
  read: ACCESS_READ,
  write: ACCESS_WRITE,
  readWrite: ACCESS_READ | ACCESS_WRITE,
};
const MAX_DATA_BYTES = 0x10000;

/**
 * The breakpoints of a client, in the groups that the protocol sets together: those of a file, functions,
 * data, and so on.
 */
export class ClientBreakpoints {
  readonly #wanted = new Map<string, readonly Wanted[]>();

  /** Sets the breakpoints of a source file. */
  setLines(game: Game | undefined, args: RequestArguments): DebugProtocol.Breakpoint[] {
    const path = args.object("source").text("path");
    const wanted = args.list("breakpoints").map((each): Wanted => {
      const line = each.whole("line", 1, 1e9);
      return {
        options: optionsOf(each),
        find: ({ code, target }) => {
          const found = code.line(path, line);
          if (found === undefined) throw new InputError("usage", "there is no code in this line");
          const text = `${target.symbols.files[found.file] ?? path}:${found.line}`;
          return { place: { text, code: found.code }, line: found.line };
        },
      };
    });
    return this.#set(`source ${path}`, wanted, game);
  }

  setFunctions(game: Game | undefined, args: RequestArguments): DebugProtocol.Breakpoint[] {
    const wanted = args.list("breakpoints").map((each): Wanted => {
      const name = each.text("name");
      return {
        options: optionsOf(each),
        find: ({ code }) => ({ place: { text: `function ${name}`, code: code.named(name) } }),
      };
    });
    return this.#set("functions", wanted, game);
  }

  setInstructions(game: Game | undefined, args: RequestArguments): DebugProtocol.Breakpoint[] {
    const wanted = args.list("breakpoints").map((each): Wanted => {
      const { address } = parseReference(each.text("instructionReference"));
      const at = (address + (each.optionalWhole("offset", -0x10000, 0x10000) ?? 0)) & 0xffff;
      return {
        options: optionsOf(each),
        find: ({ code }) => ({
          place: { text: `instruction ${at.toString(16)}`, code: code.mapped(at) },
          address: at,
        }),
      };
    });
    return this.#set("instructions", wanted, game);
  }

  setData(game: Game | undefined, args: RequestArguments): DebugProtocol.Breakpoint[] {
    const wanted = args.list("breakpoints").map((each): Wanted => {
      const id = each.text("dataId");
      const kinds = KINDS[each.optionalText("accessType") ?? "write"] ?? ACCESS_WRITE;
      return { options: optionsOf(each), find: () => ({ place: dataPlace(id, kinds) }) };
    });
    return this.#set("data", wanted, game);
  }

  /** Sets the events to stop at: `filters`, and `filterOptions` with conditions. */
  setEvents(game: Game | undefined, args: RequestArguments): DebugProtocol.Breakpoint[] {
    const filters = args.texts("filters").map((id) => ({ id, condition: undefined }));
    const withOptions = args
      .list("filterOptions")
      .map((each) => ({ id: each.text("filterId"), condition: each.optionalText("condition") }));
    const wanted = [...filters, ...withOptions].map(
      ({ id, condition }): Wanted => ({
        options: { condition },
        find: () => ({ place: { text: id, event: debugEventOf(id) } }),
      }),
    );
    return this.#set("events", wanted, game);
  }

  /** Sets all breakpoints in another game, after a restart. */
  apply(game: Game): DebugProtocol.Breakpoint[] {
    for (const owner of this.#wanted.keys()) game.breakpoints.removeOwned(owner);
    return [...this.#wanted].flatMap(([owner, wanted]) => wanted.map((each) => add(game, owner, each)));
  }

  #set(owner: string, wanted: readonly Wanted[], game: Game | undefined): DebugProtocol.Breakpoint[] {
    this.#wanted.set(owner, wanted);
    if (game === undefined) return wanted.map(() => ({ verified: false }));
    game.breakpoints.removeOwned(owner);
    return wanted.map((each) => add(game, owner, each));
  }
}

function add(game: Game, owner: string, { options, find }: Wanted): DebugProtocol.Breakpoint {
  try {
    const { place, line, address } = find(game);
    const { id } = game.addBreakpoint(owner, place, options);
    return {
      id,
      verified: true,
      ...(line === undefined ? {} : { line }),
      ...(address === undefined ? {} : { instructionReference: `0x${address.toString(16)}` }),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { where, message, remedy } = error;
    const text = `${where === "" ? "" : `${where}: `}${message}${remedy === "" ? "" : ` (${remedy})`}`;
    return { verified: false, message: text };
  }
}

function optionsOf(each: RequestArguments): BreakpointOptions {
  return {
    condition: each.optionalText("condition"),
    hitCondition: each.optionalText("hitCondition"),
    logMessage: each.optionalText("logMessage"),
  };
}

/** The identity of a range of memory for data breakpoints: `cpu:0x0300+2`. */
export function dataId(space: string, address: number, bytes: number): string {
  return `${space}:0x${address.toString(16).padStart(4, "0")}+${bytes}`;
}

function dataPlace(id: string, kinds: number): BreakpointPlace {
  const match = /^(.*)\+(\d{1,5})$/.exec(id);
  if (match === null) {
    throw new InputError("usage", `${id.slice(0, 40)} is not a data ID`, "", "such as cpu:0x0300+1");
  }
  const { space, address } = parseReference(match[1]!);
  const bytes = Number(match[2]);
  const size = { cpu: 0x10000, ppu: 0x4000, oam: 0x100, prg: 0, chr: 0 }[space];
  if (space === "prg" || space === "chr" || bytes < 1 || bytes > MAX_DATA_BYTES || address + bytes > size) {
    throw new InputError("usage", `nothing accesses ${id.slice(0, 40)}`);
  }
  return { text: `data ${id}`, access: { space, from: address, to: address + bytes - 1, kinds } };
}
