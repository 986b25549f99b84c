import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";

setDefaultTimeout(60_000);

/** A program whose writer is stuck at its end, and which prints a last message. */
const PROGRAM = `
import { ProgramTerminal } from ${JSON.stringify(join(import.meta.dir, "../../../src/io/terminal/program-terminal.ts"))};
const writer = { hold: () => true, redraw() {}, report() {}, end: () => false };
const terminal = new ProgramTerminal({ writer, learn() {}, take() {}, resized() {}, ended() {} });
terminal.enter();
await terminal.close();
console.log("the last message");
process.exit(0);
`;

describe.skipIf(!HAS_PTY)("a program whose writer is stuck", () => {
  test("prints its last message on the screen that the guard has restored", async () => {
    await using pty = new Pty([process.execPath, "-e", PROGRAM]);
    await pty.waitFor("the last message");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    expect(pty.output.indexOf("the last message")).toBeGreaterThan(pty.output.lastIndexOf("\x1b[?1049l"));
  });
});
