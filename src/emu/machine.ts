/** What a machine looks like from outside: sizes, rates and how its parts can be looked at. */
export interface MachineGeometry {
  /** Picture size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Width of a pixel over its height, as shown by the console on a screen. */
  readonly pixelAspect: number;
  /** Exact frames per second. */
  readonly frameRateHz: number;
  /** Samples per second, mono. */
  readonly sampleRateHz: number;
  /** The most samples that one frame can yield. */
  readonly maxSamplesPerFrame: number;
  /** Names of the sound channels that can be left out, the one of bit 0 first. */
  readonly soundChannels: readonly string[];
}

/** Gives the buttons held on every port at the moment that the program first looks in a frame. */
export interface InputSource {
  /** One byte a port, port 0 lowest. Bit 0 A, 1 B, 2 Select, 3 Start, 4 Up, 5 Down, 6 Left, 7 Right. */
  latchButtons(): number;
  /**
   * For machines with other devices plugged in, at the same moment: fills `data` with what they see. What
   * its bytes mean is the machine's own (for the NES see `nes/input/devices.ts`).
   */
  latchDevices?(data: Uint8Array): void;
}

/** A drive whose disk can be changed while the machine runs. Changes are input: movies must record them. */
export interface DiskDrive {
  readonly sideCount: number;
  /** The side that is in, from 0; −1 when the drive is empty. */
  readonly insertedSide: number;
  /** The side that is in or on its way in; −1 when there is none. */
  readonly wantedSide: number;
  /**
   * Takes out what is in; `side` follows when programs have had time to notice, or at once where `atOnce` is true.
   * −1 leaves the drive empty.
   */
  insert(side: number, atOnce?: boolean): void;
}

/** A byte that a program shall read. */
export interface Cheat {
  /** In the CPU's space. */
  readonly address: number;
  readonly value: number;
  /** In ROM: only where this would be read. */
  readonly compare?: number;
}

export type MemorySpace = "cpu" | "ppu" | "oam";
export type ResetKind = "power" | "reset";

/**
 * Any machine that the host can run. It is deterministic: the same image, options and input give the
 * same pixels, samples and state on every computer. It knows no clock, thread, file or console.
 */
export interface Machine {
  readonly geometry: MachineGeometry;
  /** Frames finished since power-on. */
  readonly frame: number;
  /** Samples of the last frame, signed 16-bit mono; only the first `sampleCount` elements count. */
  readonly samples: Int16Array;
  readonly sampleCount: number;
  /** The button word that was in force in the last frame: what a movie records. */
  readonly latchedButtons: number;
  /** What devices other than controllers saw in the last frame, where there are any: for movies as well. */
  readonly latchedDevices?: Uint8Array | undefined;
  /** Bytes of a state. */
  readonly stateBytes: number;
  /** Battery-backed memory: what a save file holds. Empty when the cartridge has none. */
  readonly batteryRam: Uint8Array;
  /** The disk drive, where the machine has one. */
  readonly disk?: DiskDrive | undefined;

  /** Bits of sound channels that are left out. No part of a state. */
  mutedChannels: number;

  /** Takes all cheats out. They are no part of a state. */
  clearCheats(): void;
  /**
   * The program reads `value` at a CPU address: in ROM wherever it would read `compare`, or whatever it would
   * read when that is −1; in RAM the byte is written before each frame.
   */
  addCheat(address: number, value: number, compare: number): void;

  /** Buttons come from here from now on; by default all are up. */
  setInput(source: InputSource): void;
  /** Power cycle, or the console's reset button. */
  reset(kind: ResetKind): void;
  /**
   * Runs one frame; its picture goes to `pixels`: `width × height` palette indices with emphasis bits. Without
   * `pixels` nobody looks at the frame, which is faster: the machine ends in the same state.
   */
  runFrame(pixels?: Uint16Array): void;
  /** Writes a state into the first `stateBytes` of `into`. */
  save(into: Uint8Array): void;
  /**
   * Goes to a state that may come from anywhere. Throws `InputError` ("data"), and leaves the machine as it
   * was, when the state is of another version or another ROM, or holds what no machine can come to.
   */
  load(from: Uint8Array): void;
  /** Goes back to a state that this machine has saved itself, without a check. */
  restore(from: Uint8Array): void;

  /** Reads a byte without side effects. */
  peek(space: MemorySpace, address: number): number;
  /** Writes a byte straight to memory, past registers. Writes to ROM or registers do nothing. */
  poke(space: MemorySpace, address: number, value: number): void;
  /** CPU registers and the time, by name: pc a x y p s cycle line dot. `cycle` counts from power-on. */
  registers(): Record<string, number>;
}
