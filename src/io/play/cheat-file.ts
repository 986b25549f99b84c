import { InputError } from "../../emu/input-error.ts";
import { parseCheat } from "../../emu/nes/cheat-codes.ts";
import { MIB } from "../../emu/units.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";

/** A code of a cheat file. */
interface FileCheat {
  readonly code: string;
  readonly isOn: boolean;
}

interface CheatFile {
  readonly cheats: readonly FileCheat[];
  /** A sentence for each line that is skipped, without a full stop. */
  readonly warnings: readonly string[];
}

/** More cheats than the console holds; a file of more is not a game's. */
const MAX_CHEATS = 1000;

/** RetroArch: `cheat0_code = "SXIOPO+75:9"`. */
const SETTING = /^cheat(\d{1,4})_(code|enable)\s*=\s*"?([^"]*)"?\s*$/i;
/** Settings of RetroArch that say nothing about codes. */
const OTHER_SETTING = /^cheat(s|\d{1,4}_\w+)\s*=/i;
/** FCEUX: `S` replaces, `C` compares, and a colon turns the cheat off: `SC:91D9:AD:01:name`. */
const FCEUX = /^(S?)(C?)(:?)([0-9A-F]{4}):([0-9A-F]{2})(?::([0-9A-F]{2}))?:/i;
/** What follows is for people. Lists on the web use all three. */
const COMMENT = /(#|;|\/\/).*/;

/** Reads a .cht file of RetroArch or FCEUX. Throws `InputError`: "missing", "io", or "data" for no cheats. */
export async function loadCheatFile(path: string): Promise<CheatFile> {
  const text = new TextDecoder().decode(await readFileCapped(path, MIB));
  const file = parseCheatFile(text);
  if (file.cheats.length > 0) return file;
  const why = file.warnings[0] === undefined ? "" : `: ${file.warnings[0]}`;
  throw new InputError("data", `the file has no cheats${why}`, printable(path), "choose a .cht file");
}

/**
 * Reads the text of a cheat file: RetroArch's settings, FCEUX's lines, or a code on each line with comments
 * after #, ; or //. Lines that are none of these are skipped, each with a warning.
 */
export function parseCheatFile(text: string): CheatFile {
  const cheats: FileCheat[] = [];
  const warnings: string[] = [];
  const isOff = disabledCheats(text);
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed.replace(COMMENT, "") === "") continue;
    try {
      cheats.push(...cheatsOf(trimmed, isOff));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      warnings.push(`line ${index + 1} is skipped: ${error.message}`);
    }
  }
  if (cheats.length > MAX_CHEATS) warnings.push(`cheats after the first ${MAX_CHEATS} are skipped`);
  return { cheats: cheats.slice(0, MAX_CHEATS), warnings };
}

/** The numbers of RetroArch's cheats that are off. */
function disabledCheats(text: string): ReadonlySet<string> {
  const off = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const [, number = "", name, value = ""] = SETTING.exec(line.trim()) ?? [];
    if (name?.toLowerCase() === "enable" && !/^(true|1)$/i.test(value.trim())) off.add(number);
  }
  return off;
}

function cheatsOf(line: string, isOff: ReadonlySet<string>): FileCheat[] {
  const setting = SETTING.exec(line);
  if (setting !== null) {
    const [, number = "", name = "", value = ""] = setting;
    if (name.toLowerCase() !== "code") return [];
    const codes = value.split(/[+;]/).filter((code) => code.trim() !== "");
    return codes.map((code) => cheat(code, !isOff.has(number)));
  }
  if (OTHER_SETTING.test(line)) return [];
  const fceux = FCEUX.exec(line);
  if (fceux === null) return [cheat(line.replace(COMMENT, ""), true)];
  const [, , compares, off, address = "", value = "", compare] = fceux;
  const isCompared = compares !== "" && compare !== undefined;
  return [cheat(isCompared ? `${address}?${compare}:${value}` : `${address}:${value}`, off === "")];
}

function cheat(code: string, isOn: boolean): FileCheat {
  parseCheat(code);
  return { code: code.trim(), isOn };
}
