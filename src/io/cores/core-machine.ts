import { InputError } from "../../emu/input-error.ts";
import type {
  DiskDrive,
  InputSource,
  Machine,
  MachineChoices,
  MachineGeometry,
  MemorySpace,
  ResetKind,
} from "../../emu/machine.ts";
import { RefusedState } from "../thread/refused-state.ts";
import { CoreLink, CoreLost } from "./core-link.ts";
import * as memory from "./core-memory.ts";
import { CORE_SAMPLE_RATE_HZ } from "./core-order.ts";
import { CoreSound } from "./core-sound.ts";
import type { CoreFacts } from "./libretro-core.ts";

/** What a thread needs to drive a core's process: structured-cloneable. */
export interface CoreConnection {
  readonly memoryDescriptor: number;
  readonly socket: number;
  readonly facts: CoreFacts;
  /** Identifies core and game; states with another key are rejected. */
  readonly stateKey: number;
}

/** The head of a state: magic, key, length of the rest, frame. */
const STATE_HEAD_BYTES = 24;
const STATE_MAGIC = 0x3252_4f43;
const PAGE_BYTES = 4096;
const SPACES: readonly MemorySpace[] = ["cpu", "ppu", "oam"];

/** Size of a core's states with their head; 0 if the core has none. */
export function coreStateBytes({ stateBytes }: CoreFacts): number {
  const bytes = STATE_HEAD_BYTES + CoreSound.stateBytes + stateBytes;
  return stateBytes === 0 || bytes > memory.MAX_CORE_STATE_BYTES ? 0 : bytes;
}

/** A libretro core in its own process as a machine. Pictures are 0x00RRGGBB, so frames are `Uint32Array`s. */
export class CoreMachine implements Machine, MachineChoices {
  geometry: MachineGeometry;
  readonly drawsRgb = true;
  frame = 0;
  readonly samples: Int16Array;
  sampleCount = 0;
  latchedButtons = 0;
  readonly latchedDevices: Uint8Array;
  readonly stateBytes: number;
  readonly batteryRam: Uint8Array;
  readonly disk: DiskDrive | undefined;
  readonly choices: MachineChoices = this;
  mutedChannels = 0;
  readonly #link: CoreLink;
  readonly #stateKey: number;
  #input: InputSource | undefined;
  #description: number;
  readonly #page = new Uint8Array(PAGE_BYTES);
  #pageKey = -1;
  #pageLength = 0;
  /** Receives the lines that the core logs: level, space, message. */
  onLog: (line: string) => void = () => {};

  constructor({ memoryDescriptor, socket, facts, stateKey }: CoreConnection) {
    const link = new CoreLink(memoryDescriptor, socket);
    this.#link = link;
    this.#stateKey = stateKey;
    this.samples = link.memory.samples;
    this.latchedDevices = link.memory.devices;
    this.stateBytes = coreStateBytes(facts);
    this.batteryRam = link.memory.battery.subarray(0, facts.batteryBytes);
    const { width, height } = uprightSize(facts.avInfo);
    this.geometry = geometryOf(facts, width, height);
    this.#description = link.memory.words[memory.WORD_DESCRIPTION]!;
    this.#facts = facts;
    this.disk = facts.diskCount > 0 ? this.#drive(facts.diskCount) : undefined;
  }

  #facts: CoreFacts;

  get hasStates(): boolean {
    return this.stateBytes > 0;
  }

  setInput(source: InputSource): void {
    this.#input = source;
  }

  runFrame(pixels?: Uint32Array): void {
    const { words, devices, frame } = this.#link.memory;
    this.latchedButtons = this.#input?.latchButtons() ?? 0;
    this.#input?.latchDevices?.(devices);
    words[memory.WORD_BUTTONS] = this.latchedButtons | 0;
    this.#pageKey = -1;
    this.#call(memory.REQUEST_RUN, pixels === undefined ? memory.RUN_UNSEEN : 0);
    this.frame++;
    this.sampleCount = words[memory.WORD_SAMPLES]!;
    this.#takeGeometry();
    if (pixels === undefined) return;
    const { width, height } = this.geometry;
    if (width * height > pixels.length) {
      const what = `the core shows ${width} × ${height} pixels, more than it has announced`;
      throw new InputError("unavailable", what);
    }
    const count = width * height;
    // `set` would be no faster than this loop, and needs a new view each time, which would be garbage.
    for (let at = 0; at < count; at++) pixels[at] = frame[at]!;
  }

  /** libretro has only one kind of reset, which keeps the battery. */
  reset(_kind: ResetKind): void {
    this.#call(memory.REQUEST_RESET);
  }

  save(into: Uint8Array): void {
    if (!this.hasStates) throw noStates();
    const { words, state } = this.#link.memory;
    try {
      this.#call(memory.REQUEST_SAVE);
    } catch (error) {
      if (error instanceof InputError && !(error instanceof CoreLost)) throw new RefusedState();
      throw error;
    }
    const length = words[memory.WORD_LENGTH]!;
    const view = new DataView(into.buffer, into.byteOffset, STATE_HEAD_BYTES);
    view.setUint32(0, STATE_MAGIC, true);
    view.setUint32(4, this.#stateKey, true);
    view.setUint32(8, length, true);
    view.setUint32(12, 0, true);
    view.setFloat64(16, this.frame, true);
    into.set(state.subarray(0, length), STATE_HEAD_BYTES);
    into.fill(0, STATE_HEAD_BYTES + length, this.stateBytes);
  }

  load(from: Uint8Array): void {
    if (!this.hasStates) throw noStates();
    const view = new DataView(from.buffer, from.byteOffset, from.length);
    if (from.length !== this.stateBytes || view.getUint32(0, true) !== STATE_MAGIC)
      throw new InputError("data", "not a state of a game that a core plays");
    if (view.getUint32(4, true) !== this.#stateKey)
      throw new InputError("data", "the state is from another game or another core");
    const frame = view.getFloat64(16, true);
    const isValid = Number.isSafeInteger(frame) && frame >= 0;
    if (!isValid || view.getUint32(8, true) > this.stateBytes - STATE_HEAD_BYTES)
      throw new InputError("data", "the state is damaged", "", "load another state, or restart the game");
    this.restore(from);
  }

  restore(from: Uint8Array): void {
    const { words, state } = this.#link.memory;
    const view = new DataView(from.buffer, from.byteOffset, STATE_HEAD_BYTES);
    const length = view.getUint32(8, true);
    state.set(from.subarray(STATE_HEAD_BYTES, STATE_HEAD_BYTES + length));
    words[memory.WORD_LENGTH] = length;
    this.#call(memory.REQUEST_LOAD);
    this.frame = view.getFloat64(16, true);
    this.#pageKey = -1;
  }

  /** "cpu" is the core's system RAM, "ppu" its video RAM. Bytes beyond are 0. */
  peek(space: MemorySpace, address: number): number {
    const page = Math.floor(address / PAGE_BYTES);
    const key = 3 * page + SPACES.indexOf(space);
    if (key !== this.#pageKey) {
      const { words, state } = this.#link.memory;
      this.#link.memory.text = `${page * PAGE_BYTES} ${PAGE_BYTES}`;
      this.#call(memory.REQUEST_PEEK, SPACES.indexOf(space));
      this.#pageLength = words[memory.WORD_LENGTH]!;
      this.#page.set(state.subarray(0, this.#pageLength));
      this.#pageKey = key;
    }
    const at = address % PAGE_BYTES;
    return at < this.#pageLength ? this.#page[at]! : 0;
  }

  poke(space: MemorySpace, address: number, value: number): void {
    this.#link.memory.text = String(address);
    this.#link.memory.words[memory.WORD_LENGTH] = value & 0xff;
    this.#call(memory.REQUEST_POKE, SPACES.indexOf(space));
    this.#pageKey = -1;
  }

  /** libretro has no interface to a core's registers. */
  registers(): Record<string, number> {
    return {};
  }

  /** Cheats are not supported: each core has its own notation for codes. */
  clearCheats(): void {}

  addCheat(): void {
    throw new InputError("usage", "cheats work with NES games only");
  }

  /** Sets an option to one of its values: both by their places in `CoreFacts`. */
  choose(option: number, value: number): void {
    const { key = "", values = [] } = this.#facts.options[option] ?? {};
    this.setOption(key, values[value] ?? "");
  }

  plug(port: number, device: number): void {
    this.#link.memory.words[memory.WORD_LENGTH] = device;
    this.#call(memory.REQUEST_PLUG, port);
  }

  /** Sets a core option. Throws `InputError` ("usage") if the core does not know it. */
  setOption(key: string, value: string): void {
    this.#link.memory.text = JSON.stringify({ key, value });
    this.#call(memory.REQUEST_OPTION);
  }

  #call(request: number, argument = 0): void {
    this.#link.call(request, argument);
    for (const line of this.#link.memory.takeLog()) this.onLog(line);
  }

  #takeGeometry(): void {
    const { words } = this.#link.memory;
    const description = words[memory.WORD_DESCRIPTION]!;
    const width = words[memory.WORD_WIDTH]! || this.geometry.width;
    const height = words[memory.WORD_HEIGHT]! || this.geometry.height;
    const isSame = width === this.geometry.width && height === this.geometry.height;
    if (description === this.#description && isSame) return;
    if (description !== this.#description) {
      this.#description = description;
      this.#facts = JSON.parse(this.#link.memory.text) as CoreFacts;
    }
    this.geometry = geometryOf(this.#facts, width, height);
  }

  #drive(sideCount: number): DiskDrive {
    const link = this.#link;
    const side = (): number => link.memory.words[memory.WORD_DISK_SIDE]!;
    return {
      sideCount,
      get insertedSide() {
        return side();
      },
      get wantedSide() {
        return side();
      },
      insert: (wanted) => {
        this.#call(memory.REQUEST_DISK, wanted);
        link.memory.words[memory.WORD_DISK_SIDE] = wanted;
      },
    };
  }
}

function noStates(): InputError {
  return new InputError("unavailable", "this core has no states: no slots, no rewind, no run-ahead");
}

function uprightSize({ width, height, rotation }: CoreFacts["avInfo"]): { width: number; height: number } {
  return rotation % 2 === 1 ? { width: height, height: width } : { width, height };
}

/** The core reports the aspect of the whole picture. Pictures of other sizes fill the same screen. */
function geometryOf({ avInfo }: CoreFacts, width: number, height: number): MachineGeometry {
  const upright = uprightSize(avInfo);
  const aspect = avInfo.aspect > 0 ? avInfo.aspect : upright.width / upright.height;
  return {
    width,
    height,
    pixelAspect: (aspect * height) / width,
    frameRateHz: avInfo.frameRateHz,
    sampleRateHz: CORE_SAMPLE_RATE_HZ,
    audioChannels: 2,
    maxSamplesPerFrame: memory.MAX_FRAME_SAMPLES,
    soundChannels: [],
  };
}
