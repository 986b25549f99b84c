import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { readFileCapped } from "../../files/read-file.ts";
import type { Bench, Outcome, Subject } from "../types.ts";

const MAX_LOG_BYTES = 64 * MIB;

/** A line of the log. The disassembly is ignored, because the bytes have the same information. */
const LINE =
  /^([0-9A-F]{4}) {2}((?:[0-9A-F]{2} ){1,3}).*A:([0-9A-F]{2}) X:([0-9A-F]{2}) Y:([0-9A-F]{2}) P:([0-9A-F]{2}) SP:([0-9A-F]{2}) PPU: *(\d+), *(\d+) CYC:(\d+)\s*$/;

/**
 * Starts at `startPc` and compares every instruction with a line of a log in the format of Nintendulator:
 * PC, the bytes of the instruction, A X Y P SP, the PPU's line and dot, the CPU cycle.
 */
export async function gradeGoldenLog(bench: Bench): Promise<Outcome> {
  const { logFile = "", startPc } = bench.spec;
  const text = new TextDecoder().decode(await readFileCapped(logFile, MAX_LOG_BYTES));
  const lines = text.trimEnd().split("\n");
  if (text.trim() === "") throw new InputError("data", "the log is empty", logFile);
  const subject = await bench.powerOn();
  if (startPc !== undefined) await subject.setPc(startPc);
  for (const [index, line] of lines.entries()) {
    const fields = LINE.exec(line);
    if (fields === null) {
      const remedy = "a line is PC, bytes, A: X: Y: P: SP: PPU: CYC: as Nintendulator writes it";
      throw new InputError(
        "data",
        "not a line of a trace log",
        `${logFile}, line ${index + 1}, column 1`,
        remedy,
      );
    }
    const expected = describeLine(fields);
    const actual = await describeNow(subject, expected.bytes.length);
    const difference = differenceOf(expected.text, actual);
    if (difference !== undefined) {
      return { verdict: "fail", detail: `line ${index + 1} of ${lines.length}: ${difference}` };
    }
    await subject.step();
  }
  return { verdict: "pass", detail: `${lines.length} lines` };
}

function describeLine(fields: RegExpExecArray): { bytes: string[]; text: string } {
  const [, pc = "", rawBytes = "", a, x, y, p, s, line, dot, cycle] = fields;
  const bytes = rawBytes.trim().split(" ");
  return {
    bytes,
    text: `${pc} ${bytes.join(",")} A:${a} X:${x} Y:${y} P:${p} SP:${s} PPU:${line},${dot} CYC:${cycle}`,
  };
}

/** The current state as a log line, with "?" for values that the emulator does not provide. */
async function describeNow(subject: Subject, byteCount: number): Promise<string> {
  const { pc = 0, a, x, y, p, s, line = "?", dot = "?", cycle = "?" } = await subject.registers();
  const bytes = Array.from(await subject.peek("cpu", pc, byteCount), (byte) => hex(byte, 2));
  const registers = `A:${hex(a, 2)} X:${hex(x, 2)} Y:${hex(y, 2)} P:${hex(p, 2)} SP:${hex(s, 2)}`;
  return `${hex(pc, 4)} ${bytes.join(",")} ${registers} PPU:${line},${dot} CYC:${cycle}`;
}

/** Both lines if a known word differs; undefined if all agree. */
function differenceOf(expected: string, actual: string): string | undefined {
  const known = actual.split(" ");
  const agrees = expected
    .split(" ")
    .every((word, i) => word === known[i] || known[i]?.includes("?") === true);
  return agrees ? undefined : `expected ${expected}, got ${actual}`;
}

function hex(value: number | undefined, digits: number): string {
  return value === undefined ? "?" : value.toString(16).toUpperCase().padStart(digits, "0");
}
