import { InputError } from "../../emu/input-error.ts";
import { fillInput } from "./core-input.ts";
import * as memory from "./core-memory.ts";
import { CORE_SAMPLE_RATE_HZ, type CoreOrder } from "./core-order.ts";
import { CoreSound } from "./core-sound.ts";
import { MEMORY_RTC, MEMORY_SAVE_RAM, MEMORY_SYSTEM_RAM, MEMORY_VIDEO_RAM } from "./libretro.ts";
import { LibretroCore } from "./libretro-core.ts";

/** Memory kinds by `MemorySpace`: cpu, ppu, oam. */
const SPACES = [MEMORY_SYSTEM_RAM, MEMORY_VIDEO_RAM, -1];
const NO_BYTES = new Uint8Array(0);

/** Carries out emu's requests on a core. Throws `InputError` for requests that the core rejects. */
export class CoreServer {
  readonly #core: LibretroCore;
  readonly #shared: memory.CoreMemory;
  /** The battery as it was last copied between the core and the shared memory. */
  #battery = NO_BYTES;
  #sound = new CoreSound(CORE_SAMPLE_RATE_HZ, CORE_SAMPLE_RATE_HZ);
  #soundRateHz = CORE_SAMPLE_RATE_HZ;
  /** True if the core has shown a picture that is not in the shared memory yet. */
  #isStale = false;

  /** Loads core and game, and describes them in the shared text. */
  constructor(order: CoreOrder, shared: memory.CoreMemory) {
    this.#shared = shared;
    const bytes = shared.state.slice(0, order.gameBytes);
    const core = new LibretroCore({
      ...order,
      log: (level, message) => shared.addLog(`${level} ${message.replaceAll("\n", " ")}`),
    });
    this.#core = core;
    if (order.isProbe) {
      shared.text = JSON.stringify(core.identity);
      return;
    }
    const { avInfo, batteryBytes } = core.load({ path: order.gamePath, bytes });
    this.#soundRateHz = avInfo.sampleRateHz;
    this.#sound = new CoreSound(avInfo.sampleRateHz, CORE_SAMPLE_RATE_HZ);
    this.#battery = new Uint8Array(Math.min(batteryBytes, memory.MAX_CORE_BATTERY_BYTES));
    this.#copyBattery();
    this.#describe();
  }

  serve(request: number): void {
    const { words } = this.#shared;
    const argument = words[memory.WORD_ARGUMENT]!;
    switch (request) {
      case memory.REQUEST_RUN:
        this.#run((argument & memory.RUN_UNSEEN) !== 0);
        break;
      case memory.REQUEST_SAVE:
        this.#save();
        break;
      case memory.REQUEST_LOAD:
        this.#load(words[memory.WORD_LENGTH]!);
        break;
      case memory.REQUEST_RESET:
        this.#takeBattery();
        this.#core.reset();
        this.#copyBattery();
        break;
      case memory.REQUEST_PEEK:
        this.#peek(argument);
        break;
      case memory.REQUEST_POKE:
        this.#poke(argument, words[memory.WORD_LENGTH]!);
        break;
      case memory.REQUEST_DISK:
        this.#insertDisk(argument);
        break;
      case memory.REQUEST_OPTION:
        this.#setOption();
        break;
      case memory.REQUEST_PLUG:
        this.#core.plug(argument, words[memory.WORD_LENGTH]!);
        break;
      default:
        throw new Error(`unknown request ${request}`);
    }
  }

  close(): void {
    this.#core.close();
  }

  #run(isUnseen: boolean): void {
    const core = this.#core;
    const { words, devices, frame, samples } = this.#shared;
    this.#takeBattery();
    fillInput(core.callbacks.input, words[memory.WORD_BUTTONS]! >>> 0, devices);
    const isNew = core.runFrame();
    this.#isStale ||= isNew;
    if (core.takeChanges()) this.#describe();
    if (this.#isStale && !isUnseen) {
      this.#isStale = false;
      const { width, height } = core.pictureSize;
      core.drawInto(frame);
      words[memory.WORD_WIDTH] = width;
      words[memory.WORD_HEIGHT] = height;
    }
    const { sampleRateHz } = core.avInfo;
    if (sampleRateHz !== this.#soundRateHz) {
      this.#soundRateHz = sampleRateHz;
      this.#sound = new CoreSound(sampleRateHz, CORE_SAMPLE_RATE_HZ);
    }
    const { callbacks } = core;
    words[memory.WORD_SAMPLES] = this.#sound.process(callbacks.samples, callbacks.audioPairs, samples);
    words[memory.WORD_DISK_SIDE] = this.#diskSide();
    this.#copyBattery();
    if (core.environment.wantsShutdown) words[memory.WORD_STATUS] = memory.STATUS_SHUTDOWN;
  }

  /** Writes the state: first the resampler's, then the core's. */
  #save(): void {
    const { state, words } = this.#shared;
    this.#takeBattery();
    this.#sound.save(new DataView(state.buffer, state.byteOffset, CoreSound.stateBytes));
    const bytes = this.#core.save(state.subarray(CoreSound.stateBytes));
    if (bytes === 0) throw new InputError("unavailable", "the core cannot save a state");
    words[memory.WORD_LENGTH] = CoreSound.stateBytes + bytes;
  }

  #load(length: number): void {
    const { state } = this.#shared;
    if (!this.#core.restore(state.subarray(CoreSound.stateBytes, length)))
      throw new InputError("data", "the core refuses the state");
    this.#sound.load(new DataView(state.buffer, state.byteOffset, CoreSound.stateBytes));
    this.#copyBattery();
  }

  /** Replies with a part of a memory. The request's argument is the space, its text "address length". */
  #peek(space: number): void {
    const { state, words, text } = this.#shared;
    const [address = 0, length = 0] = text.split(" ").map(Number);
    const bytes = this.#space(space).subarray(address, address + length);
    state.set(bytes);
    words[memory.WORD_LENGTH] = bytes.length;
  }

  #poke(space: number, value: number): void {
    const bytes = this.#space(space);
    const address = Number(this.#shared.text);
    if (address < bytes.length) bytes[address] = value;
  }

  #space(space: number): Uint8Array {
    const kind = SPACES[space] ?? -1;
    return kind < 0 ? NO_BYTES : this.#core.memory(kind);
  }

  #insertDisk(side: number): void {
    const { disk } = this.#core.environment;
    if (disk?.insert(side) !== true)
      throw new InputError("unavailable", "the core refuses to change the disk");
  }

  #diskSide(): number {
    const { disk } = this.#core.environment;
    if (disk === undefined || disk.isEjected()) return -1;
    const index = disk.index();
    return index < disk.count() ? index : -1;
  }

  #setOption(): void {
    const { key, value } = JSON.parse(this.#shared.text) as { key: string; value: string };
    const { options } = this.#core.environment;
    if (options.set(key, value)) return;
    const known = options.list.find((option) => option.key === key)?.values.join(", ");
    const what = known === undefined ? `the core has no option ${key}` : `${key} cannot be ${value}`;
    throw new InputError("usage", what, "", known === undefined ? "" : `one of: ${known}`);
  }

  /** Passes a battery that emu has changed to the core. */
  #takeBattery(): void {
    const shared = this.#shared.battery.subarray(0, this.#battery.length);
    if (shared.length === 0 || Buffer.compare(shared, this.#battery) === 0) return;
    const ram = this.#core.memory(MEMORY_SAVE_RAM);
    const clock = this.#core.memory(MEMORY_RTC);
    ram.set(shared.subarray(0, ram.length));
    clock.set(shared.subarray(ram.length, ram.length + clock.length));
    this.#battery.set(shared);
  }

  /** Copies the core's battery to where emu reads it. */
  #copyBattery(): void {
    const battery = this.#battery;
    if (battery.length === 0) return;
    const ram = this.#core.memory(MEMORY_SAVE_RAM).subarray(0, battery.length);
    battery.set(ram);
    const clock = this.#core.memory(MEMORY_RTC);
    battery.set(clock.subarray(0, battery.length - ram.length), ram.length);
    this.#shared.battery.set(battery);
  }

  #describe(): void {
    const { words } = this.#shared;
    this.#shared.text = JSON.stringify({ ...this.#core.facts, batteryBytes: this.#battery.length });
    words[memory.WORD_BATTERY_BYTES] = this.#battery.length;
    words[memory.WORD_DESCRIPTION] = words[memory.WORD_DESCRIPTION]! + 1;
    words[memory.WORD_DISK_SIDE] = this.#diskSide();
  }
}
