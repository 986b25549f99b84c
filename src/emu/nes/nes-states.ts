import type { MachineArena } from "../arena.ts";
import { flushFields, loadFields } from "../state-fields.ts";
import type { Apu } from "./apu/apu.ts";
import { BUS_FIELDS } from "./bus.ts";
import type { Board } from "./cartridge/board.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import { CPU_FIELDS, type Cpu } from "./cpu/cpu.ts";
import { DMA_FIELDS, type Dma } from "./dma.ts";
import { type InputPorts, PORT_FIELDS } from "./input/ports.ts";
import { INTERRUPT_FIELDS, type InterruptLines } from "./interrupts.ts";
import { FRAME_SLOT_COUNT, FRAME_SLOTS, NesStateCheck, type StateDeclarer } from "./nes-state-check.ts";
import type { Ppu } from "./ppu/ppu.ts";
import { PPU_FIELDS } from "./ppu/state.ts";
import type { RegionTiming } from "./region.ts";
import { STATE_HEADER_BYTES, StateHeader } from "./state-header.ts";
import { type StatePart, statePart } from "./state-part.ts";

/** The chips whose fields a state holds, and what its check needs. */
export interface StateChips {
  readonly cpu: Cpu;
  readonly dma: Dma;
  readonly ppu: Ppu;
  readonly apu: Apu;
  readonly board: Board;
  readonly ports: InputPorts;
  readonly lines: InterruptLines;
  readonly region: RegionTiming;
  /** The control side of a PlayChoice-10. */
  readonly control?: StateDeclarer | undefined;
  /** Master clocks by which dots lag behind CPU cycles. */
  readonly alignment: number;
  /** The states of the sub console of a VS. DualSystem. */
  readonly sub?: NesStates | undefined;
}

const NO_BYTES = new Uint8Array(0);

/** What a state names of its game. */
type GameIdentity = Pick<CartridgeImage, "sha1" | "mapper">;

/** Where a machine is in its sequence of frames. */
export interface FramePosition {
  /** Frames that have ended. */
  frame: number;
  /** CPU cycles before the current frame. A double: exact for 150 years. */
  cyclesBefore: number;
  /** True if a frame has begun and not ended: only between two calls of `stepInstruction`. */
  midFrame: boolean;
}

/**
 * The states of a console: a header, and a copy of the mutable run, the part of the arena that holds all
 * memory and, while a state is saved or loaded, all fields.
 */
export class NesStates {
  readonly stateBytes: number;
  /** Number of bytes at the start of a state that are the machine's; see `Nes.machineStateBytes`. */
  readonly machineStateBytes: number;
  /** The mutable run. */
  readonly run: Uint8Array;

  readonly #chips: StateChips;
  readonly #position: FramePosition;
  readonly #header: StateHeader;
  readonly #parts: readonly StatePart[];
  readonly #fields: Int32Array;
  readonly #frameFields: Float64Array;
  /**
   * The state that was loaded last, and a view of its mutable run. They are cached because a new view for
   * each state would create garbage.
   */
  #loaded: Uint8Array | undefined;
  #loadedRun: Uint8Array = new Uint8Array(0);
  /** The parts of the mutable run for the sub console's state, and that state in one piece. */
  readonly #subMachine: Uint8Array = NO_BYTES;
  readonly #subSound: Uint8Array = NO_BYTES;
  readonly #subState: Uint8Array = NO_BYTES;
  /** Created when the first state comes from outside. */
  #check: NesStateCheck | undefined;

  /** Allocates the end of the mutable run, which begins at `start` of the arena. */
  constructor(
    arena: MachineArena,
    start: number,
    image: GameIdentity,
    chips: StateChips,
    position: FramePosition,
  ) {
    this.#chips = chips;
    this.#position = position;
    this.#header = new StateHeader(image.sha1, image.mapper);
    this.#parts = [
      statePart("cpu", chips.cpu, BUS_FIELDS),
      statePart("dma", chips.dma, DMA_FIELDS),
      statePart("cpu", chips.cpu, CPU_FIELDS),
      statePart("ppu", chips.ppu.state, PPU_FIELDS),
      statePart("ports", chips.ports, PORT_FIELDS),
      statePart("interrupts", chips.lines, INTERRUPT_FIELDS),
    ];
    const fieldCount = this.#parts.reduce((sum, { fields: { names } }) => sum + names.length, 0);
    this.#fields = arena.int32("fields", fieldCount);
    this.#frameFields = arena.float64("frameFields", FRAME_SLOT_COUNT);
    const { sub } = chips;
    if (sub !== undefined) {
      this.#subState = new Uint8Array(sub.stateBytes);
      this.#subMachine = arena.uint8("sub", sub.machineStateBytes);
    }
    this.machineStateBytes = STATE_HEADER_BYTES + arena.position - start;
    chips.apu.allocSoundState(arena);
    if (sub !== undefined) {
      this.#subSound = arena.uint8("sub sound", sub.stateBytes - sub.machineStateBytes);
    }
    this.run = arena.bytes.subarray(start, arena.position);
    this.stateBytes = STATE_HEADER_BYTES + this.run.length;
  }

  /** Writes a state to the first `stateBytes` bytes of `into`. */
  save(into: Uint8Array): void {
    this.#flush();
    this.#header.write(into, this.stateBytes);
    into.set(this.run, STATE_HEADER_BYTES);
  }

  /** Throws `InputError` ("data") unless `from` is a valid state of this game. */
  check(from: Uint8Array): void {
    this.#header.check(from, this.stateBytes);
    const run = from.subarray(STATE_HEADER_BYTES, this.stateBytes);
    this.fields.check(run);
    const { sub } = this.#chips;
    if (sub === undefined) return;
    const start = this.run.byteOffset;
    const part = ({ byteOffset, length }: Uint8Array): Uint8Array =>
      run.subarray(byteOffset - start, byteOffset - start + length);
    sub.check(Uint8Array.from([...part(this.#subMachine), ...part(this.#subSound)]));
  }

  /** Loads a state without a check. The caller must then compute all derived values again. */
  restore(from: Uint8Array): void {
    if (this.#loaded !== from) {
      this.#loaded = from;
      this.#loadedRun = from.subarray(STATE_HEADER_BYTES, this.stateBytes);
    }
    this.run.set(this.#loadedRun);
    this.#unflush();
  }

  /** The valid values of states. */
  get fields(): NesStateCheck {
    if (this.#check === undefined) {
      const parts = { ...this.#chips, run: this.run, fields: this.#fields, frameFields: this.#frameFields };
      this.#check = new NesStateCheck(parts, this.#parts);
    }
    return this.#check;
  }

  /** Copies hot fields to their slots in the mutable run. */
  #flush(): void {
    let at = 0;
    for (const { holder, fields } of this.#parts) at = flushFields(holder, fields, this.#fields, at);
    const { frame, cyclesBefore, midFrame } = this.#position;
    this.#frameFields[FRAME_SLOTS.frame] = frame;
    this.#frameFields[FRAME_SLOTS.cyclesBefore] = cyclesBefore;
    this.#frameFields[FRAME_SLOTS.midFrame] = midFrame ? 1 : 0;
    this.#chips.apu.saveState(midFrame);
    const { sub } = this.#chips;
    if (sub === undefined) return;
    sub.save(this.#subState);
    this.#subMachine.set(this.#subState.subarray(0, this.#subMachine.length));
    this.#subSound.set(this.#subState.subarray(this.#subMachine.length));
  }

  /** Copies hot fields back from their slots. */
  #unflush(): void {
    let at = 0;
    for (const { holder, fields } of this.#parts) at = loadFields(holder, fields, this.#fields, at);
    this.#position.frame = this.#frameFields[FRAME_SLOTS.frame];
    this.#position.cyclesBefore = this.#frameFields[FRAME_SLOTS.cyclesBefore];
    this.#position.midFrame = this.#frameFields[FRAME_SLOTS.midFrame] === 1;
    this.#chips.apu.loadState(this.#position.midFrame);
    const { sub } = this.#chips;
    if (sub === undefined) return;
    this.#subState.set(this.#subMachine);
    this.#subState.set(this.#subSound, this.#subMachine.length);
    sub.restore(this.#subState);
  }
}
