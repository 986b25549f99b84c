import { InputError } from "../../emu/input-error.ts";
import type { CoinSlots, Machine, MachineChoices } from "../../emu/machine.ts";
import type { CommandConsumer } from "../shared/command-ring.ts";
import * as codes from "../shared/commands.ts";
import type { SharedBlocks } from "../shared/layout.ts";
import { readSnapshot, SnapshotWriter } from "../shared/snapshot-cell.ts";
import type { TripleBufferWriter } from "../shared/triple-buffer.ts";
import { ButtonHolds } from "./button-holds.ts";
import { MachineReplies, spaceOf } from "./machine-replies.ts";
import type { MovieTrack } from "./movie-track.ts";
import { isRefusedState } from "./refused-state.ts";
import type { RewindBuffer } from "./rewind.ts";
import type { Rollback } from "./rollback.ts";

/** At a lower speed the watchdog could take the machine for a hung one. */
const MIN_SPEED_PERCENT = 10;
const MAX_SPEED_PERCENT = 10_000;
/** No game's input lag is longer; more frames would be visible as jumps. */
const MAX_RUN_AHEAD_FRAMES = 3;
/** Commands that would change the game of one player but not those of the others. */
const CHANGES_GAME: ReadonlySet<number> = new Set([
  codes.COMMAND_STEP,
  codes.COMMAND_RESET,
  codes.COMMAND_POWER,
  codes.COMMAND_SPEED,
  codes.COMMAND_LOAD_INBOX,
  codes.COMMAND_HOLD,
  codes.COMMAND_POKE,
  codes.COMMAND_DISK,
  codes.COMMAND_REWIND,
  codes.COMMAND_ADD_CHEAT,
  codes.COMMAND_COIN,
  codes.COMMAND_DIPS,
]);

/**
 * Executes commands and stores what they have requested. The machine thread's loop reads the fields; commands
 * run between frames.
 */
export class MachineCommands {
  isPaused = false;
  isStopping = false;
  /** Frames to run while paused. */
  stepsLeft = 0;
  /** How to run them (`STEP_…`). */
  stepMode = codes.STEP_FAST;
  /** Percent of real time; 0 is uncapped. */
  speedPercent = 100;
  /** Number of run-ahead frames. */
  runAheadFrames = 0;
  isRewinding = false;
  /** Set if the next frame does not follow the frame that was heard last, so its sound needs a join. */
  hasJumped = false;
  /** States before the last frames; undefined without memory for them. */
  rewind: RewindBuffer | undefined;
  /** Receives resets for the movie that is recorded. */
  track: MovieTrack | undefined;
  /** The game that is played with others; undefined for none. */
  rollback: Rollback | undefined;
  /** Set when pause, step or speed has changed, so that the loop starts a new stretch. */
  hasNewTempo = true;
  /** Buttons that commands hold. */
  readonly holds = new ButtonHolds();
  readonly #machine: Machine;
  readonly #blocks: SharedBlocks;
  readonly #lastGood: SnapshotWriter;
  readonly #battery: SnapshotWriter;
  readonly #replies: MachineReplies;

  constructor(machine: Machine, blocks: SharedBlocks, frames: TripleBufferWriter) {
    this.#machine = machine;
    this.#blocks = blocks;
    this.#lastGood = new SnapshotWriter(blocks.lastGood);
    this.#battery = new SnapshotWriter(blocks.battery);
    this.#replies = new MachineReplies(machine, blocks, frames);
  }

  /** True if no frame is to be run. */
  get isIdle(): boolean {
    return this.isPaused && this.stepsLeft === 0 && !this.isRewinding;
  }

  /** True if the next frame must keep real time. */
  get isPaced(): boolean {
    if (this.isRewinding) return true;
    return this.isPaused ? this.stepMode === codes.STEP_PACED : this.speedPercent !== 0;
  }

  /** True if the next frame needs neither picture nor sound. */
  get isUnseen(): boolean {
    return this.stepMode === codes.STEP_LAST_PICTURE && this.stepsLeft > 1;
  }

  /** True if the next frame needs no sound. */
  get isUnheard(): boolean {
    return this.stepMode === codes.STEP_LAST_PICTURE && this.stepsLeft > 0;
  }

  /** Copies state and battery to cells that outlive this thread. */
  takeSnapshot(): void {
    if (this.#machine.hasStates !== false) this.#keepLastGood();
    this.#copyBattery();
  }

  #copyBattery(): void {
    const battery = this.#machine.batteryRam;
    if (battery.length === 0) return;
    this.#battery.begin().set(battery);
    this.#battery.finish(battery.length, this.#machine.frame);
  }

  #keepLastGood(): void {
    try {
      this.#saveTo(this.#lastGood);
    } catch (error) {
      // The previous good state stays.
      if (!isRefusedState(error)) throw error;
    }
  }

  /** Executes one command. Throws `InputError` if the request is impossible. */
  execute(code: number, ring: CommandConsumer): void {
    if (this.rollback !== undefined && CHANGES_GAME.has(code))
      throw new InputError("usage", "not possible in a game that is played with others");
    const isKnown =
      this.#executeTempo(code, ring) ||
      this.#executeState(code) ||
      this.#executeOnMachine(code, ring) ||
      this.#executeQuestion(code, ring);
    if (!isKnown) throw new Error(`unknown command ${code}`);
  }

  /** Which frames run, and when. Returns false for other commands. */
  #executeTempo(code: number, ring: CommandConsumer): boolean {
    const first = ring.argument(0);
    switch (code) {
      case codes.COMMAND_PAUSE:
        this.#setTempo(true);
        return true;
      case codes.COMMAND_RESUME:
        this.#setTempo(false);
        return true;
      case codes.COMMAND_STEP:
        this.#setTempo(true, Math.max(0, first), ring.argument(1));
        return true;
      case codes.COMMAND_SPEED:
        this.#setSpeed(first);
        return true;
      case codes.COMMAND_REWIND:
        this.#setRewinding(first !== 0);
        return true;
      case codes.COMMAND_RUN_AHEAD:
        this.runAheadFrames = Math.max(0, Math.min(MAX_RUN_AHEAD_FRAMES, first));
        return true;
      case codes.COMMAND_STOP:
        this.isStopping = true;
        return true;
      default:
        return false;
    }
  }

  /** Saves and loads states. Returns false for other commands. */
  #executeState(code: number): boolean {
    switch (code) {
      case codes.COMMAND_LOAD_INBOX:
        this.hasJumped = true;
        this.#machine.load(readSnapshot(this.#blocks.inbox)?.bytes ?? new Uint8Array());
        return true;
      case codes.COMMAND_SNAPSHOT:
        this.#saveTo(this.#lastGood);
        this.#copyBattery();
        return true;
      case codes.COMMAND_SETTLED_STATE:
        this.#saveSettled();
        return true;
      default:
        return false;
    }
  }

  /** Changes the machine as a player at the console or a debugger does. Returns false for other commands. */
  #executeOnMachine(code: number, ring: CommandConsumer): boolean {
    const first = ring.argument(0);
    const second = ring.argument(1);
    switch (code) {
      case codes.COMMAND_RESET:
        this.hasJumped = true;
        this.#machine.reset("reset");
        this.track?.reset();
        return true;
      case codes.COMMAND_POWER:
        this.hasJumped = true;
        this.#machine.reset("power");
        return true;
      case codes.COMMAND_HOLD:
        this.holds.hold(first, second);
        return true;
      case codes.COMMAND_POKE:
        this.#machine.poke(spaceOf(first), second, ring.argument(2));
        return true;
      case codes.COMMAND_DISK:
        this.#changeDisk(first);
        return true;
      case codes.COMMAND_COIN:
        this.#insertCoin(first);
        return true;
      case codes.COMMAND_DIPS:
        this.#coins.dips = first;
        return true;
      case codes.COMMAND_CHOOSE:
        this.#choices.choose(first, second);
        return true;
      case codes.COMMAND_PLUG:
        this.#choices.plug(first, second);
        return true;
      case codes.COMMAND_MUTE_CHANNELS:
        this.#machine.mutedChannels = first;
        return true;
      case codes.COMMAND_CLEAR_CHEATS:
        this.#machine.clearCheats();
        return true;
      case codes.COMMAND_ADD_CHEAT:
        this.#machine.addCheat(first, second, ring.argument(2));
        return true;
      default:
        return false;
    }
  }

  /** Answers what main wants to know. Returns false for other commands. */
  #executeQuestion(code: number, ring: CommandConsumer): boolean {
    switch (code) {
      case codes.COMMAND_PEEK:
        this.#replies.memory(ring.argument(0), ring.argument(1), ring.argument(2));
        return true;
      case codes.COMMAND_REGISTERS:
        this.#replies.registers();
        return true;
      case codes.COMMAND_PICTURE:
        this.#replies.picture();
        return true;
      default:
        return false;
    }
  }

  #changeDisk(side: number): void {
    const { disk } = this.#machine;
    if (disk === undefined) throw new InputError("usage", "this machine has no disk drive");
    if (side >= disk.sideCount) {
      throw new InputError("usage", `the disk has ${disk.sideCount} sides, there is no side ${side + 1}`);
    }
    disk.insert(side === codes.DISK_NEXT ? (disk.wantedSide + 1) % disk.sideCount : side);
    this.#replies.disk(disk);
  }

  #insertCoin(slot: number): void {
    const coins = this.#coins;
    if (slot === codes.COIN_SERVICE) {
      coins.pressService();
      this.track?.service();
      return;
    }
    if (slot < 0 || slot >= coins.slotCount)
      throw new InputError("usage", `there is no coin slot ${slot + 1}`);
    coins.insertCoin(slot);
    this.track?.coin(slot);
  }

  get #coins(): CoinSlots {
    const { coins } = this.#machine;
    if (coins === undefined) throw new InputError("usage", "this machine has no coin slots");
    return coins;
  }

  get #choices(): MachineChoices {
    const { choices } = this.#machine;
    if (choices === undefined) throw new InputError("usage", "this machine has no options");
    return choices;
  }

  #setTempo(isPaused: boolean, steps = 0, stepMode: number = codes.STEP_FAST): void {
    this.isPaused = isPaused;
    this.stepsLeft = steps;
    this.stepMode = stepMode;
    this.hasNewTempo = true;
  }

  #setSpeed(percent: number): void {
    this.speedPercent = percent <= 0 ? 0 : Math.min(MAX_SPEED_PERCENT, Math.max(MIN_SPEED_PERCENT, percent));
    this.hasNewTempo = true;
  }

  #saveTo(cell: SnapshotWriter): void {
    this.#machine.save(cell.begin());
    cell.finish(this.#machine.stateBytes, this.#machine.frame);
  }

  #saveSettled(): void {
    const { rollback } = this;
    if (rollback === undefined) throw new Error("this game is not played with others");
    const frame = rollback.saveSettled(this.#lastGood.begin());
    this.#lastGood.finish(this.#machine.stateBytes, frame);
  }

  /** The game resumes from the frame that rewinding reached. */
  #setRewinding(isRewinding: boolean): void {
    if (isRewinding && this.#machine.hasStates === false)
      throw new InputError("unavailable", "this core has no states, so it cannot rewind");
    if (isRewinding && this.rewind === undefined)
      throw new InputError(
        "usage",
        "not enough memory is reserved for rewind",
        "",
        "raise play.rewind-memory in the settings",
      );
    if (this.isRewinding && !isRewinding) this.rewind?.restore(this.#machine);
    this.isRewinding = isRewinding;
    this.hasNewTempo = true;
  }
}
