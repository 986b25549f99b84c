/** The serial memory of multicarts by BlazePro, which has 16 bytes and answers writes from a table. */

// Bytes of the chip's state. Its memory follows.
const COUNT = 0; // bits of the message so far
const COMMAND = 1;
export const SERIAL_LINES = 2;
const MEMORY = 4;

export const SERIAL_CLOCK = 2;
export const SERIAL_OUTPUT = 1;

const READ = 0x50;
const WRITE = 0xa0;

/**
 * The table holds the numbers from 7 on in order, without some that no game of the 509-in-1 has, and with the
 * numbers below 7 inserted after others. NintendulatorNRS has the whole of it.
 */
const LEFT_OUT: ReadonlySet<number> = new Set([237, 255, 348, 509, 510, 511]);
const INSERTED: Readonly<Record<number, readonly number[]>> = {
  72: [0, 1],
  90: [4],
  129: [2, 3],
  139: [5],
  256: [6],
};
const TABLE = Uint16Array.from(
  Array.from({ length: 511 }, (_, at) => at + 7)
    .filter((number) => !LEFT_OUT.has(number))
    .flatMap((number) => [number, ...(INSERTED[number] ?? [])]),
);

/**
 * The lines of the chip change. A message of 16 bits, the highest first, is a command, an address of 4 bits
 * and data; each rising edge of the clock moves a bit. Deselecting the chip ends the message. While data are
 * written, the chip sends half an entry of the table, which the first bytes of its memory select.
 */
export function clockSerialLatch(chip: Uint8Array, isSelected: boolean, clock: number, bit: number): void {
  const lines = chip[SERIAL_LINES];
  if (!isSelected) chip[COUNT] = 0;
  else if ((lines & SERIAL_CLOCK) === 0 && clock !== 0) shift(chip, bit);
  chip[SERIAL_LINES] = (chip[SERIAL_LINES] & SERIAL_OUTPUT) | (clock !== 0 ? SERIAL_CLOCK : 0);
}

function shift(chip: Uint8Array, bit: number): void {
  const count = chip[COUNT] & 0x0f;
  chip[COUNT] = (count + 1) & 0x0f;
  if (count < 8) {
    chip[COMMAND] = (chip[COMMAND] << 1) | bit;
    const command = chip[COMMAND] & 0xf0;
    if (count === 7 && command !== READ && command !== WRITE) chip[COUNT] = 0;
    return;
  }
  const mask = 0x80 >> (count - 8);
  const at = MEMORY + (chip[COMMAND] & 0x0f);
  let answer = chip[at];
  if ((chip[COMMAND] & 0xf0) === WRITE) {
    chip[at] = bit !== 0 ? chip[at] | mask : chip[at] & ~mask;
    const entry = TABLE[(chip[MEMORY] | chip[MEMORY + 1] | (chip[MEMORY + 2] << 8)) & 0x1ff];
    answer = (at & 1) !== 0 ? entry & 0xff : entry >> 8;
  }
  chip[SERIAL_LINES] = (answer & mask) !== 0 ? SERIAL_CLOCK | SERIAL_OUTPUT : SERIAL_CLOCK;
}
