import type { MachineArena } from "../arena.ts";
import type {
  CoinSlots,
  DiskDrive,
  InputSource,
  Machine,
  MachineGeometry,
  MemorySpace,
  ResetKind,
} from "../machine.ts";
import { flushFields, loadFields } from "../state-fields.ts";
import { KIB } from "../units.ts";
import { Apu } from "./apu/apu.ts";
import { SOUND_CHANNELS } from "./apu/mixer.ts";
import { BUS_FIELDS } from "./bus.ts";
import { type Board, HOOK_CPU_TIME, REGISTER_BYTES } from "./cartridge/board.ts";
import { boardChips, createBoard } from "./cartridge/boards/index.ts";
import { Fds } from "./cartridge/boards/nintendo/fds.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import { CartridgeMemory, type Chip, keptPart } from "./cartridge/memory.ts";
import { CHEAT_BYTES, Cheats } from "./cheats.ts";
import { CPU_FIELDS, Cpu } from "./cpu/cpu.ts";
import { FastCpu } from "./cpu/fast/fast-cpu.ts";
import { FastDma } from "./cpu/fast/fast-dma.ts";
import { resetCpu } from "./cpu/interrupts.ts";
import { step } from "./cpu/step.ts";
import { DMA_FIELDS, Dma } from "./dma.ts";
import { chooseHardware, type NesOptions } from "./hardware.ts";
import type { DeviceSetup } from "./input/devices.ts";
import { ScreenLight } from "./input/light.ts";
import { Plugged } from "./input/plug.ts";
import { InputPorts, PORT_FIELDS } from "./input/ports.ts";
import { VsCabinet } from "./input/vs-cabinet.ts";
import { INTERRUPT_FIELDS, InterruptLines } from "./interrupts.ts";
import { FRAME_SLOT_COUNT, FRAME_SLOTS, NesStateCheck } from "./nes-state-check.ts";
import { lagOf, modulo } from "./power-on.ts";
import { ExactPpu } from "./ppu/exact-ppu.ts";
import { FastPpu } from "./ppu/fast/fast-ppu.ts";
import { POWER_ON_PALETTE } from "./ppu/power-on-palette.ts";
import { type Ppu, SCREEN_HEIGHT, SCREEN_WIDTH } from "./ppu/ppu.ts";
import { OAM_BYTES, PALETTE_BYTES, PPU_FIELDS, SECONDARY_OAM_BYTES, SPRITES_PER_LINE } from "./ppu/state.ts";
import { checkRamFill, fillRam, type RamFill } from "./ram-fill.ts";
import { frameRateHz, type RegionTiming } from "./region.ts";
import type { ConsoleTraits } from "./revisions.ts";
import { STATE_HEADER_BYTES, StateHeader } from "./state-header.ts";
import { type StatePart, statePart } from "./state-part.ts";

export type { NesOptions } from "./hardware.ts";
export type { RamFill } from "./ram-fill.ts";

const WORK_RAM_BYTES = 0x800;
/** An upper bound for the fields of chips, sound buffers and alignment, checked when the arena is divided. */
const FIXED_STATE_BYTES = 96 * KIB;

/** The Nintendo Entertainment System: wires the chips and runs them a frame at a time. */
export class Nes implements Machine {
  readonly geometry: MachineGeometry;
  readonly region: RegionTiming;
  readonly dma: Dma;
  readonly cpu: Cpu;
  readonly fastCpu: FastCpu;
  readonly ppu: Ppu;
  readonly apu: Apu;
  readonly board: Board;
  readonly ports: InputPorts;
  readonly memory: CartridgeMemory;
  readonly stateBytes: number;
  /**
   * Number of bytes at the start of a state that are the machine's. The rest are the filters behind the sound
   * chip: they only shape the samples, and unheard frames leave them settled.
   */
  readonly machineStateBytes: number;
  readonly batteryRam: Uint8Array;
  readonly disk: DiskDrive | undefined;
  readonly coins: CoinSlots | undefined;

  /** The connected devices. */
  readonly devices: DeviceSetup;
  frame = 0;
  /** True if the CPU runs every instruction on its own: slower, with the same results. */
  stepsOnly: boolean;
  /** CPU cycles before the current frame. A double: exact for 150 years. */
  private cyclesBefore = 0;
  /**
   * True if a frame has begun and not ended, which is possible only between two calls of `stepInstruction`.
   */
  midFrame = false;

  private readonly image: CartridgeImage;
  private readonly model: ConsoleTraits;
  private readonly lines = new InterruptLines();
  /** What a light gun sees: the part of the current frame that the beam has painted. */
  private readonly light = new ScreenLight(() => {
    this.catchUp();
    return this.ppu.state;
  });
  private readonly workRam: Chip;
  /** The contents of RAM at power-on; a change applies from the next power cycle on. */
  ramFill: RamFill;
  readonly boardRegisters: Uint8Array;
  readonly #stateParts: readonly StatePart[];
  private readonly fields: Int32Array;
  private readonly frameFields: Float64Array;
  private readonly mutable: Uint8Array;
  readonly #header: StateHeader;
  private readonly cheats: Cheats;
  /** The state that was loaded last, and a view of its mutable run: cached, since a new view is garbage. */
  private loaded: Uint8Array | undefined;
  private loadedRun: Uint8Array | undefined;
  /** Created when the first state comes from outside. */
  private stateCheck: NesStateCheck | undefined;
  /** Master clocks from the CPU's first cycle to the start of the PPU's first line. */
  private readonly lagClocks: number;
  /** The same modulo one dot: the delay of the next dot. */
  private readonly alignment: number;
  /** Where the current frame is drawn; undefined if unknown, after a state has been loaded. */
  private picture: Uint16Array | undefined;
  private readonly scratch = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);

  /** Bytes of arena that a machine with this cartridge needs. */
  static arenaBytes(image: CartridgeImage): number {
    const chips = boardChips(image);
    const rom = image.prgRom.length * (chips.flash === true ? 2 : 1) + image.chrRom.length;
    const ram = (chips.prgRamBytes ?? image.prgRamBytes) + (chips.prgNvramBytes ?? image.prgNvramBytes);
    const chrRam = (chips.chrRamBytes ?? image.chrRamBytes) + (chips.chrNvramBytes ?? image.chrNvramBytes);
    const fixed = FIXED_STATE_BYTES + CHEAT_BYTES;
    return rom + ram + chrRam + (chips.ciramBytes ?? 0) + (chips.extraRamBytes ?? 0) + fixed;
  }

  /**
   * Number of bytes that the cartridge preserves without power, the length of `batteryRam`: RAM with a
   * battery, flash, the sides of a disk; 0 if there are none. Throws `InputError` if the board is not
   * supported.
   */
  static batteryBytes(image: CartridgeImage): number {
    return keptPart(image, boardChips(image)).bytes;
  }

  /** Allocates everything from `arena` and powers on. Throws `InputError` if the board is not supported. */
  constructor(arena: MachineArena, image: CartridgeImage, options: NesOptions = {}) {
    this.image = image;
    const hardware = chooseHardware(image, options);
    this.region = hardware.region;
    this.ramFill = checkRamFill(options.ramFill ?? "zero");
    this.lagClocks = lagOf(options.alignment);
    this.alignment = modulo(this.lagClocks, this.region.masterClocksPerDot);
    this.model = hardware.model;
    this.ports = new InputPorts(this.model);
    const cpuTraits = hardware.cpu;
    const rom = CartridgeMemory.allocRom(arena, image);
    const stateStart = (arena.position + 7) & ~7;
    this.workRam = {
      name: "workRam",
      offset: arena.alloc("workRam", WORK_RAM_BYTES),
      bytes: WORK_RAM_BYTES,
      writable: true,
    };
    this.memory = new CartridgeMemory(arena, image, rom, this.workRam, boardChips(image));
    this.boardRegisters = arena.uint8("boardRegisters", REGISTER_BYTES);
    const { memory, lines, region } = this;
    const mmc3Revision = options.mmc3Revision ?? "B";
    this.board = createBoard({
      image,
      memory,
      lines,
      registers: this.boardRegisters,
      options: { mmc3Revision, diskSide: options.diskSide ?? 0 },
    });
    const arrays = {
      oam: arena.uint8("oam", OAM_BYTES),
      secondaryOam: arena.uint8("secondaryOam", SECONDARY_OAM_BYTES),
      palette: arena.uint8("palette", PALETTE_BYTES),
      spriteLow: arena.uint8("spriteLow", SPRITES_PER_LINE),
      spriteHigh: arena.uint8("spriteHigh", SPRITES_PER_LINE),
      spriteCounter: arena.uint8("spriteCounter", SPRITES_PER_LINE),
      spriteAttributes: arena.uint8("spriteAttributes", SPRITES_PER_LINE),
    };
    this.stepsOnly = options.exact === true;
    const { board, alignment } = this;
    const PpuClass = this.stepsOnly ? ExactPpu : FastPpu;
    this.ppu = new PpuClass({ arrays, memory, board, region, lines, alignment, traits: hardware.ppu });
    this.apu = new Apu({ arena, region, lines, traits: cpuTraits });
    this.board.connectSound(this.apu);
    this.board.connectPads(this.ports);
    const { ppu, apu, ports } = this;
    this.cpu = new Cpu({ memory, board, ppu, apu, ports, lines });
    this.dma = new (this.stepsOnly ? Dma : FastDma)(this.cpu, region.name === "pal");
    this.cpu.connectDma(this.dma);
    this.cpu.traits = cpuTraits;
    this.fastCpu = new FastCpu(this.cpu);
    const { devices, vs } = hardware;
    this.devices = devices;
    if (Object.keys(devices).length > 0) this.ports.plug(new Plugged(arena, devices, this.light));
    if (vs !== undefined) {
      const cabinet = new VsCabinet(arena, vs, options.dips ?? vs.defaultDips);
      this.ports.mountIn(cabinet);
      this.coins = cabinet;
    }
    this.#stateParts = [
      statePart("cpu", this.cpu, BUS_FIELDS),
      statePart("dma", this.dma, DMA_FIELDS),
      statePart("cpu", this.cpu, CPU_FIELDS),
      statePart("ppu", ppu.state, PPU_FIELDS),
      statePart("ports", ports, PORT_FIELDS),
      statePart("interrupts", lines, INTERRUPT_FIELDS),
    ];
    const fieldCount = this.#stateParts.reduce((sum, { fields: { names } }) => sum + names.length, 0);
    this.fields = arena.int32("fields", fieldCount);
    this.frameFields = arena.float64("frameFields", FRAME_SLOT_COUNT);
    this.machineStateBytes = STATE_HEADER_BYTES + arena.position - stateStart;
    this.apu.allocSoundState(arena);
    const stateEnd = arena.position;
    this.mutable = arena.bytes.subarray(stateStart, stateEnd);
    this.stateBytes = STATE_HEADER_BYTES + this.mutable.length;
    this.#header = new StateHeader(image.sha1);
    const { battery } = memory;
    this.cheats = new Cheats(this.memory, this.board, arena.uint8("cheats", CHEAT_BYTES));
    this.batteryRam = arena.bytes.subarray(battery.offset, battery.offset + battery.bytes);
    this.geometry = {
      width: SCREEN_WIDTH,
      height: SCREEN_HEIGHT,
      pixelAspect: region.name === "ntsc" ? 8 / 7 : 11 / 8,
      frameRateHz: frameRateHz(region),
      sampleRateHz: 48_000,
      maxSamplesPerFrame: this.apu.samples.length,
      soundChannels: SOUND_CHANNELS,
      ...(hardware.colors === undefined ? {} : { colors: hardware.colors }),
    };
    this.disk = this.board instanceof Fds ? this.board.drive : undefined;
    this.powerOn();
  }

  get samples(): Int16Array {
    return this.apu.samples;
  }

  get sampleCount(): number {
    return this.apu.sampleCount;
  }

  get mutedChannels(): number {
    return this.apu.mutedChannels;
  }

  set mutedChannels(channels: number) {
    this.apu.mutedChannels = channels;
  }

  get latchedButtons(): number {
    return this.ports.buttons;
  }

  get latchedDevices(): Uint8Array | undefined {
    return this.ports.deviceData;
  }

  /** CPU cycles since power-on. */
  get totalCycles(): number {
    return this.cyclesBefore + this.cpu.cycle + 1;
  }

  setInput(source: InputSource): void {
    this.ports.setSource(source);
  }

  reset(kind: ResetKind): void {
    if (kind === "power") {
      const kept = this.batteryRam.slice();
      this.powerOn();
      this.batteryRam.set(kept);
      return;
    }
    if (this.model.resetsPpu) this.resetPpu();
    this.apu.reset(this.cpu.cycle);
    this.board.reset();
    resetCpu(this.cpu);
  }

  clearCheats(): void {
    this.cheats.clear();
  }

  addCheat(address: number, value: number, compare: number): void {
    this.cheats.add(address, value, compare);
  }

  /** Runs to the end of the frame. If `stepInstruction` has begun a frame, runs the rest of it. */
  runFrame(pixels?: Uint16Array, isHeard = true): void {
    this.beginFrame(pixels ?? this.scratch, pixels !== undefined, isHeard);
    if (this.stepsOnly) {
      while (this.ppu.frameDone === 0) step(this.cpu);
    } else {
      this.fastCpu.runFrame();
    }
    this.endFrame();
  }

  /**
   * Runs one instruction and the interrupt that follows it, for debuggers and trace logs. Returns true if
   * this instruction ended the frame: the picture is then complete in `pixels`, or in the array that was
   * passed last.
   */
  stepInstruction(pixels?: Uint16Array): boolean {
    const picture = pixels ?? (this.midFrame ? this.picture : undefined) ?? this.scratch;
    if (!this.midFrame || picture !== this.picture) this.beginFrame(picture);
    this.fastCpu.forget();
    step(this.cpu);
    if (this.ppu.frameDone === 0) return false;
    this.endFrame();
    return true;
  }

  save(into: Uint8Array): void {
    this.flush();
    this.#header.write(into);
    into.set(this.mutable, STATE_HEADER_BYTES);
  }

  load(from: Uint8Array): void {
    this.#header.check(from, this.stateBytes);
    this.stateFields.check(from.subarray(STATE_HEADER_BYTES, this.stateBytes));
    this.restore(from);
  }

  restore(from: Uint8Array): void {
    if (this.loadedRun === undefined || this.loaded !== from) {
      this.loaded = from;
      this.loadedRun = from.subarray(STATE_HEADER_BYTES, this.stateBytes);
    }
    this.mutable.set(this.loadedRun);
    this.unflush();
  }

  /** The valid values of states; see `load`. */
  get stateFields(): NesStateCheck {
    if (this.stateCheck !== undefined) return this.stateCheck;
    const { mutable: run, region, alignment, apu, board, ports, ppu, fields, frameFields } = this;
    const parts = { run, region, alignment, apu, board, ports, ppu, fields, frameFields };
    this.stateCheck = new NesStateCheck(parts, this.#stateParts);
    return this.stateCheck;
  }

  peek(space: MemorySpace, address: number): number {
    if (space === "oam") return this.ppu.state.oam[address & 0xff];
    return space === "ppu" ? this.ppu.peekVideo(address) : this.cpu.peek(address & 0xffff);
  }

  poke(space: MemorySpace, address: number, value: number): void {
    if (space === "oam") this.ppu.pokeOam(address, value);
    else if (space === "ppu") this.ppu.pokeVideo(address, value);
    else this.cpu.poke(address & 0xffff, value);
  }

  registers(): Record<string, number> {
    const { cpu, ppu } = this;
    return {
      pc: cpu.pc,
      a: cpu.a,
      x: cpu.x,
      y: cpu.y,
      p: cpu.status(),
      s: cpu.s,
      cycle: this.totalCycles,
      line: ppu.state.line,
      dot: ppu.state.dot,
    };
  }

  /** Restarts the PPU at the top of the picture: the current frame ends here, and the next one begins. */
  private resetPpu(): void {
    this.catchUp();
    if (this.midFrame) this.endFrame();
    this.drawIntoScratch();
    this.ppu.reset();
    this.cpu.stateLoaded(); // the PPU's next event may now come before the CPU's horizon
  }

  /** Brings the PPU up to the CPU's time: `registers` then shows its true position. */
  catchUp(): void {
    this.ppu.catchUp(this.cpu.cycle);
  }

  /** Copies hot fields to their slots in the mutable run. */
  private flush(): void {
    let at = 0;
    for (const { holder, fields } of this.#stateParts) at = flushFields(holder, fields, this.fields, at);
    this.frameFields[FRAME_SLOTS.frame] = this.frame;
    this.frameFields[FRAME_SLOTS.cyclesBefore] = this.cyclesBefore;
    this.frameFields[FRAME_SLOTS.midFrame] = this.midFrame ? 1 : 0;
    this.apu.saveState();
  }

  /** Copies hot fields back from their slots, then recomputes all derived values. */
  private unflush(): void {
    let at = 0;
    for (const { holder, fields } of this.#stateParts) at = loadFields(holder, fields, this.fields, at);
    this.frame = this.frameFields[FRAME_SLOTS.frame];
    this.cyclesBefore = this.frameFields[FRAME_SLOTS.cyclesBefore];
    this.midFrame = this.frameFields[FRAME_SLOTS.midFrame] === 1;
    this.apu.loadState();
    this.memory.resetPages();
    this.board.updateBanks();
    this.cpu.stateLoaded();
    this.fastCpu.forget();
    this.ppu.stateLoaded();
    this.picture = undefined;
  }

  private loadTrainer(): void {
    const { trainer } = this.image;
    const { prgRam, bytes } = this.memory;
    if (trainer === undefined || prgRam.bytes < 0x1200) return;
    bytes.set(trainer, prgRam.offset + 0x1000);
  }

  private powerOn(): void {
    this.mutable.fill(0);
    const { bytes, ciram } = this.memory;
    const { offset } = this.workRam;
    fillRam(
      bytes.subarray(offset, offset + WORK_RAM_BYTES),
      bytes.subarray(ciram.offset, ciram.offset + ciram.bytes),
      this.ramFill,
    );
    this.ppu.state.palette.set(POWER_ON_PALETTE);
    this.ppu.powerOn(this.model.startsPpuEarly, this.lagClocks);
    this.lines.reset();
    this.ports.powerOn();
    this.apu.powerOn();
    this.memory.resetPages();
    this.loadTrainer();
    this.board.powerOn();
    this.board.updateBanks();
    this.frame = 0;
    this.cyclesBefore = 0;
    this.midFrame = false;
    this.dma.powerOn();
    this.cpu.powerOn();
    this.fastCpu.forget();
    this.drawIntoScratch();
    this.ppu.runToStart();
    resetCpu(this.cpu);
  }

  private beginFrame(pixels: Uint16Array, isSeen = true, isHeard = true): void {
    this.takePicture(pixels);
    if (!this.midFrame) {
      this.cheats.writeRam();
      this.ports.beginFrame();
      this.apu.beginFrame(isHeard);
    }
    this.midFrame = true;
    this.light.beginFrame(pixels);
    this.ppu.beginFrame(pixels, isSeen || this.ports.sensesLight);
  }

  /**
   * Draws the frame to `pixels` from here on. Two cases need what is drawn already: a frame that began in
   * another array, and a reset, after which the PPU may be in the middle of a line.
   */
  private takePicture(pixels: Uint16Array): void {
    const { picture, midFrame, ppu, region } = this;
    this.picture = pixels;
    if ((!midFrame && ppu.state.line >= region.vblankLine) || picture === pixels) return;
    if (picture !== undefined) this.catchUp();
    if (picture === undefined) pixels.fill(ppu.backdrop());
    else pixels.set(picture);
  }

  /** The PPU starts at the top of the picture before anybody has asked for a frame. */
  private drawIntoScratch(): void {
    this.scratch.fill(this.ppu.backdrop());
    this.picture = this.scratch;
    this.ppu.beginFrame(this.scratch);
  }

  private endFrame(): void {
    const { cpu } = this;
    this.midFrame = false;
    // The PPU may have ended the frame some dots before the end of the instruction, but states store it at
    // the CPU's time.
    this.catchUp();
    if ((this.board.hooks & HOOK_CPU_TIME) !== 0) this.board.runTo(cpu.cycle);
    const unit = this.region.name === "pal" ? 10 : 2;
    const cycles = (Math.floor(cpu.cycle / unit) | 0) * unit;
    cpu.rebase(cycles);
    this.dma.rebase(cycles);
    this.fastCpu.forget();
    this.ppu.rebase(cycles);
    this.apu.endFrame(cycles);
    this.lines.rebase(cycles);
    this.board.rebase(cycles);
    this.ports.rebase(cycles);
    this.cyclesBefore += cycles;
    this.frame++;
  }
}
