import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { MIB } from "../../emu/units.ts";
import type { Movie } from "../movies/movie.ts";
import { EventPlayer } from "../movies/movie-events.ts";
import { AccessLog } from "./access-log.ts";
import { type CProgram, Probe } from "./probe.ts";
import { RomPatches } from "./rom-patches.ts";
import { beginSpan, markInstruction, markNext, type Span, spanBefore, spanBytes } from "./span.ts";

/** Minimum number of frames between two states. Going back one step runs up to this many frames again. */
const MIN_SPACING_FRAMES = 10;
const MAX_SPACING_FRAMES = 60;
const KEPT_FRAMES = 3600;
/** More instructions than fit into a frame of any region, at two cycles each. */
const FRAME_INSTRUCTIONS = 17_000;
const DEFAULT_BUDGET_BYTES = 256 * MIB;

/** Sees every instruction that runs, also those that run again. */
export interface InstructionObserver {
  /** Called after each instruction, when the probe has its facts. */
  note(): void;
}

export interface TimelineOptions {
  /** Limit on the memory of all states. */
  readonly budgetBytes?: number;
  /** Input from the start on. Buttons that are held are pressed as well. */
  readonly movie?: Movie | undefined;
}

/**
 * The history of a machine. A position is the number of instructions since the start. States are stored at
 * intervals; any other position is reached by running again from the state before it, with the same input.
 * Positions after the current one are known until something is changed: changing input or memory in the past
 * discards them.
 */
export class Timeline {
  readonly probe: Probe;
  readonly log: AccessLog;
  observer: InstructionObserver | undefined;
  readonly #nes: Nes;
  readonly #spans: Span[] = [];
  readonly #budgetBytes: number;
  readonly #patches: RomPatches;
  #spacingFrames = MIN_SPACING_FRAMES;
  #spanBytes = 0;
  /** The buttons of each frame from the start on. */
  #buttons: number[] = [];
  /** Number of frames that have ended since the start. */
  #frames = 0;
  readonly #movie: Movie | undefined;
  readonly #events: EventPlayer;
  #position = 0;
  #end = 0;
  /** Index of the span that contains the current position. */
  #current = 0;
  /** The buttons that are held now. */
  #held = 0;

  constructor(
    nes: Nes,
    image: CartridgeImage,
    pixels: Uint16Array,
    program: CProgram,
    options: TimelineOptions = {},
  ) {
    this.#nes = nes;
    this.#budgetBytes = options.budgetBytes ?? DEFAULT_BUDGET_BYTES;
    this.probe = new Probe(nes, image, pixels, program);
    this.log = new AccessLog(this.probe);
    this.#patches = new RomPatches(nes);
    this.#movie = options.movie;
    this.#events = new EventPlayer(nes);
    nes.setInput({
      latchButtons: () => this.#latch(),
      latchDevices: (data) => this.#latchDevices(data),
    });
    this.#addSpan(false);
    this.#playEvents();
    const kept = (KEPT_FRAMES / MIN_SPACING_FRAMES) * this.#spanBytes;
    const spacing = Math.ceil((2 * MIN_SPACING_FRAMES * kept) / this.#budgetBytes);
    this.#spacingFrames = Math.min(MAX_SPACING_FRAMES, Math.max(MIN_SPACING_FRAMES, spacing));
  }

  /** The number of instructions from the start to now. */
  get position(): number {
    return this.#position;
  }

  /** The first position that can be reached: old states are dropped when there are too many. */
  get start(): number {
    return this.#spans[0]!.start;
  }

  /** The last known position. */
  get end(): number {
    return this.#end;
  }

  get spans(): readonly Span[] {
    return this.#spans;
  }

  get bytes(): number {
    return this.#spanBytes * this.#spans.length;
  }

  /** The buttons that are held, one byte per port. */
  get held(): number {
    return this.#held;
  }

  /** Holds these buttons from now on. In the past, this discards the known future. */
  hold(buttons: number): void {
    if (buttons === this.#held) return;
    this.#held = buttons;
    this.#forgetFuture();
  }

  /**
   * Runs one instruction. If the position is in the past, the instruction runs again with the recorded input.
   */
  advance(): void {
    const { probe } = this;
    probe.step();
    this.#position++;
    if (probe.endedFrame) this.#frames++;
    this.observer?.note();
    if (this.#position > this.#end) this.#record();
    else this.#follow();
  }

  /**
   * Goes to a position between `start` and `end`. The probe then has the facts of the instruction before it,
   * except at `start`.
   */
  seek(position: number): void {
    const target = Math.min(Math.max(position, this.start), this.#end);
    const span = this.#spans[this.#spanWithPicture(target)]!;
    if (target < this.#position || span.start > this.#position || target === this.start) this.#restore(span);
    while (this.#position < target) this.advance();
  }

  /** Goes to the state at the start of a span; the probe has no facts there. */
  seekSpan(index: number): void {
    this.#restore(this.#spans[index]!);
  }

  /** Index of the last span that starts before `position`; 0 for the first position. */
  spanBefore(position: number): number {
    return spanBefore(this.#spans, position);
  }

  /**
   * Changes the machine by `edit` at the current position. The known future is discarded, unless `edit`
   * throws: then nothing changes.
   */
  edit(edit: () => void): void {
    const nes = this.#nes;
    const hasRead = this.#hasRead;
    const before = new Uint8Array(nes.stateBytes);
    nes.save(before);
    try {
      edit();
    } catch (error) {
      nes.restore(before, true);
      throw error;
    }
    this.#forgetFuture(hasRead);
    this.#addSpan(true);
  }

  /** Changes a byte of PRG ROM from here on. */
  patch(offset: number, value: number): void {
    this.edit(() => this.#patches.add(offset, value));
  }

  #latch(): number {
    const at = this.#frames;
    // The input of this frame is known, because it runs again.
    if (at < this.#buttons.length) return this.#buttons[at]!;
    while (this.#buttons.length < at) this.#buttons.push(0);
    const movie = this.#movie;
    const played = movie === undefined || at >= movie.frames ? 0 : movie.input.maskAt(at);
    this.#buttons.push(played | this.#held);
    return played | this.#held;
  }

  #latchDevices(data: Uint8Array): void {
    const movie = this.#movie;
    const isPlaying = movie !== undefined && this.#frames < movie.frames;
    if (isPlaying && movie.deviceData !== undefined) movie.deviceData.fill(this.#frames, data);
    else data.fill(0);
  }

  /** Presses the console's buttons and changes disks as the movie does at the start of this frame. */
  #playEvents(): void {
    const { resets = [], events = [], frames = 0 } = this.#movie ?? {};
    if (this.#frames >= frames) return;
    const isNow = ({ frame }: { readonly frame: number }): boolean => frame === this.#frames;
    const pressed = resets.filter(isNow);
    const happened = events.filter(isNow);
    if (pressed.length + happened.length === 0) return;
    this.edit(() => {
      for (const { kind } of pressed) this.#nes.reset(kind);
      for (const event of happened) this.#events.apply(event);
    });
  }

  /** Records an instruction that ran for the first time. */
  #record(): void {
    const { probe } = this;
    this.#end = this.#position;
    this.log.note();
    const span = this.#spans[this.#current]!;
    markInstruction(span, probe);
    if (!probe.endedFrame) return;
    if (this.#frames - span.frames >= this.#spacingFrames) {
      markNext(span, this.#nes);
      this.#addSpan(false);
    }
    this.#playEvents();
  }

  /** Applies the user's changes at the new position again, after an instruction that ran again. */
  #follow(): void {
    while (this.#current + 1 < this.#spans.length) {
      const next = this.#spans[this.#current + 1]!;
      if (next.start > this.#position) return;
      this.#current++;
      if (next.edited) this.#restore(next);
    }
  }

  #restore(span: Span): void {
    this.#nes.restore(span.state);
    this.probe.calls.restore(span.calls);
    this.probe.marks.restore(span.written);
    this.#patches.apply(span.patches);
    this.#position = span.start;
    this.#frames = span.frames;
    // Of several changes at one position, the last one counts.
    let index = this.#spans.indexOf(span);
    while (this.#spans[index + 1]?.start === span.start) index++;
    this.#current = index;
    const last = this.#spans[index]!;
    if (last !== span) this.#restore(last);
  }

  #addSpan(edited: boolean): void {
    const at = { start: this.#position, frames: this.#frames, edited, patches: this.#patches.applied };
    const span = beginSpan(this.#nes, this.probe, at);
    this.#spanBytes = spanBytes(span);
    this.#spans.push(span);
    while (this.#spans.length > 2 && this.bytes > this.#budgetBytes) this.#spans.shift();
    this.#current = this.#spans.length - 1;
  }

  #forgetFuture(hasRead = this.#hasRead): void {
    if (this.#position === this.#end) {
      this.#forgetButtons(hasRead);
      return;
    }
    while (this.#spans.at(-1)!.start > this.#position) this.#spans.pop();
    this.#end = this.#position;
    this.#current = this.#spans.length - 1;
    this.#patches.dropRest();
    this.#forgetButtons(hasRead);
  }

  /** True if the program has read the input of this frame. */
  get #hasRead(): boolean {
    // At the end of a frame, the flag is still that of the frame that has ended.
    return this.#nes.midFrame && this.#nes.ports.latched === 1;
  }

  /** Discards the input of later frames, and of this frame unless the program has read it. */
  #forgetButtons(hasRead: boolean): void {
    const known = this.#frames + (hasRead ? 1 : 0);
    this.#buttons.length = Math.min(this.#buttons.length, Math.max(0, known));
  }

  /** The span to run from so that at least a frame is drawn before `position`: states have no picture. */
  #spanWithPicture(position: number): number {
    const index = spanBefore(this.#spans, position);
    const { start, edited } = this.#spans[index]!;
    return index > 0 && !edited && position - start < FRAME_INSTRUCTIONS ? index - 1 : index;
  }
}
