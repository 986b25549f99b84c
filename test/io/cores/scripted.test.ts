/** The parts of the libretro API that the installed cores do not use, on a core of this project's own. */
import { afterAll, describe, expect, test } from "bun:test";
import { InputError } from "../../../src/emu/input-error.ts";
import type { CoreClient, CoreStart } from "../../../src/io/cores/core-client.ts";
import type { CoreMachine } from "../../../src/io/cores/core-machine.ts";
import { emu } from "../../support/cli.ts";
import {
  hasCompiler,
  type ScriptedMachine,
  scriptedCore,
  scriptedGame,
  startScripted,
  textOf,
} from "../../support/scripted-core.ts";

const clients: CoreClient[] = [];
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
});

async function start(script: string, more: Partial<CoreStart> = {}): Promise<ScriptedMachine> {
  const started = await startScripted(script, more);
  clients.push(started.client);
  return started;
}

async function errorOf(promise: Promise<unknown>): Promise<InputError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
}

const canvas = new Uint32Array(64 * 64);
const five = (value: number): number => (value << 3) | (value >> 2);
const six = (value: number): number => (value << 2) | (value >> 4);

/** The colour that the core draws at a place, in each pixel format. */
const COLORS: readonly ((x: number, y: number, blue: number) => number)[] = [
  (x, y, blue) => (five(x) << 16) | (five(y) << 8) | five(blue),
  (x, y, blue) => (x << 16) | (y << 8) | blue,
  (x, y, blue) => (five(x) << 16) | (six(2 * y) << 8) | five(blue),
];

function expectedPicture(format: number, width: number, height: number, blue: number): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => COLORS[format]!(x, y, blue)),
  );
}

function shownPicture(machine: CoreMachine): number[][] {
  const { width, height } = machine.geometry;
  return Array.from({ length: height }, (_, y) => [...canvas.subarray(y * width, (y + 1) * width)]);
}

/** Turns a picture counterclockwise by a quarter. */
function turned(picture: readonly (readonly number[])[]): number[][] {
  const width = picture[0]!.length;
  return Array.from({ length: width }, (_, x) => picture.map((row) => row[width - 1 - x]!));
}

describe.skipIf(!hasCompiler)("a scripted core (cc)", () => {
  for (const format of [0, 1, 2])
    for (const rotation of [0, 1, 2, 3])
      test(`pixel format ${format}, ${rotation} quarter turns`, async () => {
        const { machine } = await start(`format=${format} rotation=${rotation}`);
        machine.runFrame(canvas);
        let expected = expectedPicture(format, 8, 4, 1);
        for (let turn = 0; turn < rotation; turn++) expected = turned(expected);
        expect(shownPicture(machine)).toEqual(expected);
        const isUpright = rotation % 2 === 1;
        expect([machine.geometry.width, machine.geometry.height]).toEqual(isUpright ? [4, 8] : [8, 4]);
        // The core's picture has square pixels, and turning keeps them square.
        expect(machine.geometry.pixelAspect).toBeCloseTo(1);
      });

  test("a core that repeats its picture in every other frame", async () => {
    const { machine } = await start("dupe=1 format=1");
    for (let frame = 1; frame <= 4; frame++) {
      canvas.fill(0);
      machine.runFrame(canvas);
      expect(shownPicture(machine)).toEqual(expectedPicture(1, 8, 4, frame % 2 === 0 ? frame - 1 : frame));
    }
  });

  test("a repeated picture after frames that nobody saw", async () => {
    const { machine } = await start("dupe=1 format=1");
    for (let frame = 1; frame <= 3; frame++) machine.runFrame();
    machine.runFrame(canvas);
    expect(shownPicture(machine)).toEqual(expectedPicture(1, 8, 4, 3));
  });

  test("a picture that changes its size and shape", async () => {
    const { machine } = await start("resize=3 format=1");
    machine.runFrame(canvas);
    machine.runFrame(canvas);
    expect(machine.geometry).toMatchObject({ width: 8, height: 4, pixelAspect: 1 });
    machine.runFrame(canvas);
    expect(machine.geometry).toMatchObject({ width: 16, height: 10, pixelAspect: (2 * 10) / 16 });
    expect(shownPicture(machine)).toEqual(expectedPicture(1, 16, 10, 3));
  });

  test("environment calls are answered as the specification says", async () => {
    const { machine, report } = await start("");
    machine.runFrame();
    const [answers] = report().split("\n");
    expect(answers).toBe(
      "dupe 1 1 overscan 1 1 badformat 0 rumble 0 vfs 0 unknown 0 0 optionsversion 1 2 users 1 8",
    );
    expect(report()).toContain("colour grey updated 0 nothing 0 null\n");
  });

  test("options: given at the start, and changed during the game", async () => {
    const { machine, report, client } = await start("", { options: { scripted_colour: "red", other: "1" } });
    expect(client.facts.options).toEqual([
      {
        key: "scripted_colour",
        title: "Colour of the picture",
        values: ["grey", "red", "green"],
        defaultValue: "grey",
        value: "red",
      },
      {
        key: "scripted_speed",
        title: "Speed",
        values: ["slow", "fast"],
        defaultValue: "slow",
        value: "slow",
      },
    ]);
    machine.runFrame();
    expect(report()).toContain("colour red updated 0");
    machine.setOption("scripted_colour", "green");
    machine.runFrame();
    expect(report()).toContain("colour green updated 1");
    machine.runFrame();
    expect(report()).toContain("colour green updated 0");
    expect(() => machine.setOption("scripted_colour", "blue")).toThrow("cannot be blue");
    expect(() => machine.setOption("scripted_nothing", "1")).toThrow("has no option");
    machine.runFrame();
    expect(report()).toContain("colour green updated 0");
  });

  test("the devices of all ports", async () => {
    const { machine, report } = await start("", { devices: { 0: "super scope", 1: "Multitap" } });
    // A on pad 1, X on pad 2, then the bytes that docs/cores.md describes.
    machine.setInput({
      latchButtons: () => 0x0100_0001,
      latchDevices: (data) => {
        data.set([1, 0, 0, 1], 0);
        data.set([127, -127, 64, 0], 4);
        new DataView(data.buffer, data.byteOffset).setInt16(8, 0x7fff, true);
        new DataView(data.buffer, data.byteOffset).setInt16(10, -0x7fff, true);
        data.set([0x81, 5, -6], 12);
      },
    });
    machine.runFrame();
    expect(report().split("\n").slice(2)).toEqual([
      "pad0 1 mask 256 device 260",
      "pad1 2 mask 512 device 257",
      "pad2 1 mask 256 device 0",
      "pad3 2 mask 512 device 0",
      "pad4 0 mask 0 device 0",
      "sticks 32767 -32767 16513 0",
      "pointer 32767 -32767 1 count 1",
      "mouse 5 -6 left 1 right 0",
      "gun 32767 -32767 trigger 1 off 0",
      "beyond 0 0 disk 0 resets 0",
      "",
    ]);
  });

  test("a core that opens the file itself gets its path and no bytes", async () => {
    const core = scriptedCore("FULL_PATH=true");
    const { machine, client } = await start("format=2", { corePath: core });
    expect(client.facts.needsFullPath).toBe(true);
    machine.runFrame(canvas);
    expect(shownPicture(machine)).toEqual(expectedPicture(2, 8, 4, 1));
    expect(textOf(machine, "ppu")).toBe(scriptedGame("format=2"));
  });

  test("disks are ejected, changed and inserted", async () => {
    const { machine, report } = await start("disks=3");
    expect(machine.disk).toMatchObject({ sideCount: 3, insertedSide: 0 });
    machine.disk!.insert(2);
    machine.runFrame();
    expect(report()).toContain("disk 2 ");
    expect(machine.disk!.insertedSide).toBe(2);
    machine.disk!.insert(-1);
    machine.runFrame();
    expect(report()).toContain("disk -1 ");
    expect(machine.disk!.insertedSide).toBe(-1);
  });

  test("save RAM goes in and out, and reset reaches the core", async () => {
    const { machine, report } = await start("battery=1");
    machine.batteryRam[0] = 40;
    machine.batteryRam[63] = 9;
    machine.runFrame();
    expect([machine.batteryRam[0], machine.batteryRam[63]]).toEqual([41, 9]);
    machine.reset("reset");
    machine.runFrame();
    expect(report()).toContain("resets 1");
  });

  test("a core without states says so", async () => {
    const { machine } = await start("states=0");
    expect(machine.hasStates).toBe(false);
    expect(() => machine.save(new Uint8Array(100))).toThrow("this core has no states");
    expect(() => machine.load(new Uint8Array(100))).toThrow("this core has no states");
  });
});

describe.skipIf(!hasCompiler)("a scripted core that fails (cc)", () => {
  test("a graphics processor is refused by the core's name", async () => {
    const error = await errorOf(start("hardware=1"));
    expect([error.kind, error.message]).toEqual([
      "unavailable",
      "Scripted draws with a graphics processor, which emu does not have",
    ]);
  });

  test("subsystems are refused by name", async () => {
    const error = await errorOf(start("subsystem=1 refuse=1"));
    expect(error.kind).toBe("data");
    expect(error.remedy).toBe("subsystems are not supported: Scripted Link Cable");
  });

  test("another version of the API", async () => {
    const error = await errorOf(start("", { corePath: scriptedCore("API_VERSION=2") }));
    expect(error.message).toBe("has version 2 of the libretro API, emu has 1");
  });

  for (const [script, message] of [
    ["crash=3", /^Scripted has crashed/],
    ["abort=3", /^Scripted has crashed \(SIGABRT\)/],
    ["memory=3", /^Scripted has crashed/],
    ["exit=3", /^Scripted has ended with code 0/],
    ["shutdown=3", /^the core has ended the game/],
    ["huge=3", /^shows a picture of 100000 × 100000/],
    ["badrate=3", /^reports 0 frames per second/],
  ] as const)
    test(`${script}: an error that says so, and the frames before are fine`, async () => {
      const { machine, client } = await start(script);
      machine.runFrame(canvas);
      machine.runFrame(canvas);
      let error: unknown;
      try {
        machine.runFrame(canvas);
      } catch (thrown) {
        error = await client.explain(thrown);
      }
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).message).toMatch(message);
    });

  test("what the core prints is not the dump's output", () => {
    const game = scriptedGame("print=1", "prints.scripted");
    const argv = ["dump", game, "--core", scriptedCore(), "--frames", "3", "--format", "hash"];
    const { exitCode, stdout, stderr } = emu(argv);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout.toString()).toMatch(/^(\d\t[0-9a-f]{8}\n){3}$/);
  });
});
