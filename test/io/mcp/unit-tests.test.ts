import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../../../src/io/files/abandoned.ts";
import { runUnitTests } from "../../../src/io/mcp/unit-tests.ts";

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const folder = mkdtempSync(join(tmpdir(), "emu-unit-tests-"));
const pidsFile = join(folder, "pids");
const never = new AbortController().signal;
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a process that keeps the output open, writes its id and that of the tests, and then runs `end`. */
const withChild = (end: string) => `
  import { test } from "bun:test";
  import { renameSync, writeFileSync } from "node:fs";
  test("t", async () => {
    const { pid } = Bun.spawn([process.execPath, "-e", "setInterval(() => {}, 1e6)"], {
      stdin: "ignore", stdout: "inherit", stderr: "inherit",
    });
    writeFileSync(${JSON.stringify(`${pidsFile}.part`)}, JSON.stringify([process.pid, pid]));
    renameSync(${JSON.stringify(`${pidsFile}.part`)}, ${JSON.stringify(pidsFile)});
    ${end}
  }, 1e6);`;

beforeAll(() => {
  mkdirSync(join(folder, "hangs"));
  mkdirSync(join(folder, "ends"));
  writeFileSync(join(folder, "hangs/t.test.ts"), withChild("await new Promise(() => {});"));
  writeFileSync(join(folder, "ends/t.test.ts"), withChild('console.log("the end");'));
});
beforeEach(() => rmSync(pidsFile, { force: true }));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(5);
}

/** Returns true if a process runs. One that has ended can still have an entry until its parent reads it. */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (process.platform !== "linux") return isAlive(pid);
  try {
    return !/\) [ZX] /.test(readFileSync(stat, "utf8"));
  } catch {
    return false;
  }
}

async function processes(): Promise<number[]> {
  await until(() => existsSync(pidsFile));
  return JSON.parse(readFileSync(pidsFile, "utf8"));
}

const noneRuns = (pids: readonly number[]) => until(() => !pids.some(isRunning));

describe.skipIf(process.platform === "win32")("runUnitTests", () => {
  const run = (name: string, options: { signal?: AbortSignal; limitMs?: number } = {}) =>
    runUnitTests(join(folder, name), { cwd: folder, signal: never, limitMs: 1e9, ...options });

  test("returns after the tests, although a process that they started keeps the output open", async () => {
    const { code, output, stopped } = await run("ends");
    expect([code, stopped]).toEqual([0, undefined]);
    expect(output).toContain("the end");
    expect(output).toContain("1 pass");
    await noneRuns(await processes());
  });

  test("stops at the limit on time", async () => {
    expect(await run("hangs", { limitMs: 1 })).toMatchObject({ stopped: "limit" });
  });

  test("stops on a signal, with all processes", async () => {
    const controller = new AbortController();
    const running = run("hangs", { signal: controller.signal });
    const pids = await processes();
    expect(pids.map(isRunning)).toEqual([true, true]);
    controller.abort();
    expect(await running).toMatchObject({ stopped: "aborted" });
    await noneRuns(pids);
    expect(await run("hangs", { signal: controller.signal })).toMatchObject({ stopped: "aborted" });
  });

  type Emu = Bun.Subprocess<"pipe", "ignore", "inherit">;
  const message = (body: object) => `${JSON.stringify({ jsonrpc: "2.0", ...body })}\n`;
  const cancelled = message({ method: "notifications/cancelled", params: { requestId: 2 } });
  test.each<[string, number | NodeJS.Signals, (emu: Emu) => unknown]>([
    ["is cancelled", 0, (emu) => emu.stdin.write(cancelled)],
    ["SIGTERM", 130, (emu) => emu.kill("SIGTERM")],
    ["SIGINT", 130, (emu) => emu.kill("SIGINT")],
    ["SIGKILL", "SIGKILL", (emu) => emu.kill("SIGKILL")],
    ["the end of the input", 0, (emu) => emu.stdin.end()],
  ])("run_tests leaves no process after %s", async (_, ending, end) => {
    const emu: Emu = Bun.spawn([process.execPath, MAIN, "mcp", "--root", folder], {
      stdin: "pipe",
      stdout: "ignore",
      stderr: "inherit",
    });
    const params = {
      protocolVersion: "2025-03-26",
      capabilities: {},
      clientInfo: { name: "raw", version: "1" },
    };
    emu.stdin.write(message({ id: 1, method: "initialize", params }));
    const call = { name: "run_tests", arguments: { path: "hangs" } };
    emu.stdin.write(message({ id: 2, method: "tools/call", params: call }));
    emu.stdin.flush();
    const pids = await processes();
    end(emu);
    emu.stdin.flush();
    await noneRuns(pids);
    emu.stdin.end();
    const code = await emu.exited;
    expect(emu.signalCode ?? code).toBe(ending);
  });
});
