import { InputError } from "../../emu/input-error.ts";
import { frameRateHz } from "../../emu/nes/region.ts";
import { hex } from "../library/place-map.ts";
import {
  addConsoleBreakpoint,
  BREAK_USAGE,
  deleteBreakpoints,
  listBreakpoints,
} from "./breakpoint-commands.ts";
import { type Command, type CommandResult, usageError, wholeWord } from "./command.ts";
import { FILE_COMMANDS } from "./file-commands.ts";
import type { Movement } from "./movement.ts";
import { REGISTER_GROUPS } from "./registers.ts";
import type { DebugSession } from "./session.ts";
import { valueText } from "./value-text.ts";

const GROUP_NAMES: readonly string[] = REGISTER_GROUPS.map((name) => name.toLowerCase());
const NAME_COLUMNS = 24;
const BUTTONS = ["a", "b", "select", "start", "up", "down", "left", "right"];
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
  ...FILE_COMMANDS,
  registers: {
    usage: `registers [${GROUP_NAMES.join("|")}]`,
    help: "show the registers of all chips, or of one",
    run: showRegisters,
  },
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

async function whoWrote(session: DebugSession, words: readonly string[]): Promise<CommandResult> {
  const text = words.join(" ");
  if (text === "") usageError(COMMANDS.who!.usage);
  const place = session.place(text);
  const address = place?.address ?? session.read(text);
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
    usageError(COMMANDS[{ into: "step", over: "next", out: "out" }[kind]]!.usage);
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
  if (kind === "cycles") return { kind, count: wholeWord(rest[0], 1, 1e9, "a number of cycles") };
  if (kind === "to" && rest.length > 0) return { kind, place: session.code.named(rest.join(" ")) };
  return usageError(COMMANDS[direction === "back" ? "back" : "ahead"]!.usage);
}

function goTo(session: DebugSession, [position]: readonly string[]): CommandResult {
  const { start, end } = session.timeline;
  session.seek(wholeWord(position, start, end, `a position from ${start} to ${end}`));
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
    if (bit < 0)
      throw new InputError("usage", `there is no button ${word.slice(0, 20)}`, "", BUTTONS.join(", "));
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
  if (where === undefined || words.length === 0) usageError(COMMANDS.asm!.usage);
  const address = session.read(where);
  const bytes = session.assemble(address, words.join(" "));
  return { text: `${hex(address, 4)}: ${bytes.map((byte) => hex(byte, 2).slice(1)).join(" ")}` };
}

function counts(session: DebugSession, words: readonly string[]): CommandResult {
  const text = words.join(" ");
  if (text === "") usageError(COMMANDS.counts!.usage);
  const address = (session.place(text)?.address ?? session.read(text)) & 0xffff;
  const { executed, read, written } = session.timeline.log;
  const fresh = session.probe.marks.isFreshCpu(address) ? "; never written" : "";
  return {
    text: `${hex(address, 4)}: executed ${executed[address]}, read ${read[address]}, written ${written[address]}${fresh}`,
  };
}

function showRegisters(session: DebugSession, [wanted, ...more]: readonly string[]): CommandResult {
  const name = wanted?.toLowerCase();
  if (more.length > 0 || (name !== undefined && !GROUP_NAMES.includes(name)))
    usageError(COMMANDS.registers!.usage);
  const groups = session.registers.filter((group) => name === undefined || group.name.toLowerCase() === name);
  const rows = groups.flatMap(({ registers }) =>
    registers.map((register) => `${register.name.padEnd(NAME_COLUMNS)} ${valueText(register.place)}`),
  );
  return { text: rows.join("\n") };
}
