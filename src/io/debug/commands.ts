import { InputError } from "../../emu/input-error.ts";
import { frameRateHz } from "../../emu/nes/region.ts";
import { encodePng } from "../capture/png.ts";
import { checkOutputs, writeOutput } from "../files/outputs.ts";
import { hex } from "../library/place-map.ts";
import { paletteFor } from "../render/palette.ts";
import {
  addConsoleBreakpoint,
  BREAK_USAGE,
  deleteBreakpoints,
  listBreakpoints,
} from "./breakpoint-commands.ts";
import type { StopCause } from "./checker.ts";
import { bind } from "./expressions/evaluate.ts";
import { parseDebugExpression } from "./expressions/parse.ts";
import { profileFrames, writeTrace } from "./history.ts";
import type { Movement } from "./movement.ts";
import type { DebugSession } from "./session.ts";
import { TRACE_FORMATS, type TraceFormat } from "./trace.ts";

/** The result of a command. */
export interface CommandResult {
  readonly text: string;
  /** Why the program stopped, if the command has moved it. */
  readonly stop?: StopCause;
}

interface Command {
  /** The arguments and a description, for `help`. */
  readonly usage: string;
  readonly help: string;
  /** Runs it with the words after its name, which are also given as one text. */
  run(session: DebugSession, words: readonly string[], text: string): Promise<CommandResult> | CommandResult;
}

const BUTTONS = ["a", "b", "select", "start", "up", "down", "left", "right"];
const MAX_FRAMES = 36_000;
/** `ahead` stops after this much play if its place is never reached. */
const MAX_AHEAD_SECONDS = 60;

const COMMANDS: Readonly<Record<string, Command>> = {
  step: { usage: "step [back]", help: "step into the next line", run: (s, w) => step(s, "into", w) },
  next: { usage: "next [back]", help: "step over the next line", run: (s, w) => step(s, "over", w) },
  out: { usage: "out [back]", help: "run until the routine returns", run: (s, w) => step(s, "out", w) },
  break: {
    usage: BREAK_USAGE,
    help: "set a breakpoint, or list them; the log message is printed instead of a stop",
    run: setBreakpoint,
  },
  delete: {
    usage: "delete NUMBER|all",
    help: "delete a breakpoint",
    run: (s, [which]) => ({ text: deleteBreakpoints(s, which) }),
  },
  who: {
    usage: "who EXPRESSION",
    help: "find the instruction that wrote a variable or byte last, and go there",
    run: whoWrote,
  },
  back: {
    usage: "back frame|scanline|nmi|cycles N|to PLACE",
    help: "go back",
    run: (s, w) => move(s, w, "back"),
  },
  ahead: {
    usage: "ahead frame|scanline|nmi|cycles N|to PLACE",
    help: `go ahead; stops after ${MAX_AHEAD_SECONDS} s of play if the place is not reached`,
    run: (s, w) => move(s, w, "forward"),
  },
  goto: { usage: "goto POSITION", help: "go to a position in the history (see history)", run: goTo },
  history: { usage: "history", help: "show the position, and the first and last one", run: showHistory },
  press: { usage: "press [BUTTON…]", help: "hold exactly these buttons of controller 1", run: press },
  reset: { usage: "reset", help: "press the reset button", run: reset },
  asm: { usage: "asm ADDRESS INSTRUCTION", help: "assemble an instruction in place", run: assembleAt },
  trace: {
    usage: `trace FILE [--format ${TRACE_FORMATS.join("|")}] [--last N] [--if EXPRESSION]`,
    help: "write the last instructions",
    run: trace,
  },
  profile: {
    usage: "profile FILE [FRAMES]",
    help: "write where the last frames spent their time (speedscope)",
    run: profile,
  },
  cdl: { usage: "cdl FILE", help: "write which bytes of ROM are code and data, as FCEUX does", run: cdl },
  picture: { usage: "picture FILE", help: "write the picture as PNG", run: picture },
  counts: {
    usage: "counts EXPRESSION",
    help: "show how often an address was executed, read and written",
    run: counts,
  },
  help: { usage: "help", help: "show the commands", run: () => ({ text: helpText() }) },
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** Runs a command line; returns undefined if it does not begin with a command. Throws `InputError`. */
export async function runCommand(session: DebugSession, line: string): Promise<CommandResult | undefined> {
  const [, name = "", text = ""] = /^(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  if (!Object.hasOwn(COMMANDS, name)) return undefined;
  return COMMANDS[name]!.run(session, text === "" ? [] : text.split(/\s+/), text);
}

function helpText(): string {
  const rows = Object.values(COMMANDS).map(({ usage, help }) => `${usage}\n    ${help}`);
  return `${rows.join("\n")}\nAnything else is an expression, such as score, [$2002] or x = 3.`;
}

function usage(name: string): never {
  throw new InputError("usage", `usage: ${COMMANDS[name]!.usage}`);
}

async function whoWrote(session: DebugSession, words: readonly string[]): Promise<CommandResult> {
  const text = words.join(" ");
  if (text === "") usage("who");
  const place = session.place(text);
  const address = place?.address ?? session.evaluate(text);
  const { bytes = 1, count = 0 } = place ?? {};
  const last = address + bytes * Math.max(1, count) - 1;
  const write = await session.lastWrite("cpu", address, last);
  if (write === undefined) return { text: `nothing has written ${text} in the history` };
  session.seek(write.position);
  const by = session.target.places.describe(write.pc);
  return {
    text: `${by} wrote ${hex(write.value, 2)} over ${hex(write.before, 2)} in frame ${write.frame}, cycle ${write.cycle}`,
    stop: { reason: "goto", text: `the last write of ${text}`, breakpoints: [] },
  };
}

function setBreakpoint(session: DebugSession, _: readonly string[], text: string): CommandResult {
  if (text.trim() === "") return { text: listBreakpoints(session) };
  const { id, command } = addConsoleBreakpoint(session, text);
  return { text: `breakpoint ${id}: ${command}` };
}

async function step(
  session: DebugSession,
  kind: "into" | "over" | "out",
  words: readonly string[],
): Promise<CommandResult> {
  const [direction] = words;
  if (direction !== undefined && direction !== "back")
    usage({ into: "step", over: "next", out: "out" }[kind]);
  return moveBy(session, { kind, by: "line" }, direction === "back" ? "back" : "forward");
}

async function move(
  session: DebugSession,
  words: readonly string[],
  direction: "forward" | "back",
): Promise<CommandResult> {
  return moveBy(session, movementOf(session, words, direction), direction);
}

async function moveBy(
  session: DebugSession,
  movement: Movement,
  direction: "forward" | "back",
): Promise<CommandResult> {
  const frames = Math.round(MAX_AHEAD_SECONDS * frameRateHz(session.nes.region));
  // A number of cycles is always reached.
  const limit = movement.kind === "cycles" ? undefined : frames;
  const stop = await session.move(movement, direction, limit);
  return { text: stop.text, stop };
}

function movementOf(session: DebugSession, [kind, ...rest]: readonly string[], direction: string): Movement {
  if (kind === "frame" || kind === "scanline" || kind === "nmi") return { kind };
  if (kind === "cycles") return { kind, count: whole(rest[0], 1, 1e9, "a number of cycles") };
  if (kind === "to" && rest.length > 0) return { kind, place: session.code.named(rest.join(" ")) };
  return usage(direction === "back" ? "back" : "ahead");
}

function goTo(session: DebugSession, [position]: readonly string[]): CommandResult {
  const { start, end } = session.timeline;
  session.seek(whole(position, start, end, `a position from ${start} to ${end}`));
  return { text: "", stop: { reason: "goto", text: `position ${position}`, breakpoints: [] } };
}

function showHistory({ timeline, nes }: DebugSession): CommandResult {
  const { position, start, end, bytes, spans } = timeline;
  const mib = (bytes / 2 ** 20).toFixed(1);
  return {
    text: `position ${position}, frame ${nes.frame}; from ${start} (frame ${spans[0]!.frame}) to ${end}; ${spans.length} states, ${mib} MiB`,
  };
}

function press(session: DebugSession, words: readonly string[]): CommandResult {
  let held = 0;
  for (const word of words) {
    const bit = BUTTONS.indexOf(word.toLowerCase());
    if (bit < 0) throw new InputError("usage", `no button ${word.slice(0, 20)}`, "", BUTTONS.join(", "));
    held |= 1 << bit;
  }
  session.hold(held);
  return { text: words.length === 0 ? "released all buttons" : `holding ${words.join(" ")}` };
}

function reset(session: DebugSession): CommandResult {
  session.reset();
  return { text: "reset", stop: { reason: "goto", text: "reset", breakpoints: [] } };
}

function assembleAt(session: DebugSession, [where, ...words]: readonly string[]): CommandResult {
  if (where === undefined || words.length === 0) usage("asm");
  const address = session.evaluate(where);
  const bytes = session.assemble(address, words.join(" "));
  return { text: `${hex(address, 4)}: ${bytes.map((byte) => hex(byte, 2).slice(1)).join(" ")}` };
}

async function trace(session: DebugSession, _: readonly string[], text: string): Promise<CommandResult> {
  const [path, ...rest] = fileAndWords(session, "trace", text);
  const { format = "emu", last, if: condition } = options("trace", rest, ["format", "last", "if"]);
  if (!TRACE_FORMATS.includes(format as TraceFormat)) usage("trace");
  const count = await writeTrace(session, path, {
    format: format as TraceFormat,
    ...(last === undefined ? {} : { count: whole(last, 1, 1e9, "a number of instructions") }),
    filter: condition === undefined ? undefined : bind(parseDebugExpression(condition), session.scope()),
  });
  return { text: `wrote ${count} instructions to ${path}` };
}

function profile(session: DebugSession, _: readonly string[], text: string): CommandResult {
  const [path, count, ...more] = fileAndWords(session, "profile", text);
  if (more.length > 0) usage("profile");
  const frames = count === undefined ? 60 : whole(count, 1, MAX_FRAMES, "a number of frames");
  const result = profileFrames(session, frames);
  writeOutput(path, result.speedscope(session.target.rom.fileName));
  const costs = result.costs();
  const all = costs.reduce((sum, { selfCycles }) => sum + selfCycles, 0);
  const rows = costs
    .slice(0, 10)
    .map(({ name, selfCycles }) => `${((100 * selfCycles) / all).toFixed(1).padStart(5)} %  ${name}`);
  return { text: `${rows.join("\n")}\nwrote ${path}: open it at https://www.speedscope.app` };
}

function cdl(session: DebugSession, _: readonly string[], text: string): CommandResult {
  const [path, ...more] = fileAndWords(session, "cdl", text);
  if (more.length > 0) usage("cdl");
  const { log } = session.timeline;
  writeOutput(path, log.cdl());
  const { code, data, bytes } = log.totals();
  return { text: `wrote ${path}: of ${bytes} bytes of PRG ROM, ${code} are code and ${data} data` };
}

function picture(session: DebugSession, _: readonly string[], text: string): CommandResult {
  const [path, ...more] = fileAndWords(session, "picture", text);
  if (more.length > 0) usage("picture");
  writeOutput(path, encodePng(session.pixels, session.nes.geometry, paletteFor(session.nes.geometry)));
  return { text: `wrote ${path}` };
}

/**
 * The name of a file to write, in quotes if it has spaces, and the words after it. Throws `InputError`
 * ("usage") if the session reads the file: the ROM, its symbols and its sources must not be replaced.
 */
function fileAndWords(session: DebugSession, command: string, text: string): [string, ...string[]] {
  const match = /^(?:"([^"]+)"|'([^']+)'|([^\s"']\S*))(?:\s+(.*))?$/s.exec(text);
  const path = match?.[1] ?? match?.[2] ?? match?.[3] ?? "-";
  if (path === "-") usage(command);
  checkOutputs(session.target.readFiles, [path]);
  const rest = match?.[4]?.trim() ?? "";
  return rest === "" ? [path] : [path, ...rest.split(/\s+/)];
}

function counts(session: DebugSession, words: readonly string[]): CommandResult {
  const text = words.join(" ");
  if (text === "") usage("counts");
  const address = (session.place(text)?.address ?? session.evaluate(text)) & 0xffff;
  const { executed, read, written } = session.timeline.log;
  const fresh = session.probe.marks.isFreshCpu(address) ? "; never written" : "";
  return {
    text: `${hex(address, 4)}: executed ${executed[address]}, read ${read[address]}, written ${written[address]}${fresh}`,
  };
}

/** `--name value` pairs; a value goes to the next option. */
function options<N extends string>(
  command: string,
  words: readonly string[],
  names: readonly N[],
): { readonly [K in N]?: string } {
  const found: { [K in N]?: string } = {};
  let name: N | undefined;
  for (const word of words) {
    const option = names.find((each) => word === `--${each}`);
    if (option !== undefined) name = option;
    else if (name === undefined || word.startsWith("--")) usage(command);
    else found[name] = found[name] === undefined ? word : `${found[name]} ${word}`;
  }
  return found;
}

function whole(text: string | undefined, min: number, max: number, expected: string): number {
  const value = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new InputError("usage", `${expected} was expected, not ${(text ?? "nothing").slice(0, 40)}`);
}
