import type { MachineArena } from "../../arena.ts";
import { InputError } from "../../input-error.ts";
import type { MachineChoices } from "../../machine.ts";
import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";
import { Z80_REGISTER_BYTES } from "../../z80/registers.ts";
import { Z80 } from "../../z80/z80.ts";
import type { Apu } from "../apu/apu.ts";
import type { CartridgeImage } from "../cartridge/image.ts";
import type { Chip } from "../cartridge/memory.ts";
import type { Cpu } from "../cpu/cpu.ts";
import { resetCpu } from "../cpu/interrupts.ts";
import type { FrameEnd } from "../frame-end.ts";
import type { NesOptions } from "../hardware.ts";
import type { InputPorts } from "../input/ports.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "../ppu/ppu.ts";
import type { SecondSide } from "../second-side.ts";
import { ControlBus, LATCH } from "./control-bus.ts";
import { FIRST_CONTROL_PIXEL, PLAY_CHOICE_WIDTH } from "./control-side.ts";
import { ControlVideo } from "./control-video.ts";
import { PlayChoicePanel } from "./panel.ts";

/** The console of a PlayChoice-10, as the control side sees it. */
export interface GameConsole {
  readonly cpu: Cpu;
  readonly apu: Apu;
  readonly frameEnd: FrameEnd;
  /** True if a frame has begun and not ended. */
  readonly midFrame: boolean;
  /** Runs one instruction. */
  stepCpu(): void;
}

/** What the game's screen shows while its picture is off. */
const BLACK = 0x0f;

/**
 * 4 MHz of the Z80 as a fraction of the 2A03's clock, 236.25 MHz / 132: 704 / 315 T-states per CPU cycle.
 */
const T_STATES_NUMERATOR = 704;
const T_STATES_DENOMINATOR = 315;
/** T_STATES_DENOMINATOR-ths of a T-state in 256 lines of 327 dots, at 5.04 MHz: 60.206 Hz. */
const FRAME_TIME = (256 * 327 * 4_000_000 * T_STATES_DENOMINATOR) / 5_040_000;
/** CPU cycles of a turn in which the console's CPU is held: those of a long instruction. */
const HELD_CYCLES = 8;
/** The longest instruction of the Z80, with an interrupt. */
const MAX_STEP_T_STATES = 40;
/** The longest instruction of the 2A03, with OAM and DMC DMA. */
const MAX_STEP_CYCLES = 1200;

/** Words of the state. */
const TIME = 0;
const UNTIL_VBLANK = 1;
const IN_RESET = 2;
const PPU_IN_RESET = 3;
const IS_SHOWN = 4;
const STATE_WORDS = 5;

/**
 * A PlayChoice-10: beside the console, a Z80 with a picture of its own sells time, and resets, halts and
 * masks the console. Both run in turns, an instruction of the console and those of the Z80 that begin before
 * its end.
 *
 * The control side's picture has a clock of its own. Its vertical blank interrupts the Z80, or resets it if
 * it has neither enabled that nor turned the watchdog off; what video RAM holds then is shown until the next
 * one. https://problemkaputt.de/everynes.htm (video), and for the watchdog
 * https://github.com/mamedev/mame/blob/master/src/mame/nintendo/playch10.cpp
 */
export class PlayChoice implements SecondSide, MachineChoices {
  readonly left = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  target: Uint16Array | undefined;
  readonly panel: PlayChoicePanel;
  readonly bus: ControlBus;
  readonly #game: GameConsole;
  readonly #z80: Z80;
  readonly #registers: Uint8Array;
  readonly #video: ControlVideo;
  /** Video RAM as it was at the last vertical blank. */
  readonly #shown: Uint8Array;
  readonly #state: Int32Array;
  readonly #showsBoth: boolean;
  /** True if the control side's screen is shown even while the game's picture is on. Not part of a state. */
  #prefersControl = false;

  /**
   * Allocates its memory in the mutable run of `arena`, except `battery`, its battery RAM. `image` must have
   * the ROMs of both (`hasControlSide`).
   */
  constructor(
    arena: MachineArena,
    { controlRoms, playChoice }: CartridgeImage,
    battery: Chip,
    game: GameConsole,
    ports: InputPorts,
    { dips, screens }: Pick<NesOptions, "dips" | "screens">,
  ) {
    this.#showsBoth = screens !== "one";
    this.#game = game;
    const batteryRam = arena.bytes.subarray(battery.offset, battery.offset + battery.bytes);
    this.bus = new ControlBus(arena, controlRoms!, playChoice!, batteryRam);
    this.panel = new PlayChoicePanel(arena, ports, dips, this.bus);
    this.bus.panel = this.panel;
    this.#registers = arena.uint8("playChoiceZ80", Z80_REGISTER_BYTES);
    this.#z80 = new Z80(this.bus, this.#registers);
    this.#shown = arena.uint8("playChoiceShown", this.bus.videoRam.length);
    this.#video = new ControlVideo(this.#shown, controlRoms!.tiles);
    this.#state = arena.int32("playChoice", STATE_WORDS);
  }

  declareState(state: StateCheck): void {
    this.bus.declareState(state);
    const longest = MAX_STEP_T_STATES * T_STATES_DENOMINATOR;
    state.slots("playchoice.time", this.#state, range(-longest, 0), TIME, 1);
    state.slots("playchoice.untilVblank", this.#state, range(1, FRAME_TIME), UNTIL_VBLANK, 1);
    state.slots("playchoice.flags", this.#state, FLAG, IN_RESET, 3);
  }

  powerOn(): void {
    this.#registers.fill(0);
    this.#state.fill(0);
    this.#state[UNTIL_VBLANK] = FRAME_TIME;
    this.#shown.fill(0);
    this.bus.powerOn();
    this.#z80.reset();
  }

  /** Restarts the control side, which then resets the console. RAM keeps its contents. */
  reset(): void {
    this.bus.powerOn();
    this.#z80.reset();
  }

  beginFrame(): void {
    if (this.#state[PPU_IN_RESET] === 1) this.#clearPpu();
  }

  step(): void {
    const game = this.#game;
    const before = game.cpu.cycle;
    this.#stepGame();
    this.#run(Math.min(game.cpu.cycle - before, MAX_STEP_CYCLES));
  }

  /** Runs the console for an instruction, or for a few cycles while it is held. */
  #stepGame(): void {
    const game = this.#game;
    const { bus } = this;
    const state = this.#state;
    const ppuInReset = 1 - bus.latch(LATCH.ppuReset);
    if (ppuInReset !== state[PPU_IN_RESET]) {
      state[PPU_IN_RESET] = ppuInReset;
      this.#clearPpu();
    }
    if (bus.latch(LATCH.gameReset) === 0) {
      if (state[IN_RESET] === 0) game.apu.reset(game.cpu.cycle);
      state[IN_RESET] = 1;
      this.#holdCpu();
    } else if (state[IN_RESET] === 1) {
      state[IN_RESET] = 0;
      resetCpu(game.cpu);
      game.frameEnd.instructionEnded(game.cpu.cycle);
    } else if (bus.latch(LATCH.gameRun) === 0) {
      this.#holdCpu();
    } else {
      game.stepCpu();
    }
  }

  /** Time passes while the console's CPU is halted or in reset: it reads. */
  #holdCpu(): void {
    const { cpu, frameEnd } = this.#game;
    for (let i = 0; i < HELD_CYCLES; i++) cpu.read(0xffff);
    frameEnd.instructionEnded(cpu.cycle);
  }

  /**
   * Clears the registers that the PPU's reset pin reaches. Its position in the frame stays, so that frames
   * go on while it is held in reset.
   */
  #clearPpu(): void {
    const { cpu, frameEnd, midFrame } = this.#game;
    frameEnd.catchUp(cpu.cycle, midFrame);
    cpu.ppu.resetRegisters();
    cpu.stateLoaded();
  }

  /** Runs the Z80 for `cycles` of the 2A03. */
  #run(cycles: number): void {
    const z80 = this.#z80;
    const state = this.#state;
    let time = state[TIME] + cycles * T_STATES_NUMERATOR;
    while (time > 0) {
      z80.cycle = 0;
      z80.step();
      const spent = z80.cycle * T_STATES_DENOMINATOR;
      time -= spent;
      state[UNTIL_VBLANK] -= spent;
      if (state[UNTIL_VBLANK] <= 0) this.#beginVblank();
    }
    state[TIME] = time;
  }

  #beginVblank(): void {
    const { bus } = this;
    const state = this.#state;
    state[UNTIL_VBLANK] += FRAME_TIME;
    state[IS_SHOWN] = bus.latch(LATCH.videoRam);
    this.#shown.set(bus.videoRam);
    if (bus.latch(LATCH.nmi) === 1) this.#z80.nmi();
    else if (bus.latch(LATCH.noWatchdog) === 0) this.#z80.reset();
  }

  /** The PPU interrupts its CPU at the vertical blank that begins, if the game has enabled that. */
  finishFrame(): void {
    if (this.#game.cpu.ppu.state.control >= 0x80) this.bus.noticeNmi();
  }

  /** The game's sound is off for whole frames. */
  mix(): void {
    const { samples, sampleCount } = this.#game.apu;
    if (this.bus.latch(LATCH.sound) === 0) samples.fill(0, 0, sampleCount);
  }

  /** Option 0: which screen is shown if there is one, that in use (0) or the control side's (1). */
  choose(option: number, value: number): void {
    if (option !== 0 || value < 0 || value > 1)
      throw new InputError("usage", `a PlayChoice-10 has no choice ${option} of ${value}`);
    this.#prefersControl = value === 1;
  }

  plug(): void {
    throw new InputError("usage", "a PlayChoice-10 has no ports for devices");
  }

  show(): void {
    const { target, left } = this;
    if (target === undefined) return;
    const isOn = this.bus.latch(LATCH.display) === 1;
    if (!this.#showsBoth) {
      // While nobody plays, the game shows itself without its controls, and the menu is what is needed.
      if (isOn && this.bus.hasControls && !this.#prefersControl) target.set(left);
      else this.#draw(target, 0, SCREEN_WIDTH);
      return;
    }
    for (let y = 0; y < SCREEN_HEIGHT; y++) {
      const row = y * SCREEN_WIDTH;
      if (isOn) target.set(left.subarray(row, row + SCREEN_WIDTH), 2 * row);
      else target.fill(BLACK, 2 * row, 2 * row + SCREEN_WIDTH);
    }
    this.#draw(target, SCREEN_WIDTH, PLAY_CHOICE_WIDTH);
  }

  #draw(target: Uint16Array, start: number, width: number): void {
    this.#video.draw(target, start, width, FIRST_CONTROL_PIXEL, this.#state[IS_SHOWN] === 1);
  }
}
