import { JSR } from "../../emu/nes/cpu/opcodes.ts";
import type { Nes } from "../../emu/nes/nes.ts";

const STACK_PAGE = 0x100;
const MAX_CALLERS = 12;

/**
 * Addresses of the JSRs that the program will return to, the innermost first. The 6502 has no stack frames,
 * so every value on the stack that points after a JSR is taken for a return address. Pushed data can be
 * mistaken for one.
 */
export function callers(nes: Nes): number[] {
  const found: number[] = [];
  for (let at = nes.cpu.s + 1; at < 0xff && found.length < MAX_CALLERS; at++) {
    const low = nes.peek("cpu", STACK_PAGE | at);
    const high = nes.peek("cpu", STACK_PAGE | (at + 1));
    const jsr = ((low | (high << 8)) - 2) & 0xffff;
    // Below $6000 are RAM and registers, which must not be read as code.
    if (jsr < 0x6000 || nes.peek("cpu", jsr) !== JSR) continue;
    found.push(jsr);
    at++;
  }
  return found;
}
