import type { DipSwitch } from "../../machine.ts";

/** Two banks of eight switches: bank 1 in the low byte. */
export const PLAY_CHOICE_SWITCHES = 16;

/** The switches that MAME's driver sets: demo sounds, and a unit of time per second. */
export const PLAY_CHOICE_DIPS = 0x3f40;

/**
 * Units of time for a coin in slot 1 and slot 2, by switches 1 to 6. Each block of 16 adds 1000 units to
 * those of slot 2; entry 15 lies out of the row.
 */
function priceLabel(value: number): string {
  const entry = value & 15;
  const thousands = (value >> 4) * 1000;
  if (entry < 10) return `300/${thousands + entry * 100}`;
  return `150/${thousands + (entry === 15 ? 500 : (entry - 10) * 200)}`;
}

/** Frames per unit of time, as the program computes them from switches 9 to 14, and how they are called. */
const SPEEDS = [
  [0x3f, "1 per second"],
  [0x22, "2 per second"],
  [0x18, "3 per second"],
  [0x13, "4 per second"],
  [0x10, "5 per second"],
  [0x0e, "6 per second"],
  [0x0a, "10 per second"],
  [0x08, "15 per second"],
  [0x07, "20 per second"],
  [0x06, "30 per second"],
  [0x05, "60 per second"],
  [0x00, "1 per 4 seconds"],
  [0x80, "free play"],
] as const;

/**
 * What the switches mean for Nintendo's control program.
 * https://github.com/mamedev/mame/blob/master/src/mame/nintendo/playch10.cpp
 */
export const PLAY_CHOICE_SWITCH_NAMES: readonly DipSwitch[] = [
  {
    name: "units-per-coin",
    mask: 0x3f,
    pattern:
      "slot 1/slot 2: 300/0, 300/100, 300/200 … 300/3900, " +
      "150/0, 150/200, 150/400, 150/500, 150/600, 150/800, 150/1000 … 150/3800",
    choices: Array.from({ length: 64 }, (_, value) => ({ label: priceLabel(value), value })),
  },
  {
    name: "demo-sounds",
    mask: 0x40,
    choices: [
      { label: "on", value: 0x40 },
      { label: "off", value: 0 },
    ],
  },
  {
    name: "service-mode",
    mask: 0x80,
    choices: [
      { label: "off", value: 0 },
      { label: "on", value: 0x80 },
    ],
  },
  {
    name: "timer",
    mask: 0xbf00,
    choices: SPEEDS.map(([value, label]) => ({ label, value: value << 8 })),
  },
  {
    name: "slot-2",
    mask: 0x4000,
    choices: [
      { label: "all units", value: 0 },
      { label: "half of the units", value: 0x4000 },
    ],
  },
];
