import { InputError } from "../../emu/input-error.ts";
import { fceuxCheat, parseCheat, splitCheats } from "../../emu/nes/cheat-codes.ts";
import { MIB } from "../../emu/units.ts";
import { readFileCapped } from "../files/read-file.ts";
import { decodeText, printable } from "../files/text.ts";
import { isRetroArchCheatOn, isRetroArchLine, retroArchCheats, retroArchCodes } from "./retroarch-cheats.ts";

/** A code of a cheat file. */
interface FileCheat {
  readonly code: string;
  readonly isOn: boolean;
  /** What the cheat does, if the file says it. */
  readonly name?: string;
}

interface CheatFile {
  readonly cheats: readonly FileCheat[];
  /**
   * A sentence for each of the first lines that are skipped, in their order and without a full stop, and one
   * for the number of others. They are safe to print.
   */
  readonly warnings: readonly string[];
}

/** More cheats than the console holds; a file of more is not a game's. */
const MAX_CHEATS = 1000;
/** A file that is not a cheat file can have thousands of bad lines, or one line of a megabyte. */
const MAX_WARNINGS = 20;
const MAX_WARNING_CHARACTERS = 240;

/** A comment, to the end of the line. Lists on the web use all three signs. */
const COMMENT = /(?:#|;|\/\/)(.*)/;
/** A list's code and its name: `SXIOPO  Jump higher`. In capitals: prose starts with words of letters. */
const NAMED = /^([0-9A-Z$?:=+-]{5,})\s+(\S.*)/;

/** Reads a .cht file of RetroArch or FCEUX. Throws `InputError`: "missing", "io", or "data" for no cheats. */
export async function loadCheatFile(path: string): Promise<CheatFile> {
  const file = parseCheatFile(decodeText(await readFileCapped(path, MIB)));
  if (file.cheats.length > 0) return file;
  const why = file.warnings[0] === undefined ? "" : `: ${file.warnings[0]}`;
  throw new InputError("data", `the file has no cheats${why}`, printable(path), "choose a .cht file");
}

/**
 * Reads the text of a cheat file: RetroArch's settings, FCEUX's lines, or codes on each line with comments
 * after #, ; or //. What cannot be read is skipped, with a warning that names the line and what to write.
 */
export function parseCheatFile(text: string): CheatFile {
  const cheats: FileCheat[] = [];
  const skipped: { readonly line: number; readonly why: string }[] = [];
  const add = (line: number, read: () => FileCheat[]) => {
    try {
      cheats.push(...read());
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      skipped.push({ line, why: error.remedy === "" ? error.message : `${error.message} (${error.remedy})` });
    }
  };
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const settings = retroArchCheats(lines);
  for (const [index, setting] of settings.entries()) {
    const isOn = isRetroArchCheatOn(setting);
    const name = setting.fields.get("desc");
    add(setting.line, () =>
      retroArchCodes(setting, settings[index - 1]).map((code) => cheat(code, isOn, name)),
    );
  }
  for (const [index, line] of lines.entries())
    if (!isRetroArchLine(line) && line.replace(COMMENT, "") !== "") add(index + 1, () => cheatsOf(line));
  const warnings = skipped
    .sort((a, b) => a.line - b.line)
    .slice(0, MAX_WARNINGS)
    .map(({ line, why }) => `line ${line} is skipped: ${printable(why, MAX_WARNING_CHARACTERS)}`);
  const others = skipped.length - warnings.length;
  if (others > 0) warnings.push(`${others} more ${others === 1 ? "line is" : "lines are"} skipped`);
  if (cheats.length > MAX_CHEATS) warnings.push(`cheats after the first ${MAX_CHEATS} are skipped`);
  return { cheats: cheats.slice(0, MAX_CHEATS), warnings };
}

function cheatsOf(line: string): FileCheat[] {
  const fceux = fceuxCheat(line);
  if (fceux !== undefined) return [cheat(fceux.code, fceux.isOn, fceux.name)];
  const text = line.replace(COMMENT, "").trim();
  const comment = COMMENT.exec(line)?.[1];
  try {
    return splitCheats(text).map((code) => cheat(code, true, comment));
  } catch (error) {
    const [, codes, name] = NAMED.exec(text) ?? [];
    if (codes === undefined) throw error;
    return splitCheats(codes).map((code) => cheat(code, true, name));
  }
}

function cheat(code: string, isOn: boolean, name = ""): FileCheat {
  parseCheat(code);
  return { code: code.trim(), isOn, ...(name.trim() === "" ? {} : { name: name.trim() }) };
}
