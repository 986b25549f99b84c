/**
 * Trains an agent to play Swingby with the cross-entropy method, and compares it with agents that play at
 * random.
 *
 *   bun train.ts [--generations 14] [--curve curve.png]
 *
 * The agent decides every second frame whether to leap. It sees the comet and the next planet in RAM, as ten
 * features; a leap is the sign of their weighted sum. Each generation draws weights around a mean, plays a
 * game with each, and moves the mean to those that scored most. Everything is drawn from seeds: each run is
 * the same.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeEnv, makeVectorEnv } from "emuterm/env";
import { drawCurve } from "./curve.ts";

const ROM = join(import.meta.dir, "../../roms/swingby.nes");
const option = (name: string, usual: string) => process.argv[process.argv.indexOf(name) + 1 || -1] ?? usual;
const GENERATIONS = Number(option("--generations", "14"));
const POPULATION = 40;
const ELITE = 8;
const GAMES = 40;
/** Steps of two frames: 20 seconds of play. */
const STEPS = Number(option("--steps", "600"));
/** Bytes of RAM, from the labels of the game's source. */
const RAM = { angle: 0x1c, spin: 0x21, home: 0x22, fly: 0x303, type: 0x34d, x: 0x353, y: 0x359, high: 0x35f };
const PLANETS = 6;
const FEATURES = 10;

/** Numbers from 0 to 1 (mulberry32). */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = makeRandom(1);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** States at the beginning of a game. The planets depend on how long the title screen was shown. */
async function gamesAfter(waits: readonly number[]) {
  const env = await makeEnv(ROM, { observation: { format: "ram" }, actions: ["", "a"], frameSkip: 1 });
  return waits.map((wait) => {
    env.reset({ seed: 0 });
    for (let frame = 0; frame < wait + 64; frame++) env.step(Number(frame >= wait && frame < wait + 4));
    return { state: env.saveState() };
  });
}

const options = {
  observation: { format: "ram", bytes: 0x365 },
  actions: ["", "a"],
  frameSkip: 2,
  reward: "delta(digits($0304, 6))",
  end: "[$0300] == 2",
  maxSteps: STEPS,
  noops: 30,
  autoreset: "off",
} as const;
const makeGames = async (count: number, waits: readonly number[]) =>
  makeVectorEnv(ROM, { ...options, count, starts: await gamesAfter(waits) });
type Policy = (ram: Uint8Array, game: number) => boolean;

/** Plays a game in each environment. Returns the scores. */
function play(envs: Awaited<ReturnType<typeof makeGames>>, seed: number, policy: Policy): number[] {
  const { count } = envs;
  let { observations } = envs.reset({ seed });
  const actions = new Uint32Array(count);
  const scores = new Array<number>(count).fill(0);
  const over = new Uint8Array(count);
  for (let step = 0; step < STEPS && over.includes(0); step++) {
    for (let i = 0; i < count; i++) {
      const ram = observations.subarray(i * 0x365, (i + 1) * 0x365);
      // A press counts when it begins, so every other step is without.
      actions[i] = Number(step % 2 === 0 && policy(ram, i));
    }
    // Games that are over wait for the others.
    if (over.includes(1)) envs.reset({ mask: over });
    const result = envs.step(actions);
    ({ observations } = result);
    for (let i = 0; i < count; i++) {
      if (over[i] === 0) scores[i]! += result.rewards[i]!;
      if (result.terminated[i]! + result.truncated[i]! > 0) over[i] = 1;
    }
  }
  return scores;
}

/** The direction of the comet and that of the nearest planet above, multiplied with each other. */
function features(ram: Uint8Array): number[] {
  const home = ram[RAM.home]!;
  let next = -1;
  for (let i = 0; i < PLANETS; i++) {
    const y = ram[RAM.y + i]!;
    const isSeen = ram[RAM.type + i]! < 0x80 && ram[RAM.high + i] === 0 && y >= 32;
    if (isSeen && y < ram[RAM.y + home]! && (next < 0 || y > ram[RAM.y + next]!)) next = i;
  }
  if (next < 0 || ram[RAM.fly] !== 0) return [];
  const dx = ram[RAM.x + next]! - ram[RAM.x + home]!;
  const dy = ram[RAM.y + next]! - ram[RAM.y + home]!;
  const distance = Math.hypot(dx, dy);
  const turn = (ram[RAM.angle]! * Math.PI) / 128;
  const directions = [Math.cos(turn) * dx, Math.cos(turn) * dy, Math.sin(turn) * dx, Math.sin(turn) * dy];
  const spin = ram[RAM.spin]! < 0x80 ? 1 : -1;
  return [1, distance / 256, ...directions.flatMap((each) => [each / distance, (spin * each) / distance])];
}

const leaps = (weights: readonly number[], ram: Uint8Array) =>
  features(ram).reduce((sum, feature, i) => sum + feature * weights[i]!, 0) > 0;

const test = await makeGames(GAMES, [301, 317, 333, 349]);
const dice = makeRandom(2);
const uniform = mean(play(test, 1000, () => dice() < 1 / 2));
const rare = mean(play(test, 1000, () => dice() < 1 / 16));
console.log(`random play, points a game: ${uniform.toFixed(0)}; if it leaps less often: ${rare.toFixed(0)}`);

const envs = await makeGames(POPULATION, [150, 170, 190, 210, 230, 250]);
let center = new Array<number>(FEATURES).fill(0);
let spread = new Array<number>(FEATURES).fill(1);
const curve: number[] = [];
for (let generation = 0; generation < GENERATIONS; generation++) {
  const candidates = Array.from({ length: POPULATION }, () =>
    center.map((at, i) => at + spread[i]! * normal()),
  );
  const scores = play(envs, generation * POPULATION, (ram, game) => leaps(candidates[game]!, ram));
  curve.push(mean(scores));
  const best = candidates.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const elite = best.slice(0, ELITE).map((i) => candidates[i]!);
  center = center.map((_, i) => mean(elite.map((weights) => weights[i]!)));
  // A little noise keeps the search going.
  spread = spread.map(
    (_, i) => Math.sqrt(mean(elite.map((weights) => (weights[i]! - center[i]!) ** 2))) + 0.05,
  );
  console.log(`generation ${generation + 1}: ${curve.at(-1)!.toFixed(0)}, best ${scores[best[0]!]}`);
}
const trained = mean(play(test, 1000, (ram) => leaps(center, ram)));
console.log(
  `trained: ${trained.toFixed(0)} points a game, ${(trained / rare).toFixed(1)} times the better random play`,
);
const path = option("--curve", "");
if (path !== "") writeFileSync(path, drawCurve(curve, rare));
for (const each of [envs, test]) each.close();
