import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RootFolder } from "../../../src/io/mcp/root-folder.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { LIBRARY_ROM } from "../../support/library-game.ts";
import { McpClient } from "../../support/mcp.ts";

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const TOKEN = "0123456789abcdefghij";
const top = mkdtempSync(join(tmpdir(), "emu-mcp-start-"));
const folder = join(top, "root");

mkdirSync(folder);
writeFileSync(join(folder, "presses.nes"), LIBRARY_ROM);
afterAll(() => rmSync(top, { recursive: true }));

describe("emu mcp", () => {
  const run = (argv: readonly string[], stdin: string) => {
    const child = Bun.spawnSync([process.execPath, MAIN, "mcp", ...argv], {
      stdin: Buffer.from(stdin),
      cwd: folder,
    });
    return { code: child.exitCode, stdout: child.stdout.toString(), stderr: child.stderr.toString() };
  };

  const line = (id: number, method: string, params: unknown = {}) =>
    `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
  const initialize = line(1, "initialize", {
    protocolVersion: "2025-03-26",
    capabilities: {},
    clientInfo: { name: "raw", version: "1" },
  });
  /** The answers to `initialize` and to calls of tools. */
  const requests = (argv: readonly string[], calls: readonly [string, unknown][]) => {
    const lines = calls.map(([name, given], i) => line(2 + i, "tools/call", { name, arguments: given }));
    const { stdout } = run(argv, initialize + lines.join(""));
    return stdout
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text));
  };

  test.each([
    [["none.nes"], 66, "no such file"],
    [["--root", "none"], 66, "no such folder"],
    [["--token", TOKEN], 2, "add --http"],
    [["--http", "127.0.0.1:0", "--token", "short"], 2, "characters are needed"],
    [["--http", "0.0.0.0:0"], 2, "a token is required"],
    [["--http", "nonsense"], 2, "is not HOST:PORT"],
  ])("%j ends with %d", (argv, code, message) => {
    const result = run(argv, "");
    expect([result.code, result.stdout]).toEqual([code, ""]);
    expect(result.stderr).toContain(message);
  });

  test("records a test of a ROM given by a relative path, in a new folder", () => {
    const arguments_ = { path: "new/deep/r.test.ts" };
    const [, { result }] = requests(["presses.nes"], [["record", arguments_]]);
    expect([result.isError, result.content[0].text]).toEqual([undefined, expect.stringContaining("wrote")]);
    expect(readFileSync(join(folder, "new/deep/r.test.ts"), "utf8")).toContain('"../../presses.nes"');
  });

  test("replaces what it has recorded, in a later session with overwrite", () => {
    const record = (path: string, more: object = {}) => ["record", { path, ...more }] as [string, unknown];
    const outcomes = (...calls: [string, unknown][]) =>
      requests(["presses.nes"], calls)
        .slice(1)
        .map(({ result }) => result.isError === true);
    expect(outcomes(record("again.test.ts"), record("again.test.ts"))).toEqual([false, false]);
    expect(
      outcomes(record("again.test.ts"), record("again.json"), record("again.test.ts", { overwrite: true })),
    ).toEqual([true, true, false]);
  });

  test("says what unit tests need if the package is missing", async () => {
    writeFileSync(join(folder, "needs.test.ts"), 'import { load } from "emuterm";\nawait load("x");\n');
    const mcp = await McpClient.stdio(["--root", folder]);
    const facts = await mcp.facts("run_tests", { path: "needs.test.ts" });
    expect([facts.passed, facts.next]).toEqual([false, expect.stringContaining("npm install emuterm")]);
    await mcp.close();
  });

  test("records no test of a ROM in a folder whose name begins like the root's", () => {
    mkdirSync(join(top, "rooted"));
    writeFileSync(join(top, "rooted/presses.nes"), LIBRARY_ROM);
    const [, { result }] = requests([join(top, "rooted/presses.nes")], [["record", { path: "r.test.ts" }]]);
    expect([result.isError, result.content[0].text]).toEqual([
      true,
      expect.stringContaining("below the root"),
    ]);
  });

  test("answers all requests, and ends when its input ends", () => {
    const play = line(2, "tools/call", { name: "play", arguments: { inputs: [{ frames: 90 }] } });
    const garbage = [
      "",
      "{",
      "null",
      "[1,2",
      "\u0000\u0001",
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"1.0","id":7}',
      `"${"x".repeat(100_000)}"`,
    ];
    const result = run(["presses.nes"], `${initialize}${garbage.join("\n")}\n${play}`);
    const answers = result.stdout
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect(result.code).toBe(0);
    // The first line is empty, which is no message.
    const codes = answers.flatMap(({ id, error }) => (error === undefined ? [] : [[id, error.code]]));
    expect(codes).toEqual([
      [null, -32700],
      [null, -32600],
      [null, -32700],
      [null, -32700],
      [null, -32600],
      [7, -32600],
      [null, -32600],
    ]);
    const results = answers.filter(({ result: each }) => each !== undefined);
    expect(results.map(({ id }) => id)).toEqual([1, 2]);
    expect(results[1].result.content[0].text).toContain('"framesRun": 90');
  });

  test("ends with an error after a message that is too long", () => {
    const result = run(["presses.nes"], `${initialize}${" ".repeat(4 * 1024 * 1024 + 1)}`);
    expect(result.code).toBe(65);
    expect(result.stderr).toContain("standard input: a message has more than 4194304 bytes");
  });
});

test("--root that is not a folder is an error with a remedy", async () => {
  for (const path of [join(import.meta.dir, "absent"), import.meta.path]) {
    const error = await inputErrorFrom(RootFolder.open(path));
    expect([error.kind, error.where, error.remedy]).toEqual([
      "missing",
      path,
      "give --root the folder with the games",
    ]);
  }
});
