/** The Famicom Network System in tests: images, and the Famicom's side of its mailbox. */
import type { CartridgeImage } from "../../src/emu/nes/cartridge/image.ts";
import { CPU2_ROM_BYTES, KANJI_ROM_BYTES } from "../../src/emu/nes/cartridge/network-roms.ts";
import { BoardHarness, type TestCartridge, testImage } from "./board-harness.ts";

type NetworkRoms = Pick<CartridgeImage, "kanjiRom" | "cpu2Rom">;

/** A card: an image of mapper 1 whose header names the console. */
export function cardImage(
  networkRoms: NetworkRoms = {},
  cartridge: Partial<TestCartridge> = {},
): CartridgeImage {
  const image = testImage({ mapper: 1, prgKib: 128, chrRamKib: 8, ...cartridge });
  return { ...image, console: "famicom-network", ...networkRoms };
}

/** Kanji: each byte is the sum of the number of its character and its row, with the bank in bit 7. */
export function numberedKanji(): Uint8Array {
  return Uint8Array.from(
    { length: KANJI_ROM_BYTES },
    (_, at) => (((at >> 5) + (at & 31)) & 0x7f) | ((at >> 17) << 7),
  );
}

/** A program for CPU2 at $E000, where it starts; `nmi` and `irq` are the addresses of its handlers. */
export function cpu2Rom(code: readonly number[], nmi = 0xe000, irq = 0xe000): Uint8Array {
  const rom = new Uint8Array(CPU2_ROM_BYTES);
  rom.set(code);
  rom.set([nmi & 0xff, nmi >> 8, 0x00, 0xe0, irq & 0xff, irq >> 8], CPU2_ROM_BYTES - 6);
  return rom;
}

/** A board with a card whose CPU2 runs. */
export function runningNetwork(networkRoms: NetworkRoms = {}): BoardHarness {
  const harness = new BoardHarness(cardImage(networkRoms));
  harness.write(0x40d3, 0xff);
  harness.write(0x40b1, 0xf7);
  return harness;
}

/** Reads the mailbox's flags until bit 7 is `high`. Throws if that takes too long. */
function waitFor(harness: BoardHarness, high: boolean): void {
  for (let tries = 0; tries < 1000; tries++) if (((harness.read(0x40d3) & 0x80) !== 0) === high) return;
  throw new Error(`CPU2 does not ${high ? "raise" : "lower"} its flag`);
}

/** Sends a message: command, bytes, and the byte between the count and them. */
export function sendMessage(
  harness: BoardHarness,
  command: number,
  bytes: readonly number[],
  extra = 0,
): void {
  if ((harness.read(0x40d3) & 0xc0) !== 0xc0) throw new Error("CPU2 is not idle");
  harness.write(0x40d3, 0x7f);
  harness.write(0x40d3, 0x3f);
  let high = false;
  const message = [command, bytes.length, extra, ...bytes];
  for (let at = 0; at < message.length; at += 3) {
    waitFor(harness, high);
    for (let i = 0; i < 3; i++) harness.write(0x40d0 + i, message[at + i] ?? 0);
    high = !high;
    harness.write(0x40d3, high ? 0xbf : 0x3f);
  }
  waitFor(harness, high);
  harness.write(0x40d3, 0xff);
}

/** Takes the answer that CPU2 offers; undefined if there is none. `extra` stands before the bytes. */
export function takeAnswer(
  harness: BoardHarness,
): { command: number; extra: number; bytes: number[] } | undefined {
  if ((harness.read(0x40d3) & 0xc0) !== 0) return undefined;
  harness.write(0x40d3, 0x7f);
  let high = true;
  const group = (): number[] => {
    waitFor(harness, high);
    const bytes = [0x40d0, 0x40d1, 0x40d2].map((address) => harness.read(address));
    harness.write(0x40d3, high ? 0xff : 0x7f);
    high = !high;
    return bytes;
  };
  const [command = 0, count = 0, extra = 0] = group();
  const bytes: number[] = [];
  while (bytes.length < count) bytes.push(...group());
  waitFor(harness, true);
  harness.write(0x40d3, 0xff);
  return { command, extra, bytes: bytes.slice(0, count) };
}
