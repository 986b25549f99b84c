import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { type Game, loadCartridge, powerOn } from "../../../src/io/library/index.ts";
import { Tape } from "../../../src/io/mcp/tape.ts";
import { soakSize } from "../../support/soak.ts";

const cartridge = await loadCartridge(join(import.meta.dir, "../../../roms/swingby.nes"));
const newGame = (): Game => powerOn(cartridge, { onJam: "ignore" });

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("play" as const),
      frames: fc.integer({ min: 1, max: 90 }),
      mask: fc.nat(255),
    }),
    fc.record({ kind: fc.constant("rewind" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.constantFrom({ kind: "reset" as const }, { kind: "save" as const }, { kind: "load" as const }),
  ),
  { minLength: 3, maxLength: 12 },
);

test("the tape leads from power-on to the present, without what was undone", () => {
  const property = fc.property(steps, (path) => {
    const game = newGame();
    const tape = new Tape(game);
    let saved = { state: game.save(), tape: tape.copy() };
    for (const step of path) {
      if (step.kind === "play") {
        for (let frame = 0; frame < step.frames; frame++) {
          game.step(step.mask, 1);
          tape.add(game);
        }
      } else if (step.kind === "rewind") {
        tape.rewind(game, tape.start + Math.floor(step.share * (tape.length - tape.start)));
      } else if (step.kind === "reset") {
        game.reset("reset");
        tape.addReset(game, "reset");
      } else if (step.kind === "save") saved = { state: game.save(), tape: tape.copy() };
      else {
        game.load(saved.state);
        tape.restore(saved.tape);
      }
    }
    const again = newGame();
    for (let frame = 0; frame <= tape.length; frame++) {
      for (const reset of tape.resets) if (reset.position === frame) again.reset(reset.kind);
      if (frame < tape.length) again.step(tape.masks[frame]!, 1);
    }
    expect(again.frame).toBe(game.frame);
    expect(Buffer.compare(again.save(), game.save())).toBe(0);
  });
  fc.assert(property, { numRuns: soakSize(8, 300), seed: 17 });
});

test("runs the past again in stretches, from the newest to the oldest", () => {
  const game = newGame();
  const tape = new Tape(game);
  for (let frame = 0; frame < 200; frame++) {
    game.step(0, 1);
    tape.add(game);
  }
  const twin = newGame();
  const stretches: [number, number][] = [];
  tape.searchBack(twin, (from, run) => {
    run();
    stretches.push([from, twin.frame]);
    return false;
  });
  expect(stretches).toEqual([
    [180, 200],
    [120, 180],
    [60, 120],
    [0, 60],
  ]);
});
