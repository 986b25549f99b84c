import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const main = join(import.meta.dir, "../../../src/cli/main.ts");
const isWindows = process.platform === "win32";

/** What `emu env` writes and its exit code, with the output of a shell command as its orders. */
function answersTo(command: string): { readonly exitCode: number; readonly text: string } {
  const run = `${command} | "${process.execPath}" "${main}" env`;
  const { exitCode, stdout, stderr } = Bun.spawnSync(["bash", "-c", run]);
  return { exitCode, text: `${stdout}${stderr}` };
}

test.skipIf(isWindows)(
  "input without an end of a line ends the process when it is too long",
  () => {
    expect(answersTo("head -c 70000000 /dev/zero").text).toContain("an order is too long");
  },
  60_000,
);

test.skipIf(isWindows)(
  "lines longer and shorter than what is read at once are answered one by one",
  () => {
    const hello = (bytes: number): string => JSON.stringify({ op: "hello", padding: "x".repeat(bytes) });
    const orders = [hello(200_000), hello(0), hello(70_000), hello(0), "q"].join("\n");
    const file = join(temporaryFolder("env-process"), "orders");
    writeFileSync(file, `${orders}\n`);
    expect(answersTo(`cat "${file}"`)).toEqual({ exitCode: 0, text: '{"protocol":2}\n'.repeat(4) });
  },
  60_000,
);
