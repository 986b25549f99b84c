/** The words of every device, and that its program reads the same at every face that takes them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { DEVICE_CONTROLS, DEVICE_PORTS, portData } from "../../../src/emu/nes/input/device-controls.ts";
import {
  DEVICE_DATA_BYTES,
  type DeviceSetup,
  EXPANSION_DEVICES,
  PORT_DEVICES,
} from "../../../src/emu/nes/input/devices.ts";
import { grade } from "../../../src/io/conform/grade.ts";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { deviceVocabulary, setDevice } from "../../../src/io/input/device-words.ts";
import { load } from "../../../src/io/library/index.ts";
import { parseJsonMovie } from "../../../src/io/movies/json-movie.ts";
import { machineOfMovie } from "../../../src/io/movies/movie.ts";
import { formatMovie, parseMovie } from "../../../src/io/movies/movie-file.ts";
import { MoviePlayer } from "../../../src/io/movies/movie-player.ts";
import type { Server } from "../../../src/io/serve/server.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { deviceReader, READ_AT, READ_BYTES } from "../../support/device-reader.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { Prng } from "../../support/prng.ts";
import { RpcPeer, startServer } from "../../support/serve.ts";

type Port = (typeof DEVICE_PORTS)[number];

/** Every device with words, in a port that it fits. */
const PLUGGED: readonly (readonly [port: Port, device: string])[] = [
  ...PORT_DEVICES.flatMap((device) => [["port1", device] as const, ["port2", device] as const]),
  ...EXPANSION_DEVICES.map((device) => ["expansion", device] as const),
].filter(([, device]) => deviceVocabulary(device as "zapper") !== "");

const ROM = deviceReader().toRom();
const FRAMES = 8;
/** Frame from which the device is used. */
const FROM = 3;

const folder = mkdtempSync(join(tmpdir(), "emu-device-words-"));
const romFile = join(folder, "reader.nes");
writeFileSync(romFile, ROM);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Buttons that change what a program reads only later. */
const UNREAD = ["RECORD", "REWIND"];

function setupOf(port: Port, device: string): DeviceSetup {
  return { [port]: device };
}

/** What the program reads while a player of the library uses the device. */
async function readByLibrary(port: Port, device: string, words: string): Promise<number[]> {
  const game = await load(ROM, { devices: setupOf(port, device) });
  game.frames(FROM);
  game.setDevice(port, words);
  game.frames(FRAMES - FROM);
  return game.bytes(READ_AT, READ_BYTES);
}

/** Words that use everything on a device that can be used at once. */
function allWords(device: string): string {
  const { values, buttons, readsBarcodes } = DEVICE_CONTROLS[device as "zapper"];
  if (readsBarcodes === true) return "barcode=4902370517729";
  const numbers = values.map(({ name, max }) => `${name}=${max}`);
  return [...numbers, ...new Set(buttons.filter((name) => name !== ""))].join(" ");
}

describe("words", () => {
  test.each(PLUGGED)("in %s, each control of the %s reaches the program", async (port, device) => {
    const { values, buttons } = DEVICE_CONTROLS[device as "zapper"];
    // Without the light of a picture, a gun's aim cannot be seen here.
    const isGun = buttons.includes("trigger");
    const words = [
      ...new Set(buttons.filter((name) => name !== "" && !UNREAD.includes(name))),
      ...(isGun ? [] : values.map(({ name, max }) => `${name}=${max}`)),
    ];
    const game = await load(ROM, { devices: setupOf(port, device) });
    // Devices with memory have something to read, and to protect.
    game.machine.batteryRam.set(new Prng(1).bytes(game.machine.batteryRam.length));
    game.frames(FROM);
    const start = game.save();
    const readWith = (word: string): number[] => {
      game.load(start);
      game.setDevice(port, word);
      game.frames(2);
      return game.bytes(READ_AT, READ_BYTES);
    };
    const idle = readWith("");
    for (const word of words) expect([word, readWith(word)]).not.toEqual([word, idle]);
    expect(readWith("")).toEqual(idle);
  });

  test("set only the part of their port, and everything in it", () => {
    const setup: DeviceSetup = { port1: "zapper", port2: "arkanoid", expansion: "party-tap" };
    const data = new Uint8Array(DEVICE_DATA_BYTES).fill(0xff);
    setDevice(data, setup, "port2", "position=7 button");
    expect([...portData(data, "port2")]).toEqual([7, 1, 0, 0]);
    expect([...portData(data, "port1"), ...portData(data, "expansion")].every((byte) => byte === 0xff)).toBe(
      true,
    );
  });

  test("a gun is aimed at the picture only if it has a place there", () => {
    const data = new Uint8Array(DEVICE_DATA_BYTES);
    setDevice(data, { port1: "zapper" }, "port1", "TRIGGER  x=9");
    expect([...portData(data, "port1")]).toEqual([9, 0, 3, 0]);
    setDevice(data, { port1: "zapper" }, "port1", "trigger");
    expect([...portData(data, "port1")]).toEqual([0, 0, 1, 0]);
  });

  test.each([
    ["zapper", "fire", "it has x=0…255 y=0…239 trigger"],
    ["zapper", "y=240", "it has x=0…255 y=0…239 trigger"],
    ["standard", "a", "it has no words: press its buttons as those of a controller"],
  ] as const)("of a %s: %s is rejected", (device, word, remedy) => {
    const data = new Uint8Array(DEVICE_DATA_BYTES);
    const error = inputErrorOf(() => setDevice(data, { port1: device }, "port1", word));
    expect(error).toMatchObject({ kind: "usage", remedy });
    expect(error.message).toContain(`"${word}" is nothing that the device in port1 (${device}) does`);
  });

  test("any text is read or rejected, and changes nothing then", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLUGGED), fc.string({ maxLength: 60 }), ([port, device], words) => {
        const data = new Uint8Array(DEVICE_DATA_BYTES).fill(0xa5);
        try {
          setDevice(data, setupOf(port, device), port, words);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(data.every((byte) => byte === 0xa5)).toBe(true);
        }
      }),
    );
  });
});

describe("every face reads the same", () => {
  let server: Server & { errors: unknown[] };
  let rpc: RpcPeer;
  beforeAll(async () => {
    server = await startServer({ rom: romFile, machine: { root: folder } });
    rpc = await RpcPeer.connect(server);
  });
  afterAll(() => server.close());

  test.each(PLUGGED)("in %s, the %s: movie and manifest as the library", async (port, device) => {
    const words = allWords(device);
    const expected = await readByLibrary(port, device, words);

    const movie = parseJsonMovie(
      JSON.stringify({
        emuMovie: 1,
        frames: FRAMES,
        input: [],
        devices: setupOf(port, device),
        deviceData: [[FROM, { [port]: words }]],
      }),
    );
    const nes = createHeadless(readRom(ROM, "reader").image, machineOfMovie(movie));
    const player = new MoviePlayer(nes, movie);
    const pixels = new Uint16Array(FRAME_PIXELS);
    for (let frame = 0; frame < FRAMES; frame++) {
      player.beforeFrame();
      nes.runFrame(pixels);
      player.afterFrame(pixels);
    }
    expect(Array.from({ length: READ_BYTES }, (_, at) => nes.peek("cpu", READ_AT + at))).toEqual(expected);

    const ram = Object.fromEntries(expected.map((byte, at) => [`$${(READ_AT + at).toString(16)}`, byte]));
    const { tests } = await parseManifest(
      JSON.stringify([
        {
          rom: "reader.nes",
          [port]: device,
          deviceInput: [[FROM, { [port]: words }]],
          expect: { frame: FRAMES - 1, ram },
        },
      ]),
      join(folder, "tests.json"),
    );
    expect((await grade(tests[0]!)).result).toMatchObject({ verdict: "pass" });
  });

  test("a manifest's error names the frame and what the device has", async () => {
    const { tests } = await parseManifest(
      JSON.stringify([
        {
          rom: "reader.nes",
          port2: "zapper",
          deviceInput: [[FROM, { port2: "fire" }]],
          protocol: "blargg-6000",
        },
      ]),
      join(folder, "tests.json"),
    );
    const { verdict, detail } = (await grade(tests[0]!)).result;
    expect(verdict).toBe("error");
    expect(detail).toContain("deviceInput, frame 3");
    expect(detail).toContain("y=0…239");
  });

  test("a manifest speaks into the Famicom's microphone and presses buttons of any controller", async () => {
    const at = (place: number): string => `$${(READ_AT + place).toString(16)}`;
    const { tests } = await parseManifest(
      JSON.stringify([
        {
          rom: "reader.nes",
          microphone: true,
          expansion: "pads",
          input: [[FROM, "p2.start+p3.a+p4.a"]],
          // Sound alternates on D2 of $4016; controllers 3 and 4 are on D1 of both registers.
          expect: {
            frame: FRAMES,
            ram: {
              [at(0)]: { is: 4, mask: 4 },
              [at(2)]: { is: 2, mask: 6 },
              [at(3)]: { is: 2, mask: 2 },
            },
          },
        },
      ]),
      join(folder, "tests.json"),
    );
    expect(tests[0]!.input).toEqual([[FROM, 0x0101_0800]]);
    expect((await grade(tests[0]!)).result).toMatchObject({ verdict: "pass" });
  });

  test("emu serve rejects words that a device does not have", async () => {
    await expect(rpc.call("device", { port: "port2", input: "13" })).rejects.toThrow("13");
    await expect(rpc.call("device", { port: "port3", input: "" })).rejects.toThrow("port1, port2, expansion");
  });
});

/** One device for each port, until each device has been in each. */
const TOGETHER: readonly DeviceSetup[] = Array.from(
  { length: Math.max(...DEVICE_PORTS.map((port) => devicesOf(port).length)) },
  (_, at) =>
    Object.fromEntries(
      DEVICE_PORTS.map((port) => [port, devicesOf(port)[at]] as const).filter(
        ([, device]) => device !== undefined,
      ),
    ),
);

function devicesOf(port: Port): readonly string[] {
  return PLUGGED.filter(([where]) => where === port).map(([, device]) => device);
}

test.each(TOGETHER)("emu serve takes words for %j", async (devices) => {
  const server = await startServer({ rom: romFile, machine: { root: folder, nes: { devices } } });
  try {
    const rpc = await RpcPeer.connect(server);
    await rpc.call("run", { frames: FROM });
    const game = await load(ROM, { devices });
    game.frames(FROM);
    for (const [port, device] of Object.entries(devices)) {
      await rpc.call("device", { port, input: allWords(device) });
      game.setDevice(port as Port, allWords(device));
    }
    await rpc.call("run", { frames: FRAMES - FROM });
    game.frames(FRAMES - FROM);
    const { bytes } = await rpc.call("peek", { address: READ_AT, length: READ_BYTES });
    expect(bytes).toEqual(game.bytes(READ_AT, READ_BYTES));
  } finally {
    await server.close();
  }
});

/** What a format can hold of PLUGGED besides JSON, which holds everything. */
const HELD: Readonly<Record<"fm2" | "bk2", readonly string[]>> = {
  fm2: ["port1 zapper", "port2 zapper"],
  bk2: [
    "port1 zapper",
    "port2 zapper",
    "port1 arkanoid",
    "port2 arkanoid",
    "port1 power-pad",
    "port2 power-pad",
    "expansion zapper",
    "expansion arkanoid",
    "expansion family-basic-keyboard",
    "expansion oeka-kids-tablet",
  ],
};

describe.each(["json", "fm2", "bk2"] as const)("a movie in %s", (format) => {
  test.each(PLUGGED)("in %s, the %s: the same after writing and reading, or an error", (port, device) => {
    const setup = setupOf(port, device);
    const words = allWords(device);
    const movie = parseJsonMovie(
      JSON.stringify({
        emuMovie: 1,
        frames: FRAMES,
        input: [],
        devices: setup,
        deviceData: [[FROM, { [port]: words }]],
      }),
    );
    const write = () => formatMovie(movie, format);
    if (format !== "json" && !HELD[format].includes(`${port} ${device}`)) {
      const error = inputErrorOf(write);
      expect(error.kind).toBe("data");
      expect(error.message).toContain(device);
      return;
    }
    const read = parseMovie(Buffer.from(write()));
    expect(read.devices).toEqual(setup);
    const [before, after] = [new Uint8Array(DEVICE_DATA_BYTES), new Uint8Array(DEVICE_DATA_BYTES)];
    // Before, guns are aimed beside the picture, which formats write in different ways.
    for (let frame = FROM; frame < FRAMES; frame++) {
      movie.deviceData?.fill(frame, before);
      read.deviceData?.fill(frame, after);
      expect([frame, ...after]).toEqual([frame, ...before]);
    }
  });
});

test("docs/devices.md has the words of every device", async () => {
  const text = await Bun.file(join(import.meta.dir, "../../../docs/devices.md")).text();
  for (const device of [...PORT_DEVICES, ...EXPANSION_DEVICES]) {
    const row = text.split("\n").find((line) => line.startsWith("| `") && line.includes(`\`${device}\``));
    expect([device, row]).toEqual([device, expect.any(String)]);
    if (!device.endsWith("-keyboard") && device !== "data-recorder")
      expect(row).toContain(deviceVocabulary(device));
  }
});
