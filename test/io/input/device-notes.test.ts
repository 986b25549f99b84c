import { expect, test } from "bun:test";
import { DEVICE_CONTROLS, DEVICE_PORTS, deviceIn } from "../../../src/emu/nes/input/device-controls.ts";
import { type DeviceSetup, EXPANSION_DEVICES, PORT_DEVICES } from "../../../src/emu/nes/input/devices.ts";
import { DEFAULT_BINDINGS } from "../../../src/io/input/bindings.ts";
import { DEVICE_KEYS, SWITCHES } from "../../../src/io/input/device-keys.ts";
import { deviceNotes } from "../../../src/io/input/device-notes.ts";
import { deviceVocabulary } from "../../../src/io/input/device-words.ts";
import { labelOfKey } from "../../../src/io/input/key-labels.ts";
import { describeKeys } from "../../../src/io/play/pad-picture.ts";

const SETUPS: readonly DeviceSetup[] = [
  ...PORT_DEVICES.map((port2): DeviceSetup => ({ port2 })),
  ...EXPANSION_DEVICES.map((expansion): DeviceSetup => ({ expansion })),
];

test.each(SETUPS)(
  "%o: what scripts can do on it, keys and the mouse can, and help says with which",
  (setup) => {
    const device = DEVICE_PORTS.map((port) => deviceIn(setup, port)).find(
      (one) => one !== "standard" && one !== "none",
    );
    const notes = deviceNotes(setup);
    expect(notes.length > 0).toBe(device !== undefined && deviceVocabulary(device) !== "");
    if (device === undefined) return;
    for (const { text } of notes) expect(text).toStartWith(`${device}: `);
    const shown = notes.flatMap(({ keys, text }) => [...keys, text]).join("  ");
    const { buttons } = DEVICE_CONTROLS[device];
    for (const [button, key] of (DEVICE_KEYS[device] ?? []).entries())
      if (key !== buttons[button])
        expect(shown).toContain(`${labelOfKey(key)}  ${device}: ${buttons[button]}`);
    for (const { key } of SWITCHES[device] ?? []) expect(shown).toContain(`${labelOfKey(key)}  ${device}: `);
  },
);

test("buttons that their keys name share a line", () => {
  expect(deviceNotes({ expansion: "party-tap" })).toEqual([
    { keys: ["1 … 6"], text: "party-tap: buttons of these names" },
  ]);
  expect(deviceNotes({ port2: "power-pad" }).slice(1)).toEqual([
    { keys: ["0"], text: "power-pad: 10" },
    { keys: ["-"], text: "power-pad: 11" },
    { keys: ["="], text: "power-pad: 12" },
  ]);
});

test("the microphone is a note of its own", () => {
  expect(deviceNotes({ microphone: true }).map(({ text }) => text)).toEqual([
    "microphone: a sound while it is held",
  ]);
});

test.each(SETUPS)("emu run --keys with %o fits into 80 columns", (setup) => {
  const text = describeKeys(DEFAULT_BINDINGS, 24, setup);
  for (const { keys, text: note } of deviceNotes(setup))
    for (const part of [...keys, ...note.split(" ")]) expect(text).toContain(part);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});
