import type { NesOptions } from "../../emu/nes/nes.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import type { FuzzState } from "../library/fuzz/player.ts";
import type { Hold } from "../library/fuzz/shrink.ts";
import { PlainMachine } from "./plain-machine.ts";
import type { FuzzComparison } from "./plan.ts";

/** The first difference between two machines. */
export interface Difference {
  readonly aspect: "CPU" | "RAM" | "picture" | "sound" | "state";
  /** Number of frames that were run, the one that differs included. */
  readonly frames: number;
  /** Where the first machine was at the end of that frame. */
  readonly pc: number;
}

/** The name of the other machine in each comparison. */
export const OTHER_MACHINE: Readonly<Record<FuzzComparison, string>> = {
  exact: "--exact",
  state: "a machine whose state is saved and loaded after each frame",
  repeat: "a second run",
};

/** Two machines that run the same input as fast as possible and are compared after each frame. */
export class MachinePair {
  readonly #mode: FuzzComparison;
  readonly #first: PlainMachine;
  #second: PlainMachine;
  /** Receives the state of `#second` after each frame, if the mode is "state". */
  #spare: PlainMachine | undefined;
  readonly #onFrame: () => void;

  /** `other` are options of the second machine only. */
  constructor(
    rom: LoadedRom,
    machine: NesOptions,
    mode: FuzzComparison,
    onFrame: () => void,
    other: NesOptions = mode === "exact" ? { exact: true } : {},
  ) {
    this.#mode = mode;
    this.#onFrame = onFrame;
    this.#first = new PlainMachine(rom, machine);
    this.#second = new PlainMachine(rom, { ...machine, ...other });
    if (mode === "state") this.#spare = new PlainMachine(rom, machine);
  }

  /** Plays a script from a state on both machines. Returns their first difference. */
  run({ machine }: FuzzState, script: readonly Hold[]): Difference | undefined {
    this.#first.load(machine);
    this.#second.load(machine);
    let frames = 0;
    for (const hold of script) {
      for (let i = 0; i < hold.frames; i++) {
        this.#first.run(hold.mask);
        this.#second.run(hold.mask);
        frames++;
        this.#onFrame();
        const aspect = this.#difference();
        if (aspect !== undefined) return { aspect, frames, pc: this.#first.nes.cpu.pc };
        this.#exchange();
      }
    }
    return undefined;
  }

  #difference(): Difference["aspect"] | undefined {
    const [a, b] = [this.#first, this.#second];
    if (a.registers() !== b.registers()) return "CPU";
    if (Buffer.compare(a.ram, b.ram) !== 0) return "RAM";
    if (Buffer.compare(a.pictureBytes, b.pictureBytes) !== 0) return "picture";
    if (Buffer.compare(a.soundBytes, b.soundBytes) !== 0) return "sound";
    if (this.#mode !== "exact" && Buffer.compare(a.save(), b.save()) !== 0) return "state";
    return undefined;
  }

  /** In the mode "state", loads the second machine's state into the spare one, which then takes its place. */
  #exchange(): void {
    const spare = this.#spare;
    if (spare === undefined) return;
    spare.load(this.#second.save());
    this.#spare = this.#second;
    this.#second = spare;
  }
}
