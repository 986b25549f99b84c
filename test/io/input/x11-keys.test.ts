import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { Subprocess } from "bun";
import { openKeyState, X11Keys } from "../../../src/io/input/x11-keys.ts";

const socketOf = (display: number): string => `/tmp/.X11-unix/X${display}`;
/** A killed server leaves its socket behind, so use a number that is not in use. */
const NUMBER = Array.from({ length: 40 }, (_, offset) => 40 + ((process.pid + offset) % 40)).find(
  (display) => !existsSync(socketOf(display)),
)!;
const DISPLAY = `:${NUMBER}`;
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
  let server: Subprocess | undefined;
  const press = (action: "keydown" | "keyup", key: string) =>
    expect(Bun.spawnSync(["xdotool", action, key], { env: { ...process.env, DISPLAY } }).exitCode).toBe(0);

  beforeAll(async () => {
    server = Bun.spawn(["Xvfb", DISPLAY, "-screen", "0", "320x240x8"], {
      stdout: "ignore",
      stderr: "ignore",
    });
    while (!existsSync(socketOf(NUMBER))) await Bun.sleep(50);
  });

  afterAll(async () => {
    server?.kill();
    await server?.exited;
  });

  test("sees keys go down and up, and survives the server's death", async () => {
    const keys = X11Keys.open(DISPLAY)!;
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
    server?.kill("SIGKILL");
    await server?.exited;
    expect(keys.isDown("right")).toBeUndefined();
    expect(X11Keys.open(DISPLAY)).toBeUndefined();
  }, 30_000);
});
