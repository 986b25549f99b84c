import { InputError } from "../../../emu/input-error.ts";

const WORD = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/y;

/**
 * The words of a command line: parted by spaces, kept together by single and double quotes and by a
 * backslash, without variables or wild cards. Throws `InputError` ("usage") where a quote has no end or
 * nothing is there.
 */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  WORD.lastIndex = 0;
  for (let at = 0; line.slice(at).trim() !== ""; at = WORD.lastIndex) {
    WORD.lastIndex = at;
    const match = WORD.exec(line);
    if (match === null) throw new InputError("usage", `--exec has a quote without an end: ${line}`);
    words.push(unquote(match[1]!));
  }
  if (words.length === 0) throw new InputError("usage", "--exec names no program");
  return words;
}

function unquote(word: string): string {
  return word.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, escaped, double, single) => {
    if (escaped !== undefined) return escaped;
    return double === undefined ? single : double.replace(/\\(.)/g, "$1");
  });
}
