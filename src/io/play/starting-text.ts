import { printable } from "../files/text.ts";
import { RESET_ATTRIBUTES } from "../render/ansi.ts";
import type { TerminalWindow } from "../render/scale.ts";
import { widthOf } from "../terminal/text-screen.ts";
import { cutToWidth } from "./fit-text.ts";

/**
 * The game's name in the middle of an empty window, dim, as a sequence. It is shown until the machine has
 * started, which takes half a second, and the first picture clears the screen.
 */
export function startingText(name: string, { columns, rows }: TerminalWindow): string {
  const text = cutToWidth(printable(name), columns - 2);
  const left = 1 + ((columns - widthOf(text)) >> 1);
  return `\x1b[${(rows + 1) >> 1};${left}H\x1b[2m${text}${RESET_ATTRIBUTES}`;
}
