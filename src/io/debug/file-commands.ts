import { encodePng } from "../capture/png.ts";
import { checkOutputs, writeOutput } from "../files/outputs.ts";
import { paletteFor } from "../render/colors/palette.ts";
import { bind } from "../symbols/expressions/evaluate.ts";
import { parseTree } from "../symbols/expressions/parse.ts";
import { type Command, type CommandResult, usageError, wholeWord } from "./command.ts";
import { profileFrames, writeTrace } from "./history.ts";
import type { DebugSession } from "./session.ts";
import { TRACE_FORMATS, type TraceFormat } from "./trace.ts";

const MAX_FRAMES = 36_000;
const TRACE_USAGE = `trace FILE [--format ${TRACE_FORMATS.join("|")}] [--last N] [--if EXPRESSION]`;
const PROFILE_USAGE = "profile FILE [FRAMES]";
const CDL_USAGE = "cdl FILE";
const PICTURE_USAGE = "picture FILE";

/** The commands that write a file. */
export const FILE_COMMANDS: Readonly<Record<string, Command>> = {
  trace: {
    usage: TRACE_USAGE,
    help: "write the last instructions",
    run: trace,
  },
  profile: {
    usage: PROFILE_USAGE,
    help: "write where the last frames spent their time (speedscope)",
    run: profile,
  },
  cdl: { usage: CDL_USAGE, help: "write which bytes of ROM are code and data, as FCEUX does", run: cdl },
  picture: { usage: PICTURE_USAGE, help: "write the picture as PNG", run: picture },
};

async function trace(session: DebugSession, _: readonly string[], text: string): Promise<CommandResult> {
  const [path, ...rest] = fileAndWords(session, TRACE_USAGE, text);
  const { format = "emu", last, if: condition } = options(TRACE_USAGE, rest, ["format", "last", "if"]);
  if (!TRACE_FORMATS.includes(format as TraceFormat)) usageError(TRACE_USAGE);
  const count = await writeTrace(session, path, {
    format: format as TraceFormat,
    ...(last === undefined ? {} : { count: wholeWord(last, 1, 1e9, "a number of instructions") }),
    filter: condition === undefined ? undefined : bind(parseTree(condition), session.scope()),
  });
  return { text: `wrote ${count} instructions to ${path}` };
}

function profile(session: DebugSession, _: readonly string[], text: string): CommandResult {
  const [path, count, ...more] = fileAndWords(session, PROFILE_USAGE, text);
  if (more.length > 0) usageError(PROFILE_USAGE);
  const frames = count === undefined ? 60 : wholeWord(count, 1, MAX_FRAMES, "a number of frames");
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
  const [path, ...more] = fileAndWords(session, CDL_USAGE, text);
  if (more.length > 0) usageError(CDL_USAGE);
  const { log } = session.timeline;
  writeOutput(path, log.cdl());
  const { code, data, bytes } = log.totals();
  return { text: `wrote ${path}: of ${bytes} bytes of PRG ROM, ${code} are code and ${data} data` };
}

function picture(session: DebugSession, _: readonly string[], text: string): CommandResult {
  const [path, ...more] = fileAndWords(session, PICTURE_USAGE, text);
  if (more.length > 0) usageError(PICTURE_USAGE);
  writeOutput(path, encodePng(session.pixels, session.nes.geometry, paletteFor(session.nes.geometry)));
  return { text: `wrote ${path}` };
}

/**
 * The name of a file to write, in quotes if it has spaces, and the words after it. Throws `InputError`
 * ("usage") if the session reads the file: the ROM, its symbols and its sources must not be replaced.
 */
function fileAndWords(session: DebugSession, usage: string, text: string): [string, ...string[]] {
  const match = /^(?:"([^"]+)"|'([^']+)'|([^\s"']\S*))(?:\s+(.*))?$/s.exec(text);
  const path = match?.[1] ?? match?.[2] ?? match?.[3] ?? "-";
  if (path === "-") usageError(usage);
  checkOutputs(session.target.readFiles, [path]);
  const rest = match?.[4]?.trim() ?? "";
  return rest === "" ? [path] : [path, ...rest.split(/\s+/)];
}

/** `--name value` pairs; a value goes to the next option. */
function options<N extends string>(
  usage: string,
  words: readonly string[],
  names: readonly N[],
): { readonly [K in N]?: string } {
  const found: { [K in N]?: string } = {};
  let name: N | undefined;
  for (const word of words) {
    const option = names.find((each) => word === `--${each}`);
    if (option !== undefined) name = option;
    else if (name === undefined || word.startsWith("--")) usageError(usage);
    else found[name] = found[name] === undefined ? word : `${found[name]} ${word}`;
  }
  return found;
}
