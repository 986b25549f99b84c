import { afterEach, describe, expect, test } from "bun:test";
import { AudioReader } from "../../../src/io/shared/audio-ring.ts";
import { COMMAND_PAUSE, COMMAND_STEP } from "../../../src/io/shared/commands.ts";
import { MACHINE_PAUSED, MACHINE_RUNNING } from "../../../src/io/shared/layout-words.ts";
import { TripleBufferReader } from "../../../src/io/shared/triple-buffer.ts";
import { EmuClient, type EmuClientOptions } from "../../../src/io/thread/emu-client.ts";
import { fakeSource } from "../../support/fake-emu-worker.ts";
import type { FakeOptions } from "../../support/fake-machine.ts";

const clients: EmuClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop()));
});

async function start(fake: FakeOptions = {}, options: Partial<EmuClientOptions> = {}): Promise<EmuClient> {
  const client = await EmuClient.start({
    machine: fakeSource(fake),
    startPaused: true,
    warmUpFrames: 0,
    ...options,
  });
  clients.push(client);
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 30_000 && !condition(); turn++) await Bun.sleep(1);
  expect(condition()).toBe(true);
}

describe("machine thread", () => {
  test("starts at power-on after any warm-up", async () => {
    const cold = await start({}, { warmUpFrames: 0 });
    const warm = await start({}, { warmUpFrames: 60 });
    expect(await warm.registers()).toEqual(await cold.registers());
    expect((await warm.registers()).frame).toBe(0);
  });

  test("runs in real time, pauses, resumes, and reports its state", async () => {
    const client = await start();
    await until(() => client.stats().state === MACHINE_PAUSED);
    await client.resume();
    await until(() => client.stats().frames > 3);
    expect(client.stats().state).toBe(MACHINE_RUNNING);
    await client.pause();
    const { frames } = client.stats();
    await Bun.sleep(60);
    expect(client.stats().frames).toBe(frames);
  });

  test("steps exactly, and publishes the picture of the last frame", async () => {
    const client = await start();
    await client.step(7);
    expect((await client.registers()).frame).toBe(7);
    const reader = new TripleBufferReader(client.blocks.frames);
    expect(reader.acquire()).toBe(true);
    expect(reader.frame).toBe(7);
    expect([...reader.pixels.subarray(0, 3)]).toEqual([6, 7, 8]);
  });

  test("buttons reach the machine from sources, and from commands for N frames", async () => {
    const client = await start();
    client.setButtons("keyboard", 0x81);
    await client.step(1);
    expect(await readButtons(client)).toBe(0x81);
    client.setButtons("keyboard", 0);
    await client.hold(0x0200, 2);
    const seen: number[] = [];
    for (let frame = 0; frame < 3; frame++) {
      await client.step(1);
      seen.push(await readButtons(client));
    }
    expect(seen).toEqual([0x0200, 0x0200, 0]);
  });

  test("sound channels can be muted, which silences their samples", async () => {
    const client = await start();
    const reader = new AudioReader(client.blocks.audio);
    const heard = new Int16Array(800);
    for (const [muted, isSilent] of [
      [1, true],
      [0, false],
    ] as const) {
      await client.muteChannels(muted);
      await client.step(1);
      expect(reader.pop(heard, 800)).toBe(800);
      expect(heard.every((sample) => sample === 0)).toBe(isSilent);
    }
  });

  test("returns the picture that was published last", async () => {
    const client = await start();
    await client.step(3);
    const picture = await client.picture();
    expect(picture).toHaveLength(256 * 240);
    expect([...picture.subarray(0, 3)]).toEqual([2, 3, 4]);
  });

  test("states go to bytes and back; a foreign state is rejected", async () => {
    const client = await start();
    await client.step(10);
    const atTen = await client.registers();
    const bytes = await client.saveState();
    expect(bytes.tag).toBe(10);
    await client.step(5);
    const later = await client.registers();
    await client.loadState(bytes.bytes);
    expect(await client.registers()).toEqual(atTen);
    await client.step(5);
    expect(await client.registers()).toEqual(later);
    await client.loadState(bytes.bytes);
    expect(await client.registers()).toEqual(atTen);
    await expect(client.loadState(new Uint8Array(bytes.bytes.length))).rejects.toThrow("not a state");
    await expect(client.loadState(new Uint8Array(3))).rejects.toThrow("has");
    expect((await client.registers()).frame).toBe(10);
  });

  test("memory can be read and changed between frames", async () => {
    const client = await start();
    await client.poke("cpu", 0x10, 0xab);
    expect([...(await client.peek("cpu", 0x0f, 3))]).toEqual([0, 0xab, 0]);
  });

  test("the battery is loaded from a save, survives power cycles, and can be read at the end", async () => {
    const battery = Uint8Array.from({ length: 64 }, (_, i) => i);
    const client = await start({ batteryBytes: 64 }, { battery });
    expect(client.battery()?.bytes).toEqual(battery);
    await client.reset("power");
    expect((await client.registers()).frame).toBe(0);
    await client.stop();
    expect(client.battery()?.bytes).toEqual(battery);
    expect(await client.ended).toBeUndefined();
  });

  test("starts from a given state, and rejects one of another machine", async () => {
    const first = await start();
    await first.step(33);
    const { bytes } = await first.saveState();
    const second = await start({}, { state: bytes });
    expect(await second.registers()).toEqual(await first.registers());
    await expect(start({}, { state: new Uint8Array(100) })).rejects.toThrow("not a state");
  });

  test("a machine that cannot be built is an error of the kind that its constructor raised", async () => {
    await expect(start({ refuse: "mapper 999 is not supported" })).rejects.toMatchObject({
      name: "InputError",
      kind: "data",
      message: "mapper 999 is not supported",
      where: "byte 6",
      remedy: "use another file",
    });
  });

  test("uncapped it runs faster than real time, and 0 late frames are counted", async () => {
    const client = await start({}, { startPaused: false, speedPercent: 0 });
    await until(() => client.stats().frames > 500);
    expect(client.stats().missed).toBe(0);
    expect(client.stats().latenessMicroseconds.count).toBe(0);
  });

  test("each of several concurrent commands gets its own result", async () => {
    const client = await start({});
    const state = new Uint8Array(client.ready.stateBytes);
    const results = await Promise.allSettled([
      client.pause(),
      client.loadState(state),
      client.changeDisk(0),
      client.saveState(),
      client.insertCoin(0),
    ]);
    const reasons = results.map((result) => (result.status === "rejected" ? `${result.reason.message}` : ""));
    expect(reasons).toEqual([
      "",
      "not a state of this machine",
      "this machine has no disk drive",
      "",
      "this machine has no coin slots",
    ]);
  });

  test("concurrent reads of memory and registers each get their own reply", async () => {
    const client = await start({});
    for (let byte = 0; byte < 4; byte++) await client.poke("cpu", byte, 0x11 * byte);
    const looks = [0, 1, 2, 3].map((address) => client.peek("cpu", address, 1));
    const [registers, ...bytes] = await Promise.all([client.registers(), ...looks]);
    expect(Object.keys(registers)).toContain("pc");
    const alone = await Promise.all([0, 1, 2, 3].map(async (at) => (await client.peek("cpu", at, 1))[0]));
    expect(bytes.map((byte) => byte[0])).toEqual(alone);
    expect(bytes.map((byte) => byte.length)).toEqual([1, 1, 1, 1]);
  });

  test("a full command ring rejects the command", async () => {
    const client = await start({ hangAtFrame: 0 });
    // A pause together with the step would cancel it, so the thread must already hang in its frame.
    await client.command(COMMAND_STEP, 1);
    await Bun.sleep(50);
    let sent = 0;
    while (client.send(COMMAND_PAUSE) >= 0) sent++;
    expect(sent).toBeGreaterThanOrEqual(255);
    await expect(client.pause()).rejects.toThrow("queue is full");
  });
});

/** The fake machine stores the buttons of the last frame in its third word. */
async function readButtons(client: EmuClient): Promise<number> {
  const bytes = await client.peek("cpu", 8, 4);
  return new DataView(bytes.buffer).getUint32(0, true);
}

describe("a machine thread that fails", () => {
  test("a thrown error is reported with its message and a state from before", async () => {
    const client = await start({ throwAtFrame: 5 }, { startPaused: false });
    const fault = await client.ended;
    expect(fault).toMatchObject({ kind: "threw", message: "Error: the fake machine threw" });
    expect(fault!.stack).toContain("fake-machine.ts");
    expect(fault!.lastGood?.bytes.length).toBe(client.ready.stateBytes);
    expect(client.isRunning).toBe(false);
    expect(client.send(COMMAND_PAUSE)).toBe(-1);
    await expect(client.pause()).rejects.toThrow("has ended");
  });

  test("a hung thread is detected and ended, and its last good state runs in a new thread", async () => {
    const client = await start({ hangAtFrame: 8 });
    await client.step(8);
    await client.saveState();
    const waiting = client.step(1);
    const fault = await client.ended;
    await waiting.catch(() => undefined);
    expect(fault).toMatchObject({ kind: "hung", lastGood: { tag: 8 } });
    const next = await start({}, { state: fault!.lastGood!.bytes });
    await next.step(1);
    expect((await next.registers()).frame).toBe(9);
  });

  test("commands that wait when the thread ends are rejected", async () => {
    const client = await start({ throwAtFrame: 0 });
    client.send(COMMAND_STEP, 1);
    await client.ended;
    await expect(client.command(COMMAND_PAUSE)).rejects.toMatchObject({ kind: "unavailable" });
  });

  test("stop ends a hung thread too", async () => {
    const client = await start({ hangAtFrame: 3 }, { startPaused: false });
    await until(() => client.stats().frames === 3);
    await Bun.sleep(100);
    expect(await client.stop()).toMatchObject({ kind: "hung" });
  });
});
