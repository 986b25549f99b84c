import type { NesOptions } from "../../emu/nes/nes.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { createHeadless } from "../shared/headless.ts";

const WORK_RAM_BYTES = 0x800;

/** A machine that runs without observers, with its picture. */
export class PlainMachine {
  readonly nes: ReturnType<typeof createHeadless>;
  readonly ram: Uint8Array;
  readonly #pixels: Uint16Array;
  readonly #state: Uint8Array;
  #mask = 0;
  #hasRead = false;
  /** Number of frames in which the program has read the controllers. */
  readFrames = 0;

  constructor(rom: LoadedRom, options: NesOptions) {
    this.nes = createHeadless(rom.image, options);
    const { memory, geometry, stateBytes } = this.nes;
    this.ram = memory.bytes.subarray(memory.workRam.offset, memory.workRam.offset + WORK_RAM_BYTES);
    this.#pixels = new Uint16Array(geometry.width * geometry.height);
    this.#state = new Uint8Array(stateBytes);
    this.nes.setInput({
      latchButtons: () => {
        this.#hasRead = true;
        return this.#mask;
      },
    });
  }

  get pictureBytes(): Uint8Array {
    return new Uint8Array(this.#pixels.buffer);
  }

  get soundBytes(): Uint8Array {
    const { samples, sampleCount } = this.nes;
    return new Uint8Array(samples.buffer, samples.byteOffset, 2 * sampleCount);
  }

  load(state: Uint8Array): void {
    this.nes.load(state);
  }

  save(): Uint8Array {
    this.nes.catchUp();
    this.nes.save(this.#state);
    return this.#state;
  }

  run(mask: number, isHeard = true): void {
    this.#mask = mask;
    this.#hasRead = false;
    this.nes.runFrame(this.#pixels, isHeard);
    if (this.#hasRead) this.readFrames++;
  }

  registers(): string {
    const { cpu, totalCycles } = this.nes;
    return [cpu.pc, cpu.a, cpu.x, cpu.y, cpu.s, cpu.status(), totalCycles].join(" ");
  }
}
