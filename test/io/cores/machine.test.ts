/** States, saves and sound of cores, through the machine that the rest of emu sees. */
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../../src/emu/input-error.ts";
import { CoreClient } from "../../../src/io/cores/core-client.ts";
import { CoreMachine } from "../../../src/io/cores/core-machine.ts";
import { emu } from "../../support/cli.ts";
import { corePath, snesRom, TEST_CONSOLES } from "../../support/console-roms.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder("core-machine");
const clients: CoreClient[] = [];
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
});

async function startMachine(core: string, rom: Uint8Array | string): Promise<CoreMachine> {
  const bytes = typeof rom === "string" ? readFileSync(rom) : rom;
  const { fileName } = TEST_CONSOLES.find((each) => each.core === core)!;
  const game = { path: join(folder, fileName), bytes };
  // Some cores open the file themselves.
  writeFileSync(game.path, bytes);
  const client = await CoreClient.start({
    corePath: corePath(core)!,
    game,
    systemFolder: join(folder, "system"),
  });
  clients.push(client);
  return new CoreMachine(client.connection);
}

const canvas = new Uint32Array(1024 * 512);

/** The pictures of the next frames. */
function pictures(machine: CoreMachine, frames: number): string[] {
  return Array.from({ length: frames }, () => {
    machine.runFrame(canvas);
    const { width, height } = machine.geometry;
    const picture = Bun.hash.crc32(new Uint8Array(canvas.buffer, 0, 4 * width * height));
    return `${machine.frame} ${width}x${height} ${picture}`;
  });
}

for (const { core, rom } of TEST_CONSOLES) {
  const game = corePath(core) === undefined ? undefined : rom();
  describe.skipIf(game === undefined)(`${core} (its Debian package, shared ROMs)`, () => {
    test("a state goes back to the same pictures", async () => {
      const machine = await startMachine(core, game!);
      pictures(machine, 40);
      const state = new Uint8Array(machine.stateBytes);
      machine.save(state);
      const onward = pictures(machine, 20);
      machine.load(state);
      expect(machine.frame).toBe(40);
      expect(pictures(machine, 20)).toEqual(onward);
    });

    test("frames that nobody sees lead to the same ones", async () => {
      const machine = await startMachine(core, game!);
      const state = new Uint8Array(machine.stateBytes);
      pictures(machine, 30);
      machine.save(state);
      pictures(machine, 9);
      const seen = pictures(machine, 3);
      machine.load(state);
      for (let frame = 0; frame < 9; frame++) machine.runFrame();
      expect(pictures(machine, 3)).toEqual(seen);
    });

    test("sound has 48,000 samples a second", async () => {
      const machine = await startMachine(core, game!);
      let samples = 0;
      // The first frames may bring what has gathered during the start.
      for (let frame = 0; frame < 20; frame++) machine.runFrame();
      for (let frame = 0; frame < 60; frame++) {
        machine.runFrame();
        samples += machine.sampleCount / 2;
      }
      const seconds = 60 / machine.geometry.frameRateHz;
      expect(Math.abs(samples / seconds - 48_000)).toBeLessThan(500);
    });
  });
}

const hasBoth = corePath("bsnes_mercury_balanced") !== undefined && corePath("mednafen_wswan") !== undefined;

describe.skipIf(!hasBoth)(
  "states from outside (libretro-bsnes-mercury-balanced, libretro-beetle-wswan)",
  () => {
    const wonderSwan = TEST_CONSOLES.find(({ core }) => core === "mednafen_wswan")!;

    test("of another game, another core, another length or with damage are refused", async () => {
      const machine = await startMachine("mednafen_wswan", wonderSwan.rom()!);
      const state = new Uint8Array(machine.stateBytes);
      machine.runFrame(canvas);
      machine.save(state);
      const damaged = (change: (view: DataView) => void): Uint8Array => {
        const copy = state.slice();
        change(new DataView(copy.buffer));
        return copy;
      };
      const wrong: readonly Uint8Array[] = [
        new Uint8Array(0),
        state.subarray(1),
        damaged((view) => view.setUint32(0, 1)),
        damaged((view) => view.setUint32(4, 1)),
        damaged((view) => view.setUint32(8, 0xffff_ffff, true)),
        damaged((view) => view.setFloat64(16, Number.NaN, true)),
        damaged((view) => view.setFloat64(16, -1, true)),
      ];
      for (const from of wrong) expect(() => machine.load(from)).toThrow(InputError);
      expect(machine.frame).toBe(1);
      machine.load(state);
    });
  },
);

test.skipIf(corePath("bsnes_mercury_balanced") === undefined)(
  "save RAM goes from one run to the next (libretro-bsnes-mercury-balanced)",
  () => {
    const rom = join(folder, "counter.sfc");
    const save = join(folder, "counter.sav");
    writeFileSync(rom, snesRom());
    const count = (): number => {
      const { exitCode, stderr } = emu(["dump", rom, "--frames", "20", "--format", "hash", "--save", save]);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(readFileSync(save)).toHaveLength(2048);
      return readFileSync(save)[0]!;
    };
    const [first, second, third] = [count(), count(), count()];
    // The game adds 1 to the first byte in every frame.
    expect((second - first) & 0xff).toBeGreaterThan(10);
    expect((third - second) & 0xff).toBe((second - first) & 0xff);
  },
);
