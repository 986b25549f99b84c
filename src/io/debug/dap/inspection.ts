import { basename } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { InputError } from "../../../emu/input-error.ts";
import { encodePng } from "../../capture/png.ts";
import { paletteFor } from "../../render/colors/palette.ts";
import { assigns } from "../../symbols/expressions/evaluate.ts";
import { parseTree } from "../../symbols/expressions/parse.ts";
import type { StopCause } from "../checker.ts";
import type { CommandResult } from "../command.ts";
import { runCommand } from "../commands.ts";
import { type Completion, completionsOf } from "../completions.ts";
import type { DebugSession as Game } from "../session.ts";
import { valueText } from "../value-text.ts";
import { dataId } from "./client-breakpoints.ts";
import { referenceText } from "./memory-reference.ts";
import { memoryRequests } from "./memory-requests.ts";
import type { RequestArguments, RequestHandler } from "./request-arguments.ts";
import type { Variables } from "./variables.ts";

export interface InspectionParts {
  game(): Game;
  readonly variables: Variables;
  stopped(): StopCause | undefined;
  /** The targets of `goto` that the client knows: offsets in PRG ROM by id, which is the address. */
  readonly gotoTargets: Map<number, number>;
}

const MAX_FRAMES = 1000;
const MAX_COMPLETIONS = 200;
/** A bare number. As a place to watch, it is an address. */
const ADDRESS = /^\s*(?:(?:\$|0x)[0-9a-f]+|\d+)\s*$/i;

/**
 * Requests that inspect or change a stopped game. `hasStopped` reports to the client that the game has moved.
 */
export function inspectionRequests(
  parts: InspectionParts,
  hasStopped: (stop: StopCause) => void,
): Record<string, RequestHandler> {
  const { game, variables } = parts;
  return {
    stackTrace: (args) => stackTrace(game(), args),
    scopes: (args) => ({ scopes: variables.scopes(game(), frameOf(args)) }),
    variables: (args) => ({
      variables: variables.list(
        game(),
        args.whole("variablesReference", 1, 2 ** 31 - 1),
        args.object("format").flag("hex"),
        args.optionalWhole("start", 0, 1e9),
        args.optionalWhole("count", 0, 1e9) || undefined,
      ),
    }),
    setVariable: (args) => {
      const reference = args.whole("variablesReference", 1, 2 ** 31 - 1);
      const { place } = variables.find(game(), reference, args.text("name"));
      game().assign(place, game().read(args.text("value")));
      return { value: valueText(place, args.object("format").flag("hex")) };
    },
    setExpression: (args) => {
      const frame = frameOf(args);
      const place = game().place(args.text("expression"), frame);
      if (place === undefined) throw new InputError("usage", "this is not a variable");
      game().assign(place, game().read(args.text("value"), frame));
      return { value: valueText(place, args.object("format").flag("hex")) };
    },
    evaluate: async (args) => {
      const result = await command(game(), args);
      if (result?.stop !== undefined) hasStopped(result.stop);
      if (result !== undefined) return { result: result.text, variablesReference: 0 };
      return evaluate(game(), variables, args);
    },
    completions: (args) => ({ targets: completions(game(), args) }),
    dataBreakpointInfo: (args) => dataBreakpointInfo(parts, args),
    exceptionInfo: () => exceptionInfo(parts.stopped()),
    gotoTargets: (args) => ({ targets: gotoTargets(parts, args) }),
    breakpointLocations: (args) => ({ breakpoints: breakpointLocations(game(), args) }),
    loadedSources: () => ({ sources: loadedSources(game()) }),
    // Not part of the protocol: the picture for a client that shows it, as PNG in base64.
    picture: () => {
      const { pixels, nes } = game();
      return {
        png: Buffer.from(encodePng(pixels, nes.geometry, paletteFor(nes.geometry))).toString("base64"),
      };
    },
    ...memoryRequests(game),
  };
}

/** Runs a command of a console. Where a console sends another context than "repl", commands begin with /. */
async function command(game: Game, args: RequestArguments): Promise<CommandResult | undefined> {
  const slashed = slashedText(args);
  if (slashed !== undefined) {
    const result = await runCommand(game, slashed);
    if (result !== undefined || assigns(parseTree(slashed))) return result;
    return { text: "no such command; help lists them" };
  }
  return isConsole(args) ? runCommand(game, args.text("expression")) : undefined;
}

/** What follows the / of a command. */
function slashedText(args: RequestArguments): string | undefined {
  return /^\s*\/\s*(\w.*)$/s.exec(args.text("expression"))?.[1];
}

function isConsole(args: RequestArguments): boolean {
  return (args.optionalText("context") ?? "repl") === "repl";
}

/** Frames are numbered 1, 2, … from the innermost on. Requests without a number mean the innermost. */
function frameOf(args: RequestArguments): number {
  return (args.optionalWhole("frameId", 1, MAX_FRAMES) ?? 1) - 1;
}

function stackTrace(game: Game, args: RequestArguments): DebugProtocol.StackTraceResponse["body"] {
  const all = game.frames.all();
  const start = args.optionalWhole("startFrame", 0, MAX_FRAMES) ?? 0;
  const levels = args.optionalWhole("levels", 0, 1e9) || MAX_FRAMES;
  const stackFrames = all.slice(start, start + levels).map(({ index, name, kind, file, line, pc }) => {
    const source = file === undefined ? undefined : sourceOf(game, file);
    return {
      id: index + 1,
      name: kind === undefined || kind === "call" ? name : `${name} (${kind.toUpperCase()})`,
      line: source === undefined ? 0 : (line ?? 0),
      column: source === undefined ? 0 : 1,
      instructionPointerReference: referenceText(pc),
      ...(source === undefined ? { presentationHint: "subtle" as const } : { source }),
    };
  });
  return { stackFrames, totalFrames: all.length };
}

/** A source that exists; undefined otherwise. */
function sourceOf(game: Game, file: number): DebugProtocol.Source | undefined {
  const path = game.target.files.path(file);
  return path === undefined ? undefined : { name: basename(path), path };
}

function evaluate(
  game: Game,
  variables: Variables,
  args: RequestArguments,
): DebugProtocol.EvaluateResponse["body"] {
  const frame = frameOf(args);
  const isHover = args.optionalText("context") === "hover";
  const slashed = slashedText(args);
  const text = (slashed ?? args.text("expression")).trim();
  // An editor sends the word under the cursor, which can be part of an operand.
  const expression =
    isHover && slashed === undefined ? text.replace(/^[#(<>\s]+/, "").replace(/[),;:].*$/, "") : text;
  const place = game.place(expression, frame);
  const isHex = args.object("format").flag("hex");
  if (place !== undefined) {
    const { value, ...shown } = variables.variable(game, { name: expression, place, expression }, isHex);
    return { ...shown, result: value };
  }
  // Editors evaluate hovers and watches by themselves and often, so these cannot assign.
  const mayAssign = slashed !== undefined || isConsole(args);
  const value = mayAssign ? game.evaluate(expression, frame) : game.read(expression, frame);
  return { result: valueText({ get: () => value, bytes: 1 }, isHex), type: "number", variablesReference: 0 };
}

const COMPLETION_TYPES: Readonly<Record<Completion["kind"], DebugProtocol.CompletionItemType>> = {
  command: "keyword",
  local: "variable",
  register: "property",
  variable: "variable",
  constant: "value",
};

function completions(game: Game, args: RequestArguments): DebugProtocol.CompletionItem[] {
  const before = args.text("text").slice(0, args.whole("column", 1, 100_000) - 1);
  const { start, length, found } = completionsOf(game, before, frameOf(args), MAX_COMPLETIONS);
  return found.map(({ name, kind }) => ({ label: name, type: COMPLETION_TYPES[kind], start, length }));
}

function dataBreakpointInfo(
  { game, variables }: InspectionParts,
  args: RequestArguments,
): DebugProtocol.DataBreakpointInfoResponse["body"] {
  const name = args.text("name");
  const reference = args.optionalWhole("variablesReference", 0, 2 ** 31 - 1) ?? 0;
  const none = (description: string): DebugProtocol.DataBreakpointInfoResponse["body"] => ({
    dataId: null,
    description,
  });
  const bytesWanted = args.optionalWhole("bytes", 1, 0x10000);
  const space = /^(ppu|oam)\[(.+)\]$/.exec(name);
  if (space !== null) {
    const address = game().read(space[2]!);
    return watchable(space[1]!, address, bytesWanted ?? 1, name);
  }
  const isAddress = args.flag("asAddress") || (reference === 0 && ADDRESS.test(name));
  if (isAddress) return watchable("cpu", game().read(name), bytesWanted ?? 1, name);
  const place =
    reference > 0 ? variables.find(game(), reference, name).place : game().place(name, frameOf(args));
  if (place?.address === undefined) return none(`${name} is not in memory`);
  const bytes = bytesWanted ?? (place.bytes ?? 1) * Math.max(1, place.count ?? 0);
  return watchable("cpu", place.address, bytes, name);
}

function watchable(
  space: string,
  address: number,
  bytes: number,
  name: string,
): DebugProtocol.DataBreakpointInfoResponse["body"] {
  const size = { ppu: 0x4000, oam: 0x100 }[space] ?? 0x10000;
  if (address < 0 || address + bytes > size) {
    const none = `${name} is not in ${referenceText(0)} to ${referenceText(size - 1)}`;
    return { dataId: null, description: none };
  }
  const last = bytes === 1 ? "" : `–${referenceText(address + bytes - 1)}`;
  return {
    dataId: dataId(space, address, bytes),
    description: `${name} (${space === "cpu" ? "" : `${space.toUpperCase()} `}${referenceText(address)}${last})`,
    accessTypes: ["read", "write", "readWrite"],
    canPersist: false,
  };
}

function exceptionInfo(stop: StopCause | undefined): DebugProtocol.ExceptionInfoResponse["body"] {
  if (stop?.reason !== "event") throw new InputError("usage", "the program did not stop at an event");
  return { exceptionId: stop.text.split(":", 1)[0]!, description: stop.text, breakMode: "always" };
}

function gotoTargets(parts: InspectionParts, args: RequestArguments): DebugProtocol.GotoTarget[] {
  const game = parts.game();
  const found = game.code.line(args.object("source").text("path"), args.whole("line", 1, 1e9));
  if (found === undefined) return [];
  return found.code.prgOffsets.flatMap((offset) => {
    const address = game.code.addressOf(offset);
    if (address === undefined) return [];
    parts.gotoTargets.set(address, offset);
    const reference = referenceText(address);
    return [
      {
        id: address,
        label: `line ${found.line}, ${reference}`,
        line: found.line,
        instructionPointerReference: reference,
      },
    ];
  });
}

function breakpointLocations(game: Game, args: RequestArguments): DebugProtocol.BreakpointLocation[] {
  const first = args.whole("line", 1, 1e9);
  const last = args.optionalWhole("endLine", 1, 1e9) ?? first;
  const files = game.target.files.match(args.object("source").text("path"));
  const lines = files.flatMap((file) => game.target.lines.linesOf(file).map(({ line }) => line));
  return [...new Set(lines)].filter((line) => line >= first && line <= last).map((line) => ({ line }));
}

function loadedSources(game: Game): DebugProtocol.Source[] {
  return [...game.target.symbols.files.keys()]
    .map((file) => sourceOf(game, file))
    .filter((source) => source !== undefined);
}
