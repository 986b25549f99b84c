import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../../src/emu/input-error.ts";
import { boardNumbers } from "../../../src/emu/nes/cartridge/boards/index.ts";
import { FDS_SIDE_BYTES } from "../../../src/emu/nes/cartridge/fds-image.ts";
import type { Nes, NesOptions } from "../../../src/emu/nes/nes.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { boardRegisters } from "../../support/board-registers.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { consoleWith, FRAME_PIXELS } from "../../support/machines.ts";
import { MUTATED_MAPPERS, playRandomly, programImage } from "../../support/mutated-states.ts";
import { expectNoBug } from "../../support/no-bug.ts";
import { Prng } from "../../support/prng.ts";
import { SHARED, SOAK, sharedFile } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";

/**
 * Moments at which each board's state is checked on the first console, and on another one. With `EMU_SOAK`
 * each is checked on all others.
 */
const POINTS = soakSize(4, 200);
const POINTS_ELSEWHERE = soakSize(2, 200);
const STATES = soakSize(390, 100_000);
const GAME_FRAMES = soakSize(240, 2_000);
const pixels = new Uint16Array(FRAME_PIXELS);

/** Saves a state and loads it with the check. The machine must continue as before. */
function passes(nes: Nes, state: Uint8Array): void {
  nes.save(state);
  nes.load(state);
}

describe("states that a machine saves pass the check", () => {
  const setups: readonly [string, NesOptions][] = [
    ["NTSC", {}],
    ["PAL", { region: "pal" }],
    ["Dendy", { region: "dendy" }],
    ["a Famicom", { console: "famicom", alignment: 1 }],
    ["devices", { devices: { port1: "snes-mouse", port2: "zapper", expansion: "family-basic-keyboard" } }],
  ];
  for (const [setup, [label, options]] of setups.entries()) {
    const isFirst = setup === 0;
    const points = isFirst ? POINTS : POINTS_ELSEWHERE;
    const mappers = boardNumbers().filter(
      (_, at) => SOAK || isFirst || at % (setups.length - 1) === setup - 1,
    );
    test(`${isFirst || SOAK ? "all" : "some"} boards, ${label}: at power-on, between frames, within frames, after resets`, () => {
      for (const mapper of mappers) {
        const random = new Prng(mapper * 31 + label.length);
        const nes = createHeadless(programImage(mapper, mapper + 7), options);
        const state = new Uint8Array(nes.stateBytes);
        const registers = boardRegisters(mapper);
        try {
          passes(nes, state);
          for (let point = 0; point < points; point++) {
            playRandomly(nes, random, 1 + random.below(4), pixels, registers);
            passes(nes, state);
            for (let steps = random.below(3000); steps > 0; steps--) nes.stepInstruction(pixels);
            passes(nes, state);
            nes.catchUp();
            passes(nes, state);
            if (random.below(6) === 0) nes.reset(random.below(2) === 0 ? "reset" : "power");
            passes(nes, state);
          }
        } catch (error) {
          throw new Error(`mapper ${mapper}: ${error}`, { cause: error });
        }
      }
    }, 3_600_000);
  }

  test.skipIf(!SHARED)(
    "games, at each frame and at odd moments",
    () => {
      const folder = sharedFile("roms/games");
      for (const name of readdirSync(folder).filter((file) => file.endsWith(".nes"))) {
        const nes = consoleWith(join("games", name));
        const state = new Uint8Array(nes.stateBytes);
        for (let frame = 0; frame < GAME_FRAMES; frame++) {
          nes.runFrame(pixels);
          passes(nes, state);
          for (let steps = (frame * 37) % 90; steps > 0; steps--) nes.stepInstruction(pixels);
          passes(nes, state);
        }
      }
    },
    3_600_000,
  );
});

describe("the error for a damaged state names the field", () => {
  const nes = createHeadless(programImage(4, 1));
  const good = new Uint8Array(nes.stateBytes);
  for (let frame = 0; frame < 5; frame++) nes.runFrame(pixels);
  nes.save(good);

  function damaged(name: string, value: number): Uint8Array {
    const state = good.slice();
    const place = nes.stateFields.places.find((each) => each.name === name)!;
    const view = new DataView(state.buffer, 32);
    if (place.isDouble) view.setFloat64(place.offset, value, true);
    else view.setInt32(place.offset, value, true);
    return state;
  }

  for (const [name, value] of [
    ["cpu.pc", 0x10000],
    ["cpu.cycle", 2_000_000_000],
    ["ppu.line", 262],
    ["ppu.line", 100],
    ["ppu.dot", 341],
    ["ppu.timeUnits", -2_000_000_000],
    ["ppu.fineX", 8],
    ["interrupts.irqSources", 2],
    ["apu.dmc.rate", 16],
    ["apu.noise.tickCycle", -1],
    ["apu.frameCounter.step", 4],
    ["apu.sound.fraction", -1],
    ["apu.sound.level", Number.NaN],
    ["frame", 0.5],
    ["midFrame", 2],
  ] as const) {
    test(`${name} of ${value}`, () => {
      const before = new Uint8Array(nes.stateBytes);
      const after = new Uint8Array(nes.stateBytes);
      nes.save(before);
      const error = inputErrorOf(() => nes.load(damaged(name, value)));
      expect(error.kind).toBe("data");
      expect(error.message).toContain(name);
      nes.save(after);
      expect(Buffer.from(after).equals(before)).toBe(true);
    });
  }

  test("a disk drive that waits for no side or moves without a disk", () => {
    const disk = createHeadless(programImage(20, 1));
    const state = new Uint8Array(disk.stateBytes);
    const set = (name: string, value: number) => {
      const place = disk.stateFields.places.find((each) => each.name === name)!;
      const view = new DataView(state.buffer, 32);
      if (place.elementBytes === 1) view.setUint8(place.offset, value);
      else view.setInt32(place.offset, value, true);
    };
    for (const fields of [
      { "drive.insertion": 5, "drive.pendingSide": 0 },
      { "drive.delay": 5, "drive.side": 0 },
      { "drive.delay": 5, "drive.position": FDS_SIDE_BYTES },
    ]) {
      disk.save(state);
      for (const [name, value] of Object.entries(fields)) set(name, value);
      expect(inputErrorOf(() => disk.load(state)).message).toContain("drive");
    }
  });

  test("random bytes in place of all that a state holds", () => {
    const random = new Prng(5);
    for (let run = 0; run < 50; run++) {
      const state = good.slice();
      state.set(random.bytes(state.length - 32), 32);
      expect(() => nes.load(state)).toThrow(InputError);
    }
  });
});

/** Runs the mutations in a separate process: a hang is then a time-out, a throw an exit code. */
async function mutatedStates(seed: number): Promise<string> {
  const program = join(import.meta.dir, "../../support/mutated-states.ts");
  const count = Math.ceil(STATES / MUTATED_MAPPERS.length);
  const child = Bun.spawn([process.execPath, program, `${seed}`, `${count}`], {
    stdout: "pipe",
    stderr: "pipe",
    timeout: 60_000 + STATES * 120,
  });
  const [out, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expectNoBug(errors, code);
  expect({ errors, code }).toEqual({ errors: "", code: 0 });
  return out;
}

test(`${STATES} damaged states are rejected or run, the same in two processes`, async () => {
  const [first, second] = await Promise.all([mutatedStates(3), mutatedStates(3)]);
  expect(first.trim().split("\n")).toHaveLength(MUTATED_MAPPERS.length);
  expect(second).toBe(first);
}, 36_000_000);
