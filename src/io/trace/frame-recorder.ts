import type { Nes } from "../../emu/nes/nes.ts";
import { MIB } from "../../emu/units.ts";
import { encodePng } from "../capture/png.ts";
import { paletteFor } from "../render/colors/palette.ts";
import type { RecordedFrames, TraceFrame } from "./trace-file.ts";

const MAX_FRAMES = 600;
const BUDGET_BYTES = 32 * MIB;
const WORK_RAM_BYTES = 0x800;

/** The machine at the start of a frame, and the input of that frame. */
interface Slot {
  readonly state: Uint8Array;
  readonly devices: Uint8Array;
  frame: number;
  buttons: number;
}

/**
 * Keeps the last frames of a game as states, which take microseconds to save: at most 600 frames and 32 MiB.
 * Pictures and RAM are made afterwards, by running those frames again on another machine.
 */
export class FrameRecorder {
  readonly #nes: Nes;
  readonly #slots: Slot[] = [];
  readonly #limit: number;
  #count = 0;

  constructor(nes: Nes) {
    this.#nes = nes;
    this.#limit = Math.max(2, Math.min(MAX_FRAMES, Math.floor(BUDGET_BYTES / nes.stateBytes)));
  }

  /** Call before each frame. */
  beforeFrame(): void {
    this.#noteInput();
    const at = this.#count % this.#limit;
    this.#slots[at] ??= {
      state: new Uint8Array(this.#nes.stateBytes),
      devices: new Uint8Array(this.#nes.latchedDevices?.length ?? 0),
      frame: 0,
      buttons: 0,
    };
    const slot = this.#slots[at];
    slot.frame = this.#nes.frame;
    this.#nes.save(slot.state);
    this.#count++;
  }

  /**
   * Runs the frames again on `machine`, which is powered on and has the same cartridge and options. The last
   * frame ends where the game is now.
   */
  replay(machine: Nes): RecordedFrames {
    this.#noteInput();
    const first = Math.max(0, this.#count - this.#limit);
    const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
    const frames: TraceFrame[] = [];
    const pictures: string[] = [];
    const palette = paletteFor(machine.geometry);
    const shown = new Uint16Array(pixels.length);
    let before = new Uint8Array(WORK_RAM_BYTES);
    let firstRam = "";
    for (let index = first; index < this.#count; index++) {
      const slot = this.#slots[index % this.#limit]!;
      machine.restore(slot.state);
      const { bytes, workRam } = machine.memory;
      const ram = bytes.subarray(workRam.offset, workRam.offset + WORK_RAM_BYTES);
      if (index === first) {
        before = ram.slice();
        firstRam = Buffer.from(before).toString("base64");
      }
      this.#run(machine, slot, pixels);
      const isOther = pictures.length === 0 || pixels.some((pixel, at) => pixel !== shown[at]);
      if (isOther)
        pictures.push(Buffer.from(encodePng(pixels, machine.geometry, palette)).toString("base64"));
      if (isOther) shown.set(pixels);
      frames.push({
        frame: slot.frame,
        buttons: slot.buttons,
        picture: pictures.length - 1,
        ram: changes(before, ram),
      });
      before = ram.slice();
    }
    return { frames, pictures, pixelAspect: machine.geometry.pixelAspect, firstRam };
  }

  #run(machine: Nes, { buttons, devices }: Slot, pixels: Uint16Array): void {
    machine.setInput({ latchButtons: () => buttons, latchDevices: (data) => data.set(devices) });
    const end = this.#nes.totalCycles;
    for (let ended = false; !ended && machine.totalCycles < end; ) ended = machine.stepInstruction(pixels);
  }

  /** Stores the input of the frame that has begun last. */
  #noteInput(): void {
    const slot = this.#slots[(this.#count - 1) % this.#limit];
    if (this.#count === 0 || slot === undefined) return;
    slot.buttons = this.#nes.latchedButtons;
    const { latchedDevices } = this.#nes;
    if (latchedDevices !== undefined) slot.devices.set(latchedDevices.subarray(0, slot.devices.length));
  }
}

/** The bytes that differ, as [address, value] pairs in one list. */
function changes(before: Uint8Array, after: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at < after.length; at++) if (before[at] !== after[at]) found.push(at, after[at]!);
  return found;
}
