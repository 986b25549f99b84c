import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS, type PadSource } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

const LATCH = 0; // ..MRBBBB: mirroring, built-in ROM, bank

/** The microphone's buttons, low while pressed, and its sound. */
const BUTTONS = 0x03;
const SOUND = 0x04;
/** Its buttons are those of controller 3: A, B, and Start for sound. */
const CONTROLLER_3 = 16;
const START = 0x08;

/** Returns true while the microphone of a karaoke cartridge hears sound: Start of controller 3. */
export function hearsSound(buttons: number): boolean {
  return ((buttons >>> CONTROLLER_3) & START) !== 0;
}

/**
 * Mapper 188, Karaoke Studio: 128 KiB built in, up to 128 KiB in an expansion cartridge. The microphone at
 * $6000 has buttons A and B, and a bit for sound. https://www.nesdev.org/wiki/INES_Mapper_188
 */
class KaraokeStudio extends Board {
  override readonly hooks: number = HOOK_CPU_READS;
  #pads: PadSource | undefined;

  override powerOn(): void {
    this.registers[LATCH] = 0x10;
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers[LATCH] = this.busConflict(address, value);
    this.updateBanks();
  }

  override connectPads(pads: PadSource): void {
    this.#pads = pads;
  }

  override readRegister(address: number, openBus: number): number {
    if ((address & 0xe000) === 0x6000) this.#pads?.latchButtons();
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xe000) !== 0x6000) return openBus;
    const buttons = this.#pads?.buttons ?? 0;
    const sound = hearsSound(buttons) ? SOUND : 0;
    return (openBus & 0xf8) | (~(buttons >>> CONTROLLER_3) & BUTTONS) | sound;
  }

  override updateBanks(): void {
    const { memory } = this;
    const latch = this.registers[LATCH];
    const inside = (latch & 0x10) !== 0;
    if (inside || memory.prgRom.bytes > 128 * KIB)
      memory.mapPrg(0x8000, 16 * KIB, (latch & 7) | (inside ? 0 : 8));
    else memory.unmapCpu(0x8000, 16 * KIB);
    memory.mapPrg(0xc000, 16 * KIB, 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror((latch & 0x20) !== 0 ? "horizontal" : "vertical");
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 188,
    name: "Bandai Karaoke Studio",
    board: KaraokeStudio,
    wiki: ["INES_Mapper_188"],
    hasMicrophone: true,
  },
];
