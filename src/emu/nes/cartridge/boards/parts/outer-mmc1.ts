import type { BoardClass } from "../../board.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { takeRamWrites, writeUnder } from "./register-board.ts";

/** The registers of the MMC1 come first, then those of the board. */
const MMC1_BYTES = 12;

/** A multicart with a register beside the MMC1, in its bytes from `MMC1_BYTES` on. */
export interface OuterMmc1 {
  /** A write to $4020–$FFFF. Returns true if the MMC1 does not see it. */
  readonly write: (outer: Uint8Array, address: number, value: number) => boolean;
  /** Selects the parts of the ROMs, before the MMC1 maps its banks in them. */
  readonly parts: (memory: CartridgeMemory, outer: Uint8Array) => void;
  /** Maps what the game has instead of the MMC1's banks. `chr0` is the MMC1's first CHR bank. */
  readonly map?: (memory: CartridgeMemory, outer: Uint8Array, chr0: number) => void;
  /** What the reset button does to the register instead of clearing it. */
  readonly onReset?: (outer: Uint8Array) => void;
}

/** The board that a specification describes. */
export function outerMmc1(spec: OuterMmc1): BoardClass {
  return class extends Mmc1 {
    readonly #outer = this.registers.subarray(MMC1_BYTES, MMC1_BYTES + 4);

    override reset(): void {
      this.registers.fill(0, 0, MMC1_BYTES);
      super.powerOn();
      if (spec.onReset === undefined) this.#outer.fill(0);
      else spec.onReset(this.#outer);
      this.updateBanks();
    }

    override writeRegister(address: number, value: number, cycle: number): void {
      if (address < 0x8000) writeUnder(this.memory, address, value);
      if (!spec.write(this.#outer, address, value)) super.writeRegister(address, value, cycle);
      this.updateBanks();
    }

    override isUnseenByPpu(): boolean {
      return false;
    }

    override updateBanks(): void {
      const { memory } = this;
      spec.parts(memory, this.#outer);
      super.updateBanks();
      takeRamWrites(memory);
      spec.map?.(memory, this.#outer, this.registers[1]);
    }
  };
}
