import { InputError } from "../../emu/input-error.ts";
import type { ResetKind } from "../../emu/machine.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../emu/nes/cpu/opcodes.ts";
import type { DevicePort } from "../../emu/nes/input/device-controls.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { devicePort, setDevice } from "../input/device-words.ts";
import type { Movie } from "../movies/movie.ts";
import type { Palette } from "../render/colors/palette.ts";
import { changeDips } from "../shared/dip-texts.ts";
import type { Symbols } from "../symbols/symbols.ts";
import { Audio } from "./audio.ts";
import { type CallOptions, type CallResult, callRoutine } from "./call.ts";
import { callers } from "./call-stack.ts";
import { GameCrash, GameError, JAM } from "./errors.ts";
import {
  byteOf,
  checkDevices,
  checkPowerOn,
  checkReset,
  coinsOf,
  countOf,
  diskOf,
  sourceOf,
} from "./game-checks.ts";
import { GameClock } from "./game-clock.ts";
import type { AccessCallback, ExecuteCallback, InstructionSpy, Observer } from "./observer.ts";
import type { Button } from "./pads.ts";
import { hex, type Place, PlaceMap } from "./place-map.ts";
import { GameRecording } from "./recording.ts";
import { type Budget, checkBudget, RoutineTimes } from "./routine-times.ts";
import { type RoutineRun, RoutineTimer } from "./routines.ts";
import { Screen, type TileMap } from "./screen.ts";
import { methodsThrowAtCaller } from "./throw-at-caller.ts";
import type { Stop, UntilOptions, WatchOptions } from "./waiting.ts";

const DEFAULT_MAX_FRAMES = 600;
const WORK_RAM_BYTES = 0x800;

/**
 * A game on a machine of its own, which the caller runs frame by frame. It is deterministic: the same ROM and
 * the same calls give the same bits. Any number of games can exist at once. `load` creates one.
 *
 * A place is an address or the name of a symbol. Failures are `GameError`s that say where the game was.
 * Invalid names and numbers are `InputError`s.
 */
export class Game {
  /** The machine, for everything that this class does not offer. */
  readonly machine: Nes;
  /** Work RAM, $0000–$07FF: a live view that can be read and written. */
  readonly ram: Uint8Array;
  readonly screen: Screen;
  readonly audio: Audio;
  readonly rom: LoadedRom;
  readonly places: PlaceMap;
  /** Reasons why the game may not run correctly, and what was skipped in its symbol files. */
  readonly warnings: readonly string[];
  readonly #clock: GameClock;
  readonly #observer: Observer;
  readonly #timer: RoutineTimer;
  readonly #throwsOnJam: boolean;

  /** Use `load` instead, which also finds the symbols. */
  constructor(
    machine: Nes,
    rom: LoadedRom,
    symbols: Symbols,
    tiles?: TileMap,
    throwsOnJam = true,
    palette?: Palette,
  ) {
    this.machine = machine;
    this.rom = rom;
    this.warnings = [...rom.cautions, ...symbols.warnings];
    const { bytes, workRam } = machine.memory;
    this.ram = bytes.subarray(workRam.offset, workRam.offset + WORK_RAM_BYTES);
    this.audio = new Audio(machine);
    this.#clock = new GameClock(machine, this.audio);
    this.screen = new Screen(machine, this.#clock.picture, tiles, palette);
    this.#clock.isWatched = () => this.screen.isHeld;
    this.#clock.afterRun = () => this.#checkJam();
    this.places = new PlaceMap(machine, symbols);
    this.#observer = this.#clock.observer;
    this.#timer = new RoutineTimer(machine, (timer) => this.#observer.spy(timer));
    this.#throwsOnJam = throwsOnJam;
  }

  /** Number of frames finished since power-on. */
  get frame(): number {
    return this.machine.frame;
  }

  /**
   * Number of frames of this object in which the program did not read the controllers, usually because it was
   * late.
   */
  get lagFrames(): number {
    return this.#clock.lagFrames;
  }

  /** True if a frame has begun and not ended: after `step` or `runTo`. */
  get isMidFrame(): boolean {
    return this.#clock.isMidFrame;
  }

  /** Called before each frame. */
  get beforeFrame(): (() => void) | undefined {
    return this.#clock.beforeFrame;
  }

  set beforeFrame(callback: (() => void) | undefined) {
    this.#clock.beforeFrame = callback;
  }

  /** CPU cycles since power-on. */
  get cycles(): number {
    return this.machine.totalCycles;
  }

  /** The address of the next instruction. */
  get pc(): number {
    return this.machine.cpu.pc;
  }

  get symbols(): Symbols {
    return this.places.symbols;
  }

  /** Where the game is, as text: address, name, source line, frame, line and cycle. */
  get place(): string {
    this.machine.catchUp();
    const { frame, totalCycles, ppu, cpu } = this.machine;
    // The CPU has already fetched the JAM opcode, so PC is one ahead.
    const pc = cpu.jammed === 1 ? (cpu.pc - 1) & 0xffff : cpu.pc;
    return `${this.places.describe(pc)}, frame ${frame}, line ${ppu.state.line}, cycle ${totalCycles}`;
  }

  /** Runs `count` frames. If the game is in mid-frame, the first is the rest of that frame. */
  frames(count = 1): void {
    for (let frame = 0, end = countOf(count); frame < end; frame++) this.#clock.runFrame();
  }

  /**
   * Runs frames until `condition` holds now or at the end of a frame. Returns the number of frames that it
   * ran. Throws `GameError` if it takes more than `maxFrames`.
   */
  until(condition: () => unknown, options: UntilOptions = {}): number {
    const { maxFrames = DEFAULT_MAX_FRAMES, message = sourceOf(condition) } = options;
    for (let frame = 0; frame <= maxFrames; frame++) {
      if (condition()) return frame;
      if (frame < maxFrames) this.frames(1);
    }
    throw this.error(`not within ${maxFrames} frames: ${message}`, this.#screenText());
  }

  /**
   * Runs until the CPU is about to execute `place`, which can be in mid-frame. Throws `GameError` if it takes
   * more than `maxFrames`.
   */
  runTo(place: Place, options: UntilOptions = {}): void {
    const { maxFrames = DEFAULT_MAX_FRAMES } = options;
    const { candidates, isMapped } = this.places.resolve(place);
    const last = this.frame + maxFrames;
    // If the game is at `place` now, run to the next time that it gets there.
    this.#step();
    for (; this.frame < last; this.#step()) {
      if (candidates.includes(this.pc) && isMapped(this.pc)) return;
    }
    const name = this.#nameOf(place);
    throw this.error(`${name} was not executed within ${maxFrames} frames`, this.#screenText());
  }

  /** Runs one instruction and any interrupt after it. Returns true if the instruction ended the frame. */
  step(): boolean;
  /**
   * Holds exactly these buttons of the first controller and runs `frames` frames, 1 by default. `buttons` are
   * names, or a mask with one byte per controller. The buttons stay held. Returns true: the frame has ended.
   */
  step(buttons: readonly Button[] | number, frames?: number): boolean;
  step(buttons?: readonly Button[] | number, frames = 1): boolean {
    if (buttons === undefined) return this.#step();
    if (typeof buttons === "number") this.setButtons(buttons);
    else this.hold(1, ...buttons);
    this.frames(frames);
    return true;
  }

  #step(): boolean {
    const ended = this.#clock.advance();
    this.#checkJam();
    return ended;
  }

  /** Holds buttons of the first controller until they are released. */
  press(...buttons: Button[]): void {
    this.#clock.pads.press(1, buttons);
  }

  /** Releases buttons of the first controller; all of them if none is given. */
  release(...buttons: Button[]): void {
    this.#clock.pads.release(1, buttons);
  }

  /** Holds a button of the first controller for `frames` frames, then releases it for as many. */
  tap(button: Button, frames = 2): void {
    this.press(button);
    this.frames(frames);
    this.release(button);
    this.frames(frames);
  }

  /** Holds exactly these buttons of a controller, 1 to 4. */
  hold(port: number, ...buttons: Button[]): void {
    this.#clock.pads.release(port, []);
    this.#clock.pads.press(port, buttons);
  }

  /** Holds exactly the buttons of a mask: one byte per controller, the first lowest. */
  setButtons(mask: number): void {
    this.#clock.pads.setMask(mask);
  }

  /**
   * Sets what the device in a port does until the next call: `setDevice("port2", "x=120 y=80 trigger")`. The
   * words of each device are in docs/devices.md; "" releases everything. Throws `InputError` for other words.
   */
  setDevice(port: DevicePort, words: string): void {
    setDevice(this.#clock.devices, this.machine.devices, devicePort(port), words);
  }

  /** The address of a symbol, or the value of an equate. Throws `InputError` that suggests similar names. */
  symbol(name: string): number {
    return this.places.resolve(name).address;
  }

  /** The byte that the CPU would read `offset` bytes after a place, without side effects. */
  peek(place: Place, offset = 0): number {
    return this.machine.peek("cpu", (this.places.resolve(place).address + offset) & 0xffff);
  }

  /** The 16-bit value of two bytes, low byte first. */
  peek16(place: Place, offset = 0): number {
    return this.peek(place, offset) | (this.peek(place, offset + 1) << 8);
  }

  /** `count` bytes from a place on. */
  bytes(place: Place, count: number): number[] {
    return Array.from({ length: count }, (_, offset) => this.peek(place, offset));
  }

  /** Writes a byte to RAM, not to registers. Throws `InputError` ("usage") for values beyond 0 to 255. */
  poke(place: Place, value: number, offset = 0): void {
    this.machine.poke("cpu", (this.places.resolve(place).address + offset) & 0xffff, byteOf(value, "poke"));
  }

  /** Runs one routine as if the program called it now with JSR. Returns its registers and cycles. */
  call(routine: Place, options: CallOptions = {}): CallResult {
    const { address } = this.places.resolve(routine);
    return callRoutine(
      this.machine,
      address,
      options,
      () => this.#clock.advance(),
      (what) => this.error(what),
    );
  }

  /** Calls `callback` before each execution of `place`. If it throws, `frames` ends. */
  onExecute(place: Place, callback: ExecuteCallback): Stop {
    const { candidates, isMapped } = this.places.resolve(place);
    const stops = candidates.map((address) =>
      this.#observer.onExecute(address, (pc) => {
        if (isMapped(pc)) callback(pc);
      }),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Calls `callback` after each instruction that reads `place`. */
  onRead(place: Place, callback: AccessCallback, options: WatchOptions = {}): Stop {
    return this.#onAccess(place, ACCESS_READ, callback, options);
  }

  /** Calls `callback` after each instruction that writes `place`: RAM, registers or ROM. */
  onWrite(place: Place, callback: AccessCallback, options: WatchOptions = {}): Stop {
    return this.#onAccess(place, ACCESS_WRITE, callback, options);
  }

  /** Calls `spy` for every instruction. */
  spy(spy: InstructionSpy): Stop {
    return this.#observer.spy(spy);
  }

  /** Starts to measure a routine: how often it runs, and how long. */
  time(routine: Place): RoutineTimes {
    const times = new RoutineTimes(String(routine));
    times.stop = this.#timeRoutine(routine, (run) => times.add(run));
    return times;
  }

  /** Throws `GameError` if a later run of `routine` exceeds the budget. */
  budget(routine: Place, budget: Budget): Stop {
    if (Object.values(budget).every((limit) => limit === undefined)) {
      throw new InputError("usage", "a budget needs maxCycles, maxLines or lastLine");
    }
    return this.#timeRoutine(routine, (run) => {
      const excess = checkBudget(run, budget);
      if (excess !== undefined) throw this.error(`${this.#nameOf(routine)} ${excess}`);
    });
  }

  /**
   * Returns the state of the machine. In mid-frame, it does not include the picture and sound of that frame.
   */
  save(): Uint8Array {
    const state = new Uint8Array(this.machine.stateBytes);
    this.machine.save(state);
    return state;
  }

  /** Loads a state of this game and this version. `screen` shows it after the next frame. */
  load(state: Uint8Array): void {
    if (this.#clock.recording !== undefined)
      throw new InputError("usage", "cannot load a state while recording");
    this.machine.load(state);
    this.#timer.forget();
    this.#clock.startFrame();
  }

  /** Presses the reset button, or the power switch. */
  reset(kind: ResetKind = "reset"): void {
    checkReset(kind);
    this.#clock.recording?.reset(kind);
    this.machine.reset(kind);
    this.#timer.forget();
    this.#clock.startFrame();
  }

  /** Inserts a coin into slot 1 to 4 of a VS. System; 3 and 4 are the sub side's. Throws `InputError`. */
  insertCoin(slot = 1): void {
    const coins = coinsOf(this.machine, slot);
    this.#clock.recording?.event({ kind: "coin", slot, frame: 0 });
    coins.insertCoin(slot - 1);
  }

  /** Presses the service button of a VS. System. Throws `InputError` if the game is for another console. */
  pressService(): void {
    coinsOf(this.machine).pressService();
    this.#clock.recording?.event({ kind: "service", frame: 0 });
  }

  /**
   * Sets DIP switches of a VS. System: `setDip("lives=5")`, or digits for all of them, switch 1 first.
   * Throws `InputError` for a switch that the game does not have.
   */
  setDip(setting: string): void {
    const coins = coinsOf(this.machine);
    const dips = changeDips(coins.dips, setting, coins, "");
    this.#clock.picture.look(); // switches are no part of the state that draws the last frame again
    coins.dips = dips;
    this.#clock.recording?.event({ kind: "dip", setting, frame: 0 });
  }

  /** Ejects the disk and inserts `side`, from 1. Throws `InputError` if there is no such side. */
  insertDisk(side: number): void {
    diskOf(this.machine, side).insert(side - 1, true);
    this.#clock.recording?.event({ kind: "insert", side: side - 1, frame: 0 });
  }

  /** Ejects the disk. Most games notice it only after about 60 frames. */
  ejectDisk(): void {
    diskOf(this.machine).insert(-1);
    this.#clock.recording?.event({ kind: "eject", frame: 0 });
  }

  /**
   * Plays a movie from power-on. Call it before the first frame. A desync throws `InputError`. After the
   * movie, the controllers follow `press` again.
   */
  play(movie: Movie): void {
    checkPowerOn(this.machine, "play");
    checkDevices(movie, this.machine.devices);
    if (movie.ramFill !== undefined && movie.ramFill !== this.machine.ramFill) {
      this.machine.ramFill = movie.ramFill;
      this.machine.reset("power");
    }
    this.#clock.play(movie);
  }

  /** Records the buttons from power-on. Call it before the first frame. */
  record(): GameRecording {
    checkPowerOn(this.machine, "record");
    const recording = new GameRecording(this.machine, this.rom);
    this.#clock.recording = recording;
    return recording;
  }

  /** The call stack as text, the innermost call first. */
  get callers(): string[] {
    return callers(this.machine).map((address) => this.places.describe(address));
  }

  /** Creates a failure with the current place and call stack. */
  error(what: string, more = ""): GameError {
    const calledFrom = this.callers.map((caller) => `  called from ${caller}`);
    return new GameError(what, this.place, [...calledFrom, more].filter((line) => line !== "").join("\n"));
  }

  #checkJam(): void {
    if (!this.#throwsOnJam || this.machine.cpu.jammed === 0) return;
    throw new GameCrash("jam", (this.pc - 1) & 0xffff, this.error(JAM));
  }

  #onAccess(place: Place, kinds: number, callback: AccessCallback, options: WatchOptions): Stop {
    const { address } = this.places.resolve(place);
    return this.#observer.onAccess(address, address + (options.bytes ?? 1) - 1, kinds, callback);
  }

  #timeRoutine(routine: Place, callback: (run: RoutineRun) => void): Stop {
    return this.#timer.add(this.places.resolve(routine), callback);
  }

  #nameOf(place: Place): string {
    return typeof place === "string" ? place : hex(place, 4);
  }

  #screenText(): string {
    const text = this.screen.text();
    return text === "" ? "" : `the screen shows:\n${text.replace(/^/gm, "  | ")}`;
  }
}

methodsThrowAtCaller(Game);
