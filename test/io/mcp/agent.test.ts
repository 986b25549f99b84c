/** An agent's work, using only the tools of `emu mcp`. docs/agents.md shows these calls. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { McpClient } from "../../support/mcp.ts";

const ROOT = join(import.meta.dir, "../../..");
const folder = mkdtempSync(join(tmpdir(), "emu-agent-"));
let agent: McpClient;

beforeAll(async () => {
  cpSync(join(ROOT, "roms/swingby.nes"), join(folder, "swingby.nes"));
  mkdirSync(join(folder, "tests"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "emuterm"));
  agent = await McpClient.stdio([join(folder, "swingby.nes"), "--root", folder]);
});
afterAll(async () => {
  await agent.close();
  rmSync(folder, { recursive: true });
});

const PLANETS = 5;
/** The score at each planet, as the pictures show it. */
const SCORES = [300, 750, 1840, 2090, 2390];
/** The lines of the screen that show the score, and before the first points the tips. */
const SCORE_LINES = 32;
/** Changes of at least this width show that the sky has scrolled. */
const SCROLLED_WIDTH = 240;

test("plays Swingby to the fifth planet, finds its counters and writes a passing test", async () => {
  // Start a game: the comet circles its first planet.
  await agent.facts("play", { inputs: [{ frames: 150 }, { buttons: "a", frames: 4 }, { frames: 60 }] });
  await agent.facts("state", { action: "save", name: "planet 0" });

  // Which byte shows that the comet flies? It is 0 in orbit and 1 in flight.
  await agent.facts("memory_search", { action: "new", value: 0 });
  for (const [wait, after] of [
    [1, 5],
    [40, 5],
    [20, 3],
  ]) {
    await agent.facts("play", { inputs: [{ frames: wait }, { buttons: "a", frames: 3 }, { frames: after }] });
    await agent.facts("memory_search", { action: "narrow", value: 1 });
    await agent.facts("state", { action: "load", name: "planet 0" });
    await agent.facts("memory_search", { action: "narrow", value: 0 });
  }
  const flight = Object.keys((await agent.facts("memory_search", { action: "list" })).found);
  expect(flight).toContain("$0303");

  // Leap again and again from a saved state, until the comet is caught by the next planet.
  for (let planet = 0; planet < PLANETS; planet++) await leap(planet);

  // Which byte counted the planets? And where is the score, which grew with each?
  const planets = await narrowOverPlanets({ kind: "u8" }, (planet) => ({ value: planet }));
  expect(planets).toEqual(["$030C"]);
  const scores = await narrowOverPlanets({ kind: "digits", digits: 6 }, (planet) => ({
    value: SCORES[planet - 1],
  }));
  expect(scores).toEqual(["$0304"]);
  expect((await agent.facts("last_writer", { place: "$030C" })).value).toBe("4 → 5");

  // Record what was played, without the failed leaps, as a test that expects these bytes.
  const recorded = await agent.facts("record", {
    path: "tests/planets.test.ts",
    title: "five planets are reached",
    expect: [
      { place: "$030C", count: 2 },
      { place: "$0304", count: 6 },
    ],
  });
  expect(recorded.wrote).toEqual(["tests/planets.test.ts", "tests/planets.json"]);
  expect(readFileSync(join(folder, "tests/planets.test.ts"), "utf8")).toContain("toEqual([5, 0])");
  const run = await agent.facts("run_tests", { path: "tests" });
  expect(run.output.join("\n")).toContain("1 pass");
  expect(run.passed).toBe(true);
});

/** Leaps from `planet`, and saves a state at the next one. */
async function leap(planet: number): Promise<void> {
  for (let wait = 0; wait < 160; wait += 8) {
    await agent.facts("state", { action: "load", name: `planet ${planet}` });
    await agent.facts("play", { inputs: [{ frames: wait + 1 }, { buttons: "a", frames: 3 }] });
    await agent.facts("run_until", { condition: "[$0303] != 1", max_frames: 150 });
    await agent.facts("play", { inputs: [{ frames: 10 }] });
    const { values } = await agent.facts("memory_read", { values: ["[$0303]"] });
    const { changedPixels } = await agent.facts("see", { what: "difference", state: `planet ${planet}` });
    // Caught: the comet circles again, the sky has scrolled, and the score in the upper lines has changed.
    const { y, width } = changedPixels;
    if (values["[$0303]"] !== 0 || y >= SCORE_LINES || width < SCROLLED_WIDTH) continue;
    await agent.facts("state", { action: "save", name: `planet ${planet + 1}` });
    return;
  }
  throw new Error(`no leap from planet ${planet} succeeded`);
}

/** Narrows a search over the states at the planets. */
async function narrowOverPlanets(
  kind: Record<string, unknown>,
  narrow: (planet: number) => Record<string, unknown>,
): Promise<string[]> {
  for (let planet = 1; planet <= PLANETS; planet++) {
    await agent.facts("state", { action: "load", name: `planet ${planet}` });
    const how = planet === 1 ? { action: "new", ...kind } : { action: "narrow" };
    await agent.facts("memory_search", { ...how, ...narrow(planet) });
  }
  return Object.keys((await agent.facts("memory_search", { action: "list" })).found);
}
