/**
 * Matchers for `bun test`. Importing this module adds them to `expect`:
 *
 * ```ts
 * import "emuterm/matchers";
 * expect(nes).toMatchPicture("title");
 * expect(nes).toShow("PRESS START");
 * expect(nes).toHaveBytes("score", [0, 5, 0]);
 * expect(nes.call("update_score")).toTakeAtMost(120);
 * ```
 */
import { expect } from "bun:test";
import { type GameMatchers, matchers } from "./game-matchers.ts";

export { expectGame, type GameMatchers, matchers } from "./game-matchers.ts";

declare module "bun:test" {
  interface Matchers<T> extends GameMatchers {}
}

expect.extend(matchers);
