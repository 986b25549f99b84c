import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

const NIBBLES = 4; // four of them
const HIGH_BYTE = 0x80;

/**
 * Mappers 225 and 255: the write's address is the register; four nibbles of RAM at $5800.
 * https://www.nesdev.org/wiki/INES_Mapper_225
 */
class Multicart225 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override powerOn(): void {
    this.registers[1] = HIGH_BYTE;
  }

  override reset(): void {
    this.registers[0] = 0;
    this.registers[1] = HIGH_BYTE;
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address >= 0x8000) {
      this.registers[0] = address & 0xff;
      this.registers[1] = address >> 8;
      this.updateBanks();
    } else if ((address & 0xf800) === 0x5800) {
      this.registers[NIBBLES + (address & 3)] = value & 0x0f;
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xf800) !== 0x5800) return openBus;
    return (openBus & 0xf0) | this.registers[NIBBLES + (address & 3)];
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const address = registers[0] | (registers[1] << 8);
    const outer = (address >> 8) & 0x40;
    const bank = ((address >> 6) & 0x3f) | outer;
    const is16 = (address & 0x1000) !== 0;
    memory.mapPrg(0x8000, 16 * KIB, is16 ? bank : bank & ~1);
    memory.mapPrg(0xc000, 16 * KIB, is16 ? bank : bank | 1);
    memory.mapChr(0x0000, 8 * KIB, (address & 0x3f) | outer);
    memory.mirror((address & 0x2000) !== 0 ? "horizontal" : "vertical");
  }
}

/** Mapper 226, a 76-in-1: one bank number in two registers. https://www.nesdev.org/wiki/INES_Mapper_226 */
class Multicart226 extends Board {
  override reset(): void {
    this.registers.fill(0, 0, 2);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers[address & 1] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const bank = (registers[0] & 0x1f) | ((registers[0] >> 2) & 0x20) | ((registers[1] & 1) << 6);
    const is16 = (registers[0] & 0x20) !== 0;
    memory.mapPrg(0x8000, 16 * KIB, is16 ? bank : bank & ~1);
    memory.mapPrg(0xc000, 16 * KIB, is16 ? bank : bank | 1);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (registers[1] & 2) === 0);
    memory.mirror((registers[0] & 0x40) !== 0 ? "vertical" : "horizontal");
  }
}

/**
 * Mapper 228, Action Enterprises: the register is the address, and two bits of data for CHR. Of four possible
 * PRG chips, Action 52 has the first two and the last. https://www.nesdev.org/wiki/INES_Mapper_228
 */
class ActionEnterprises extends Board {
  override powerOn(): void {
    this.registers[1] = HIGH_BYTE;
  }

  override reset(): void {
    this.registers.set([0, HIGH_BYTE, 0]);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers.set([address & 0xff, address >> 8, value & 3]);
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const address = registers[0] | (registers[1] << 8);
    const chip = (address >> 11) & 3;
    const is16 = (address & 0x20) !== 0;
    if (chip === 2) {
      memory.unmapCpu(0x8000, 32 * KIB);
    } else {
      const bank = (Math.min(chip, 2) << 5) | ((address >> 6) & 0x1f);
      memory.mapPrg(0x8000, 16 * KIB, is16 ? bank : bank & ~1);
      memory.mapPrg(0xc000, 16 * KIB, is16 ? bank : bank | 1);
    }
    memory.mapChr(0x0000, 8 * KIB, ((address & 0x0f) << 2) | registers[2]);
    memory.mirror((address & 0x2000) !== 0 ? "horizontal" : "vertical");
  }
}

/**
 * Mapper 234, Maxi 15: registers at $FF80–$FF9F and $FFE8–$FFF7 latch the value on the bus, on reads too, so
 * that reading ROM selects a game. The first one locks when its low six bits are not 0.
 * https://www.nesdev.org/wiki/INES_Mapper_234
 */
class Maxi15 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override reset(): void {
    this.registers.fill(0, 0, 2);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    this.#latch(address, value & this.#rom(address));
  }

  override readRegister(address: number, openBus: number): number {
    const value = this.peekRegister(address, openBus);
    this.#latch(address, value);
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    return address >= 0xf800 ? this.#rom(address) : openBus;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const outer = registers[0];
    const inner = registers[1];
    const nina = (outer & 0x40) !== 0;
    const chrHigh = (outer << 2) & (nina ? 0x38 : 0x3c);
    memory.mapPrg(0x8000, 32 * KIB, this.#prgBank());
    memory.unmapCpu(0xf800, 2 * KIB); // the board handles reads there
    memory.mapChr(0x0000, 8 * KIB, chrHigh | ((inner >> 4) & (nina ? 7 : 3)));
    memory.mirror(outer < 0x80 ? "vertical" : "horizontal");
  }

  #latch(address: number, value: number): void {
    const { registers } = this;
    if (address >= 0xff80 && address <= 0xff9f && (registers[0] & 0x3f) === 0) registers[0] = value;
    else if (address >= 0xffe8 && address <= 0xfff7) registers[1] = value & 0x71;
    else return;
    this.updateBanks();
  }

  #prgBank(): number {
    const [outer, inner] = this.registers;
    return (outer & 0x40) !== 0 ? (outer & 0x0e) | (inner & 1) : outer & 0x0f;
  }

  #rom(address: number): number {
    const { memory } = this;
    return memory.bytes[
      memory.prgRom.offset + (((this.#prgBank() << 15) | (address & 0x7fff)) % memory.prgRom.bytes)
    ];
  }
}

/**
 * Mapper 246, Fong Shen Bang: eight registers at $6000, RAM at $6800. Reads of the vectors, and of three
 * similar places before them, force PRG A17 high. https://www.nesdev.org/wiki/INES_Mapper_246
 */
class FongShenBang extends Board {
  override readonly hooks: number = HOOK_CPU_READS;

  override powerOn(): void {
    this.registers.set([0, 1, 2, 0xff]);
  }

  override writeRegister(address: number, value: number): void {
    if ((address & 0xffe0) !== 0x6000) return;
    this.registers[address & 7] = value;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  /** The last 2 KiB are unmapped while the forced line makes a difference. */
  override peekRegister(address: number, openBus: number): number {
    if (address < 0xf800) return openBus;
    const { memory } = this;
    const isForced = (address & 0xffe4) === 0xffe4;
    const bank = this.registers[3] | (isForced ? 0x10 : 0);
    return memory.bytes[memory.prgRom.offset + (((bank << 13) | (address & 0x1fff)) % memory.prgRom.bytes)];
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6800, 2 * KIB, 0);
    for (let slot = 0; slot < 4; slot++) memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[slot]);
    if ((registers[3] & 0x10) === 0) memory.unmapCpu(0xf800, 2 * KIB);
    for (let window = 0; window < 4; window++)
      memory.mapChr(window * 2 * KIB, 2 * KIB, registers[4 + window]);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 225,
    name: "72-in-1 multicart",
    board: Multicart225,
    wiki: ["INES_Mapper_225"],
    unif: [{ names: "MULTI64IN1" }],
  },
  {
    mapper: 226,
    name: "76-in-1 multicart",
    board: Multicart226,
    wiki: ["INES_Mapper_226"],
    unif: [{ names: "GHOSTBUSTERS63IN1 G631" }],
  },
  {
    mapper: 228,
    name: "Action 52 (Active Enterprises)",
    board: ActionEnterprises,
    wiki: ["INES_Mapper_228"],
    unif: [{ names: "ACTION52 MLT-ACTION52" }],
  },
  {
    mapper: 234,
    name: "AVE Maxi 15",
    board: Maxi15,
    wiki: ["INES_Mapper_234"],
    unif: [{ names: "MAXI15" }],
  },
  {
    mapper: 246,
    name: "Feng Shen Bang",
    board: FongShenBang,
    wiki: ["INES_Mapper_246"],
  },
  {
    mapper: 255,
    name: "110-in-1 multicart",
    board: Multicart225,
    wiki: ["INES_Mapper_225"],
  },
];
