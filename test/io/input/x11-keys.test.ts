import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { openKeyState, X11Keys } from "../../../src/io/input/x11-keys.ts";

const HAS_X = Bun.which("Xvfb") !== null && Bun.which("xdotool") !== null;

describe("openKeyState", () => {
  test.each([
    ["without a display", {}],
    ["over ssh", { DISPLAY: ":0", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }],
  ])("does not connect %s", (_, environment) => {
    expect(openKeyState(environment)).toBeUndefined();
  });
});

describe.skipIf(!HAS_X)("X11Keys", () => {
  let server: ReturnType<typeof startServer>;
  let display: string;
  const press = (action: "keydown" | "keyup", key: string) =>
    expect(
      Bun.spawnSync(["xdotool", action, key], { env: { ...process.env, DISPLAY: display } }).exitCode,
    ).toBe(0);

  /** Xvfb takes a free display and prints its number, so that servers of other runs do not matter. */
  const startServer = () =>
    Bun.spawn(["Xvfb", "-displayfd", "1", "-screen", "0", "320x240x8"], { stdout: "pipe", stderr: "pipe" });

  beforeAll(async () => {
    server = startServer();
    const { value } = await server.stdout.getReader().read();
    if (value === undefined) throw new Error(`Xvfb does not start: ${await server.stderr.text()}`);
    display = `:${new TextDecoder().decode(value).trim()}`;
  });

  afterAll(async () => {
    server.kill();
    await server.exited;
    // A server that is killed leaves these behind.
    if (display === undefined) return;
    rmSync(`/tmp/.X11-unix/X${display.slice(1)}`, { force: true });
    rmSync(`/tmp/.X${display.slice(1)}-lock`, { force: true });
  });

  test("sees keys go down and up, and survives the server's death", async () => {
    const keys = X11Keys.open(display)!;
    expect(keys).toBeDefined();
    for (const [key, symbol] of [
      ["right", "Right"],
      ["x", "x"],
      ["enter", "Return"],
      ["f5", "F5"],
      ["space", "space"],
    ] as const) {
      expect([key, keys.isDown(key)]).toEqual([key, false]);
      press("keydown", symbol);
      expect([key, keys.isDown(key)]).toEqual([key, true]);
      expect(keys.isDown("left")).toBe(false);
      press("keyup", symbol);
      expect([key, keys.isDown(key)]).toEqual([key, false]);
    }
    expect(keys.isDown("no such key")).toBeUndefined();
    server.kill("SIGKILL");
    await server.exited;
    expect(keys.isDown("right")).toBeUndefined();
    expect(X11Keys.open(display)).toBeUndefined();
  }, 30_000);
});
