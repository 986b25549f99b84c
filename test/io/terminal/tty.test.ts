import { expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { HAS_PTY, Pty } from "../../support/pty.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

setDefaultTimeout(60_000);

/** Does not run between the first piece of a reply and the time at which a lone ESC is the Escape key. */
const program = (go: string) => `
import { existsSync } from "node:fs";
import { Terminal } from ${JSON.stringify(join(import.meta.dir, "../../../src/io/terminal/tty.ts"))};
const terminal = new Terminal();
terminal.onToken = ({ kind, text }) => process.stdout.write("<" + kind + " " + text + ">");
terminal.enter();
process.stdin.on("data", (bytes) => {
  if (bytes.toString() !== "\\x1b") return;
  process.stdout.write("<busy>");
  while (!existsSync(${JSON.stringify(go)})) Bun.sleepSync(5);
  Bun.sleepSync(200);
});
process.stdout.write("<ready>");
`;

test.skipIf(!HAS_PTY)("the rest of a reply that came while the process did not run is no key", async () => {
  const folder = temporaryFolder("tty");
  const go = join(folder, "go");
  await using pty = new Pty([process.execPath, "-e", program(go)]);
  await pty.waitFor("<ready>");
  pty.type("\x1b");
  await pty.waitFor("<busy>");
  pty.type("[?62;4c");
  writeFileSync(go, "");
  await pty.waitFor("<csi ?62;4c>");
  expect(pty.output).not.toContain("<escape");
});
