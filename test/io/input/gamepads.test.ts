import { afterEach, describe, expect, test } from "bun:test";
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUTTON_BITS, MORE_BUTTON_BITS, RIGHT_STICK_BITS } from "../../../src/io/input/bindings.ts";
import { Gamepads } from "../../../src/io/input/gamepads.ts";
import { LinuxPads, parseBits } from "../../../src/io/input/linux-pads.ts";
import { padEvents } from "../../support/pad-events.ts";

const { a, b, start, up, left } = BUTTON_BITS;

/** Key capabilities of an Xbox pad and of a keyboard, as /sys prints them. */
const XPAD_KEYS = "7cdb000000000000 0 0 0 0";
const KEYBOARD_KEYS = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe";

/** Folders like /dev/input and /sys/class/input, with pipes instead of devices. */
class FakeSystem {
  readonly root = mkdtempSync(join(tmpdir(), "emu-pads-"));
  readonly devices = join(this.root, "dev");
  readonly system = join(this.root, "sys");
  readonly #ends = new Map<string, number>();

  constructor() {
    mkdirSync(this.devices);
  }

  plug(event: string, name: string, keys: string, axes = "30003"): void {
    const about = join(this.system, event, "device");
    mkdirSync(join(about, "capabilities"), { recursive: true });
    writeFileSync(join(about, "name"), `${name}\n`);
    writeFileSync(join(about, "capabilities/key"), `${keys}\n`);
    writeFileSync(join(about, "capabilities/abs"), `${axes}\n`);
    const pipe = join(this.devices, event);
    expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
    this.#ends.set(event, openSync(pipe, constants.O_RDWR));
  }

  send(event: string, ...lines: string[]): void {
    writeSync(this.#ends.get(event)!, padEvents(...lines));
  }

  unplug(event: string): void {
    closeSync(this.#ends.get(event)!);
    this.#ends.delete(event);
    rmSync(join(this.devices, event));
    rmSync(join(this.system, event), { recursive: true });
  }

  remove(): void {
    for (const end of this.#ends.values()) closeSync(end);
    rmSync(this.root, { recursive: true });
  }
}

describe.skipIf(process.platform !== "linux")("Gamepads", () => {
  let system: FakeSystem | undefined;
  let pads: Gamepads | undefined;
  afterEach(() => {
    pads?.stop();
    system?.remove();
    system = undefined;
  });

  function begin(): { system: FakeSystem; pads: Gamepads; words: () => [held: number, turbo: number] } {
    system = new FakeSystem();
    pads = new Gamepads(new LinuxPads(system.devices, system.system));
    let words: [number, number] = [0, 0];
    pads.onButtons = (held, turbo) => {
      words = [held, turbo];
    };
    return { system, pads, words: () => words };
  }

  test("plays a pad's events, and does not open keyboards", () => {
    const { system, pads, words } = begin();
    system.plug("event0", "A keyboard", KEYBOARD_KEYS);
    system.plug("event3", "Xbox pad", XPAD_KEYS);
    pads.scan();
    expect(pads.names).toEqual(["Xbox pad", undefined, undefined, undefined]);
    system.send("event3", "KEY 0x131 1", "ABS 0x10 -1");
    pads.poll();
    expect(words()).toEqual([a | left, 0]);
    system.send("event3", "KEY 0x131 0", "KEY 0x134 1");
    pads.poll();
    expect(words()).toEqual([left, b]);
  });

  test("gives each pad a port, up to four, and keeps it", () => {
    const { system, pads, words } = begin();
    for (let index = 0; index < 5; index++) system.plug(`event${index}`, `pad ${index}`, XPAD_KEYS);
    pads.scan();
    expect(pads.names).toEqual(["pad 0", "pad 1", "pad 2", "pad 3"]);
    for (let index = 0; index < 4; index++) system.send(`event${index}`, "KEY 0x13b 1");
    pads.poll();
    expect(words()).toEqual([(start * 0x01010101) >>> 0, 0]);
    // An unplugged pad releases everything; the others keep their ports.
    system.unplug("event1");
    pads.scan();
    expect(words()).toEqual([(start * 0x01010001) >>> 0, 0]);
    expect(pads.names).toEqual(["pad 0", "pad 4", "pad 2", "pad 3"]);
    system.send("event2", "KEY 0x13b 0", "ABS 0x11 -1");
    pads.poll();
    expect(words()[0]).toBe(((start << 24) | (up << 16) | start) >>> 0);
  });

  test("for consoles with more buttons, reports ports 3 and 4 and the sticks of port 1", () => {
    system = new FakeSystem();
    pads = new Gamepads(new LinuxPads(system.devices, system.system), 16);
    const reports: [number, number[]][] = [];
    pads.onMore = (buttons, sticks) => reports.push([buttons, [...sticks]]);
    for (let index = 0; index < 4; index++) system.plug(`event${index}`, `pad ${index}`, XPAD_KEYS, "3001b");
    pads.scan();
    system.send("event2", "KEY 0x131 1");
    system.send("event3", "KEY 0x133 1");
    pads.poll();
    expect(reports).toEqual([[(0x100 << 16) | a, [0, 0, 0, 0]]]);
    system.send("event0", "ABS 0x00 32767", "ABS 0x04 -32768");
    pads.poll();
    expect(reports.at(-1)).toEqual([(0x100 << 16) | a, [127, 0, 0, -127]]);
    system.unplug("event2");
    system.unplug("event0");
    pads.scan();
    expect(reports.at(-1)).toEqual([0x100 << 16, [0, 0, 0, 0]]);
  });

  test("reports everything that the first two pads hold, before the controllers' words", () => {
    const { system, pads } = begin();
    const reports: [string, ...number[]][] = [];
    pads.onWide = (port, buttons) => reports.push(["wide", port, buttons]);
    pads.onButtons = (held, turbo) => reports.push(["buttons", held, turbo]);
    for (let index = 0; index < 3; index++) system.plug(`event${index}`, `pad ${index}`, XPAD_KEYS, "3001b");
    pads.scan();
    system.send("event1", "KEY 0x133 1", "KEY 0x136 1", "ABS 0x04 32767");
    system.send("event2", "KEY 0x137 1");
    pads.poll();
    expect(reports).toEqual([
      ["wide", 1, MORE_BUTTON_BITS.x | MORE_BUTTON_BITS.l | RIGHT_STICK_BITS.down],
      ["buttons", 0, a << 8],
    ]);
    system.unplug("event1");
    pads.scan();
    expect(reports.slice(2)).toEqual([
      ["wide", 1, 0],
      ["buttons", 0, 0],
    ]);
  });

  test("finds a pad that is plugged in while a game runs", async () => {
    const { system, pads } = begin();
    pads.start();
    const changed = new Promise<void>((resolve) => {
      pads.onChange = resolve;
    });
    system.plug("event7", "late pad", XPAD_KEYS);
    await changed;
    const pressed = new Promise<number>((resolve) => {
      pads.onButtons = resolve;
    });
    system.send("event7", "KEY 0x130 1");
    expect(await pressed).toBe(b);
  }, 20_000);

  test("finds no pads without devices", () => {
    const none = new Gamepads(new LinuxPads("/nowhere", "/nowhere"));
    none.scan();
    expect(none.names.every((name) => name === undefined)).toBe(true);
  });
});

describe("parseBits", () => {
  test("counts bits from the last word", () => {
    const has = parseBits(XPAD_KEYS);
    expect([0x130, 0x131, 0x133, 0x134, 0x13a, 0x13b, 0x13e].every(has)).toBe(true);
    expect([0x132, 0x120, 0x10, 0x220].some(has)).toBe(false);
    expect(parseBits(KEYBOARD_KEYS)(16)).toBe(true);
  });
});
