import type { ChannelReadings } from "./sound-channels.ts";

/**
 * A picture, row by row: palette indices with emphasis bits (`Uint16Array`), or 0x00RRGGBB (`Uint32Array`).
 * A machine always draws the same kind.
 */
export type FramePixels = Uint16Array | Uint32Array;

/** The sizes, rates and sound channels of a machine. */
export interface MachineGeometry {
  /** Picture size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Width of a pixel divided by its height: the shape that the picture is drawn for. */
  readonly pixelAspect: number;
  /** The same on a television, if the picture is drawn for another shape. Default: `pixelAspect`. */
  readonly televisionAspect?: number;
  /** Exact frames per second. */
  readonly frameRateHz: number;
  /** Samples per second of each channel. */
  readonly sampleRateHz: number;
  /** 2 if `samples` are pairs, left before right. Default: 1. */
  readonly audioChannels?: 1 | 2;
  /** Maximum number of samples per frame, of all channels together. */
  readonly maxSamplesPerFrame: number;
  /** Names of the sound channels that can be muted, in the order of their bits from bit 0. */
  readonly soundChannels: readonly string[];
  /** 0xRRGGBB of each pixel value, if the machine drives a monitor directly and not a television. */
  readonly colors?: Uint32Array;
}

/** Supplies the buttons of all ports. They are latched when the program first reads them in a frame. */
export interface InputSource {
  /** One byte per port, port 0 lowest. Bit 0 A, 1 B, 2 Select, 3 Start, 4 Up, 5 Down, 6 Left, 7 Right. */
  latchButtons(): number;
  /**
   * Fills `data` with the input of other devices, for machines that have some. Called at the same moment. The
   * meaning of the bytes depends on the machine (for the NES see `nes/input/devices.ts`).
   */
  latchDevices?(data: Uint8Array): void;
}

/**
 * A drive whose disk can be changed while the machine runs. Changes are input, so movies must record them.
 */
export interface DiskDrive {
  readonly sideCount: number;
  /** The inserted side, from 0; −1 if the drive is empty. */
  readonly insertedSide: number;
  /** The side that is inserted or being inserted; −1 if there is none. */
  readonly wantedSide: number;
  /**
   * Ejects the disk and inserts `side`: after a delay in which programs can notice the change, or immediately
   * if `atOnce` is true. With −1 the drive stays empty. Throws `InputError` ("usage") for other sides.
   */
  insert(side: number, atOnce?: boolean): void;
}

/** One setting of an arcade machine: some of its DIP switches, and what their positions mean. */
export interface DipSwitch {
  readonly name: string;
  /** Its switches, switch 1 in bit 0. */
  readonly mask: number;
  readonly choices: readonly { readonly label: string; readonly value: number }[];
  /** All labels in a few words, if there are too many for a list. */
  readonly pattern?: string;
}

/** The coin slots and switches of an arcade machine. Coins are input, so movies must record them. */
export interface CoinSlots {
  readonly slotCount: number;
  /** True if controller 3 is a panel, whose Select, Start and B are channel select, enter and reset. */
  readonly hasPanel?: boolean;
  /** What a PlayChoice-10 tells the player, for `panelReport`; undefined for other machines. */
  readonly panelStatus?: number;
  /** What the switches of this game mean; empty if that is not known. */
  readonly switches: readonly DipSwitch[];
  readonly switchCount: number;
  /** The DIP switches, switch 1 in bit 0. */
  dips: number;
  /** The default switches of the game. */
  readonly defaultDips: number;
  /**
   * Drops a coin into `slot`, from 0. It falls with the next frame, or after the coins before it. Throws
   * `InputError` ("usage") if there is no such slot.
   */
  insertCoin(slot: number): void;
  /** Presses the service button of each side, which gives a credit without a coin. */
  pressService(): void;
}

/** The DIP switches of an arcade machine. */
export type ArcadeSwitches = Pick<CoinSlots, "switches" | "switchCount" | "defaultDips">;

/** Choices of the player that the machine applies while it runs. Their meaning depends on the machine. */
export interface MachineChoices {
  /** Sets an option to one of its values, both counted from 0. Throws `InputError` ("usage"). */
  choose(option: number, value: number): void;
  /** Plugs a device into a port, counted from 0. */
  plug(port: number, device: number): void;
}

/** A cheat: the byte that the CPU reads at an address. */
export interface Cheat {
  /** CPU address. */
  readonly address: number;
  readonly value: number;
  /** In ROM, the cheat only applies if this byte would be read without it. */
  readonly compare?: number;
}

export type MemorySpace = "cpu" | "ppu" | "oam";
export type ResetKind = "power" | "reset";

/**
 * Any machine that the host can run. It is deterministic: the same image, options and input give the same
 * pixels, samples and state on every computer. It uses no clock, thread, file or console.
 */
export interface Machine {
  /** A machine may replace it in `runFrame` if its picture's size or its rates change. */
  readonly geometry: MachineGeometry;
  /** True if pictures are 0x00RRGGBB. Default: false. */
  readonly drawsRgb?: boolean;
  /** False if the machine has no states: `save` and `load` then throw `InputError`. Default: true. */
  readonly hasStates?: boolean;
  /** Frames finished since power-on. */
  readonly frame: number;
  /**
   * Samples of the last frame, signed 16-bit, with `geometry.audioChannels`; only the first `sampleCount`
   * elements are valid. After a frame that was not heard, `sampleCount` is 0.
   */
  readonly samples: Int16Array;
  readonly sampleCount: number;
  /** The buttons that were latched in the last frame. Movies record this word. */
  readonly latchedButtons: number;
  /** Input of other devices in the last frame, if there are any. Movies record it too. */
  readonly latchedDevices?: Uint8Array | undefined;
  /** Size of a state. */
  readonly stateBytes: number;
  /** Battery-backed memory, the contents of a save file. Empty if the cartridge has none. */
  readonly batteryRam: Uint8Array;
  /** The disk drive, if the machine has one. */
  readonly disk?: DiskDrive | undefined;
  /** The coin slots, if it is an arcade machine. */
  readonly coins?: CoinSlots | undefined;
  /** Options and devices that can be changed while it runs, if it has some. */
  readonly choices?: MachineChoices | undefined;

  /** Bits of muted sound channels. Not part of a state, and without effect on anything but the samples. */
  mutedChannels: number;
  /** What R.O.B. shows, for `robotText` and `robotReport`; 0 if he is not connected. */
  robotStatus?(): number;
  /** Writes readings of the channels of `geometry.soundChannels` to `into`. Call it between two frames. */
  readChannels?(into: ChannelReadings): void;

  /** Removes all cheats. They are not part of a state. */
  clearCheats(): void;
  /**
   * Makes the program read `value` at a CPU address. In ROM it applies where the program would read
   * `compare`, or always if that is −1. In RAM the byte is written before each frame.
   */
  addCheat(address: number, value: number, compare: number): void;

  /** Sets the source of buttons. Without one, all buttons are up. */
  setInput(source: InputSource): void;
  /** Power cycle, which preserves `batteryRam`, or the console's reset button. */
  reset(kind: ResetKind): void;
  /**
   * Runs one frame and draws its picture into `pixels`: the first `width × height` elements. Without `pixels`
   * the frame is not drawn, which is faster; the machine ends in the same state. If `isHeard` is false, a
   * machine may make no samples, which is faster too: the program runs the same, and the next frame that is
   * heard begins from silence. By default frames are heard.
   */
  runFrame(pixels?: FramePixels, isHeard?: boolean): void;
  /** Writes a state into the first `stateBytes` of `into`. */
  save(into: Uint8Array): void;
  /**
   * Loads a state from an untrusted source. Throws `InputError` ("data") and does not change the machine if
   * the state is from another version or another ROM, or has values that no machine can reach.
   */
  load(from: Uint8Array): void;
  /** Loads a state that this machine has saved itself, without checking it. */
  restore(from: Uint8Array): void;

  /** Reads a byte without side effects. */
  peek(space: MemorySpace, address: number): number;
  /** Writes a byte directly to memory. Writes to ROM or registers do nothing. */
  poke(space: MemorySpace, address: number, value: number): void;
  /** CPU registers and the time, by name: pc a x y p s cycle line dot. `cycle` counts from power-on. */
  registers(): Record<string, number>;
}
