/**
 * Devices of NES 2.0 byte 15 that emu does not have, by number. Those that only need controllers are left
 * out: Double-Fisted (28), the Famicom 3D System (29), whose shutters no program can read, and multicarts
 * (42). https://www.nesdev.org/wiki/NES_2.0#Default_Expansion_Device
 */
const MISSING_DEVICES: Readonly<Record<number, string>> = {
  17: "second paddle and its Data Recorder",
  25: "Miracle Piano",
  26: "Tap-tap Mat",
  30: "Doremikko keyboard",
  37: "Bit-79 keyboard",
  44: "RacerMate bicycle",
  45: "U-Force",
  47: "City Patrolman light gun",
  48: "Sharp C1's cassette interface",
  49: "controller with swapped directions and buttons",
  50: "Sudoku pad",
  51: "ABL Pinball",
  52: "Golden Nugget Casino's extra buttons",
  53: "Keda keyboard",
  55: "port test controller",
  56: "Bandai Multi Game Player's gamepad buttons",
  57: "Venom TV dance mat",
  58: "LG TV remote control",
  60: "King Fishing controller",
  61: "Croaky Karaoke controller",
  62: "Kingwon keyboard",
  63: "Zecheng keyboard",
  64: "Subor keyboard with a rotated PS/2 mouse",
  65: "UM6578's PS/2 keyboard with a PS/2 mouse",
  66: "UM6578's PS/2 mouse",
  67: "Yuxing mouse",
  68: "Subor keyboard with a Yuxing mouse",
  69: "Gigggle TV Pump",
  70: "BBK keyboard with a rotated PS/2 mouse",
  71: "Magical Cooking's controller",
  74: "prototype of the Arkanoid paddle",
  75: "TV Mahjong Game controller",
  76: "Mahjong Gekitou Densetsu controller",
  77: "Subor keyboard with an inverted PS/2 mouse",
  78: "IBM PC/XT keyboard",
  79: "Subor keyboard with a Mega Book mouse",
};

/** The device of a header that emu does not have; undefined for other numbers. */
export function missingDevice(expansionDevice: number): string | undefined {
  return MISSING_DEVICES[expansionDevice];
}
