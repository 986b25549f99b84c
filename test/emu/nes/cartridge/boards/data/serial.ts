import type { Step, Write } from "../board-case.ts";

/** How a board drives a serial EEPROM: the write that sets both lines, and where SDA is read. */
export interface SerialPort {
  lines(scl: number, sda: number): Write;
  readonly readAddress: number;
}

type Steps = (Write | Step)[];

/** SDA falls while SCL is high. */
export function start(port: SerialPort): Steps {
  return [port.lines(0, 1), port.lines(1, 1), port.lines(1, 0), port.lines(0, 0)];
}

/** SDA rises while SCL is high. */
export function stop(port: SerialPort): Steps {
  return [port.lines(0, 0), port.lines(1, 0), port.lines(1, 1)];
}

/** Eight bits out, in the order given, and the chip's acknowledge. */
export function send(port: SerialPort, bits: readonly number[]): Steps {
  const out = bits.flatMap((bit): Steps => [port.lines(0, bit), port.lines(1, bit), port.lines(0, bit)]);
  return [...out, port.lines(0, 1), port.lines(1, 1), sdaIs(port, 0), port.lines(0, 1)];
}

/** Eight bits in, in the order given, then an acknowledge or none. */
export function receive(port: SerialPort, bits: readonly number[], acknowledge: boolean): Steps {
  const into = bits.flatMap((bit): Steps => [port.lines(1, 1), sdaIs(port, bit), port.lines(0, 1)]);
  const sda = acknowledge ? 0 : 1;
  return [...into, port.lines(0, sda), port.lines(1, sda), port.lines(0, sda)];
}

/** A byte's bits, the most significant first. */
export function msbFirst(byte: number): number[] {
  return Array.from({ length: 8 }, (_, bit) => (byte >> (7 - bit)) & 1);
}

/** A byte's bits, the least significant first. */
export function lsbFirst(byte: number): number[] {
  return msbFirst(byte).reverse();
}

/** The open bus of the harness is $AB; SDA is bit 4. */
function sdaIs(port: SerialPort, bit: number): Step {
  return { reads: [[port.readAddress, (0xab & ~0x10) | (bit << 4)]] };
}
