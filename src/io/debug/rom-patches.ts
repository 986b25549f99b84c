import type { Nes } from "../../emu/nes/nes.ts";

/** A byte of PRG ROM that the user changed. */
interface Patch {
  readonly offset: number;
  readonly before: number;
  readonly after: number;
}

/** The user's changes of PRG ROM, in the order in which they were made. States do not contain ROM. */
export class RomPatches {
  readonly #nes: Nes;
  readonly #patches: Patch[] = [];
  #applied = 0;

  constructor(nes: Nes) {
    this.#nes = nes;
  }

  /** Number of patches that are applied. */
  get applied(): number {
    return this.#applied;
  }

  /** Changes a byte. Discards the patches that are not applied. */
  add(offset: number, value: number): void {
    const { bytes, prgRom } = this.#nes.memory;
    this.dropRest();
    this.#patches.push({ offset, before: bytes[prgRom.offset + offset]!, after: value });
    this.apply(this.#patches.length);
  }

  /** Applies the first `count` patches and undoes the others. */
  apply(count: number): void {
    const { bytes, prgRom } = this.#nes.memory;
    for (; this.#applied < count; this.#applied++) {
      const { offset, after } = this.#patches[this.#applied]!;
      bytes[prgRom.offset + offset] = after;
    }
    for (; this.#applied > count; this.#applied--) {
      const { offset, before } = this.#patches[this.#applied - 1]!;
      bytes[prgRom.offset + offset] = before;
    }
  }

  /** Discards the patches that are not applied. */
  dropRest(): void {
    this.#patches.length = this.#applied;
  }
}
