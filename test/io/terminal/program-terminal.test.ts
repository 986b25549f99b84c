import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { ProgramTerminal } from "../../../src/io/terminal/program-terminal.ts";
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

test("of the changes that wait, the newest one runs, and a change of another kind is not lost", async () => {
  const writer = { hold: () => true, redraw() {}, report() {}, end: () => true };
  const terminal = new ProgramTerminal({ writer, learn() {}, take() {}, resized() {}, ended() {} });
  const ran: string[] = [];
  const started = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const running = terminal.handOverNewest(async () => {
    started.resolve();
    await first.promise;
    ran.push("first");
  });
  await started.promise;
  const waiting = ["second", "third"].map((name) => terminal.handOverNewest(async () => void ran.push(name)));
  const other = terminal.handOver(async () => void ran.push("other"));
  const last = terminal.handOverNewest(async () => void ran.push("last"));
  first.resolve();
  await Promise.all([running, ...waiting, other, last]);
  expect(ran).toEqual(["first", "other", "last"]);
});
