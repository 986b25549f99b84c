/**
 * The matchers for games, independent of a test framework. In Node this is `emuterm/matchers`:
 *
 * ```js
 * import { matchers } from "emuterm/matchers";
 * expect.extend(matchers); // vitest, Jest
 * ```
 */
import { AssertionError } from "node:assert";
import { InputError } from "../../emu/input-error.ts";
import { Game } from "./game.ts";
import { hex, type Place } from "./place-map.ts";
import type { TextOptions } from "./screen.ts";
import { type MatcherVerdict, matchPicture, type PictureOptions } from "./snapshot.ts";
import { throwsAtCaller } from "./throw-at-caller.ts";

/** The matchers for a game. */
export interface GameMatchers {
  /** Passes if the screen looks like `__pictures__/<name>.png` beside the test file. */
  toMatchPicture(name: string, options?: PictureOptions): void;
  /** Passes if the background shows this text. */
  toShow(text: string, options?: TextOptions): void;
  /** Passes if memory holds these bytes from a place on. */
  toHaveBytes(place: Place, bytes: readonly number[]): void;
  /** Passes if memory holds this byte. */
  toHaveByte(place: Place, byte: number): void;
  /**
   * Passes if a routine took at most `cycles` CPU cycles, in a `call` or in the longest run that `time`
   * measured.
   */
  toTakeAtMost(cycles: number): void;
}

/** What a test framework calls a matcher with. Jest and vitest say which file the test is in. */
interface MatcherContext {
  readonly testPath?: string;
  readonly isNot?: boolean;
}

// Test frameworks print the names of these functions.
export const matchers = {
  toMatchPicture(this: MatcherContext, game: unknown, name: string, options?: PictureOptions) {
    return verdict(() => matchPicture(gameOf(game), name, options, this.testPath));
  },
  toShow: (game: unknown, text: string, options?: TextOptions) =>
    verdict(() => show(gameOf(game), text, options)),
  toHaveBytes: (game: unknown, place: Place, bytes: readonly number[]) =>
    verdict(() => haveBytes(gameOf(game), place, bytes)),
  toHaveByte: (game: unknown, place: Place, byte: number) =>
    verdict(() => haveBytes(gameOf(game), place, [byte])),
  toTakeAtMost: (run: unknown, cycles: number) => verdict(() => takeAtMost(run, cycles)),
};

/**
 * The matchers without a framework, for `node:test`: each throws an `AssertionError` if it does not pass.
 *
 * ```js
 * expectGame(nes).toShow("PRESS START");
 * ```
 */
export function expectGame(subject: unknown): GameMatchers {
  const names = Object.keys(matchers) as (keyof GameMatchers)[];
  return Object.fromEntries(names.map((name) => [name, assertion(subject, name)])) as unknown as GameMatchers;
}

function assertion(subject: unknown, name: keyof GameMatchers): (...values: unknown[]) => void {
  const judge = matchers[name] as (this: MatcherContext, ...values: unknown[]) => MatcherVerdict;
  return function assert(...values) {
    const { pass, message } = judge.call({}, subject, ...values);
    if (!pass) throw new AssertionError({ message: message(), operator: name, stackStartFn: assert });
  };
}

const verdict = throwsAtCaller((judge: () => MatcherVerdict): MatcherVerdict => judge());

function gameOf(value: unknown): Game {
  if (value instanceof Game) return value;
  throw new InputError("usage", "expect() needs a game, as returned by load()");
}

function show(game: Game, text: string, options: TextOptions = {}): MatcherVerdict {
  const lines = game.screen.lines(options);
  const pass = lines.some((line) => line.includes(text));
  const border = `+${"-".repeat(32)}+`;
  const shown = lines.map((line) => `|${line.padEnd(32)}|`).join("\n");
  const not = pass ? "the screen shows, but should not show" : "the screen does not show";
  return { pass, message: () => `${not} "${text}"\n  at ${game.place}\n${border}\n${shown}\n${border}` };
}

function haveBytes(game: Game, place: Place, expected: readonly number[]): MatcherVerdict {
  const actual = game.bytes(place, expected.length);
  const pass = expected.every((byte, index) => byte === actual[index]);
  return {
    pass,
    message: () => {
      const { address } = game.places.resolve(place);
      const name = typeof place === "string" ? `${place} (${hex(address, 4)})` : game.places.describe(place);
      const marks = actual.map((byte, index) => (byte === expected[index] ? "  " : "^^")).join(" ");
      return [
        `${name} ${pass ? "holds the bytes that it should not" : "does not hold the expected bytes"}`,
        `  at ${game.place}`,
        `  expected  ${expected.map(hexByte).join(" ")}`,
        `  actual    ${actual.map(hexByte).join(" ")}`,
        ...(pass ? [] : [`            ${marks}`.trimEnd()]),
      ].join("\n");
    },
  };
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

function takeAtMost(run: unknown, limit: number): MatcherVerdict {
  const taken = cyclesOf(run);
  const pass = taken <= limit;
  const over = pass ? `no more than ${limit}` : `${taken - limit} more than ${limit}`;
  return { pass, message: () => `it took ${taken} cycles, ${over}` };
}

function cyclesOf(run: unknown): number {
  if (typeof run === "object" && run !== null) {
    if ("maxCycles" in run && typeof run.maxCycles === "number" && "runs" in run && Array.isArray(run.runs)) {
      if (run.runs.length > 0) return run.maxCycles;
      throw new InputError("usage", "the routine has not run since time() was called");
    }
    if ("cycles" in run && typeof run.cycles === "number") return run.cycles;
  }
  throw new InputError("usage", "expect() needs the result of call() or time()");
}
