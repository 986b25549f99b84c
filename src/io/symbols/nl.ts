import { badText } from "../files/text-place.ts";
import { type GameSymbol, NO_PRG_OFFSET, type SymbolData } from "./symbols.ts";

/** Banks that FCEUX numbers its files by. */
const BANK_BYTES = 0x4000;

/**
 * Reads a name list of FCEUX: `$C000#name#comment`, `$0300/10#array#`. `bank` is the number in the file's name,
 * of 16 KiB; "ram" for `.ram.nl`. Throws `InputError` ("data") with line, column and what was expected.
 * https://fceux.com/web/help/NLFilesFormat.html
 */
export function parseNl(text: string, bank: number | "ram"): SymbolData {
  const symbols: GameSymbol[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    // A backslash begins a further line of a comment.
    if (line.trim() !== "" && !line.startsWith("\\")) readName(line, index + 1, bank, symbols);
  }
  return { symbols, files: [], lines: [], routines: [] };
}

function readName(text: string, line: number, bank: number | "ram", symbols: GameSymbol[]): void {
  const match = /^\$([0-9A-Fa-f]{1,4})(?:\/([0-9A-Fa-f]{1,4}))?(?=#)/.exec(text);
  if (match === null) throw badText("an address as $C000 and # were expected", line, 1);
  const column = match[0].length + 2;
  const rest = text.slice(column - 1);
  const end = rest.indexOf("#");
  if (end < 0) throw badText("a second # was expected after the name", line, text.length + 1);
  const name = rest.slice(0, end);
  if (name === "") return;
  const address = Number.parseInt(match[1] ?? "", 16);
  symbols.push({
    name,
    module: "",
    address,
    prgOffset: bank === "ram" ? NO_PRG_OFFSET : bank * BANK_BYTES + (address % BANK_BYTES),
    bytes: match[2] === undefined ? 0 : Number.parseInt(match[2], 16),
    isLabel: true,
  });
}
