import { KIB } from "../../../../units.ts";
import type { BoardParts } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";
import { isSelectedRam, watchChrWrites } from "../parts/chr-ram-select.ts";
import { mmc3ChrBank } from "../parts/outer-mmc3.ts";

/** Until a write selects others, banks 0 to 3 are RAM. */
const POWER_ON_SELECT = 0x82;

/** Mapper 195, Waixing FS303: CHR ROM and 4 KiB of CHR RAM. This follows NintendulatorNRS. */
class Fs303 extends Mmc3 {
  constructor(parts: BoardParts) {
    super(parts);
    watchChrWrites(
      this.memory,
      (page) => mmc3ChrBank(page, this.registers),
      (bank) => {
        this.registers[FREE] = bank;
        this.updateBanks();
      },
    );
  }

  override powerOn(): void {
    super.powerOn();
    this.registers[FREE] = POWER_ON_SELECT;
  }

  protected override mapChrBank(slot: number, bank: number): void {
    const { memory, registers } = this;
    const chip = isSelectedRam(bank, registers[FREE]) ? memory.chrRam : memory.chrRom;
    memory.mapPpu(slot * KIB, KIB, chip, bank);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 195, name: "Waixing FS303", board: Fs303, ram: { besideRomBytes: 4 * KIB } },
];
