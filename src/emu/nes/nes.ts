import { Arena, type MachineArena } from "../arena.ts";
import type {
  CoinSlots,
  DiskDrive,
  InputSource,
  Machine,
  MachineChoices,
  MachineGeometry,
  MemorySpace,
  ResetKind,
} from "../machine.ts";
import type { ChannelReadings } from "../sound-channels.ts";
import { Apu } from "./apu/apu.ts";
import { mountSide } from "./arcade-sides.ts";
import { type Board, HOOK_CPU_TIME, REGISTER_BYTES } from "./cartridge/board.ts";
import { boardChips, createBoard } from "./cartridge/boards/index.ts";
import { Fds } from "./cartridge/boards/nintendo/fds.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import { CartridgeMemory, type Chip } from "./cartridge/memory.ts";
import { splitDual } from "./cartridge/vs-hardware.ts";
import { CHEAT_BYTES, Cheats } from "./cheats.ts";
import { Cpu } from "./cpu/cpu.ts";
import { FastCpu } from "./cpu/fast/fast-cpu.ts";
import { FastDma } from "./cpu/fast/fast-dma.ts";
import { resetCpu } from "./cpu/interrupts.ts";
import { step } from "./cpu/step.ts";
import { Dma } from "./dma.ts";
import { FrameEnd } from "./frame-end.ts";
import { FramePicture } from "./frame-picture.ts";
import { boardOptions, chooseHardware, type NesOptions } from "./hardware.ts";
import type { WatchedCabinet } from "./input/cabinet.ts";
import { mountCabinet, plugDevices } from "./input/connect.ts";
import type { DeviceSetup } from "./input/devices.ts";
import { beamOf, ScreenLight } from "./input/light.ts";
import { InputPorts } from "./input/ports.ts";
import { InterruptLines } from "./interrupts.ts";
import { geometryOf } from "./nes-geometry.ts";
import { batteryBytes, consoleBytes, machineBytes, pictureWidth } from "./nes-sizes.ts";
import type { NesStateCheck } from "./nes-state-check.ts";
import { type FramePosition, NesStates } from "./nes-states.ts";
import { PlayChoice } from "./playchoice/play-choice.ts";
import { lagOf, loadTrainer, modulo } from "./power-on.ts";
import { ExactPpu } from "./ppu/exact-ppu.ts";
import { FastPpu } from "./ppu/fast/fast-ppu.ts";
import { POWER_ON_PALETTE } from "./ppu/power-on-palette.ts";
import type { Ppu } from "./ppu/ppu.ts";
import { allocatePpuArrays } from "./ppu/state.ts";
import { checkRamFill, fillRam, type RamFill } from "./ram-fill.ts";
import type { RegionTiming } from "./region.ts";
import type { ConsoleTraits } from "./revisions.ts";
import type { SecondSide } from "./second-side.ts";
import { connectSound, muteChannels, mutedChannelsOf, readChannels, soundChannelsOf } from "./sound.ts";
import { dualWiring } from "./vs-dual.ts";

export type { NesOptions } from "./hardware.ts";
export type { RamFill } from "./ram-fill.ts";

const WORK_RAM_BYTES = 0x800;

/** The Nintendo Entertainment System: wires the chips and runs them a frame at a time. */
export class Nes implements Machine, FramePosition {
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
  /** The sub console of a VS. DualSystem. This object is then the main console and the whole machine. */
  readonly sub: Nes | undefined;
  /** The control side of a PlayChoice-10. */
  readonly control: PlayChoice | undefined;
  /** What runs beside the console and draws the right half of the picture. */
  readonly side: SecondSide | undefined;
  /** The cabinet that resets this machine. A sub console leaves that to its main console. */
  private readonly watchdog: WatchedCabinet | undefined;
  readonly robotStatus = (): number => this.ports.robotStatus;
  readonly readChannels = (into: ChannelReadings): void => readChannels(this, into);
  /** The connected devices. */
  readonly devices: DeviceSetup;
  frame = 0;
  /** True if the CPU runs every instruction on its own: slower, with the same results. */
  stepsOnly: boolean;
  cyclesBefore = 0;
  midFrame = false;

  private readonly image: CartridgeImage;
  private readonly model: ConsoleTraits;
  private readonly lines = new InterruptLines();
  /** What light guns and R.O.B. see: the part of the current frame that the beam has painted. */
  private readonly light = new ScreenLight(() => beamOf(this));
  private readonly workRam: Chip;
  /** The contents of RAM at power-on; a change applies from the next power cycle on. */
  ramFill: RamFill;
  readonly boardRegisters: Uint8Array;
  private readonly states: NesStates;
  private readonly cheats: Cheats;
  /** Master clocks from the CPU's first cycle to the start of the PPU's first line. */
  private readonly lagClocks: number;
  /** The same modulo one dot: the delay of the next dot. */
  private readonly alignment: number;
  readonly picture: FramePicture;
  readonly frameEnd: FrameEnd;

  static readonly arenaBytes = machineBytes;
  static readonly batteryBytes = batteryBytes;
  static readonly pictureWidth = pictureWidth;

  /**
   * Allocates everything from `arena` and powers on. Throws `InputError` if the board is not supported.
   * `main` is only given for the sub console of a VS. DualSystem.
   */
  constructor(arena: MachineArena, wholeImage: CartridgeImage, options: NesOptions = {}, main?: Nes) {
    const hardware = chooseHardware(wholeImage, options);
    const isDual = hardware.vs?.isDual === true;
    const images = isDual && main === undefined ? splitDual(wholeImage) : undefined;
    const image = images?.main ?? wholeImage;
    this.image = image;
    this.region = hardware.region;
    this.model = hardware.model;
    this.devices = hardware.devices;
    this.ramFill = checkRamFill(options.ramFill ?? "zero");
    this.lagClocks = lagOf(options.alignment);
    this.alignment = modulo(this.lagClocks, this.region.masterClocksPerDot);
    this.stepsOnly = options.exact === true;
    this.ports = new InputPorts(this.model);
    const { lines, region, alignment, ports } = this;

    // A state is all memory from `stateStart` on, in the order in which the parts below allocate theirs.
    const rom = CartridgeMemory.allocRom(arena, image);
    const subOptions = { ...options, devices: {} };
    const subArena = images === undefined ? undefined : allocateConsole(arena, images.sub, subOptions);
    const stateStart = (arena.position + 7) & ~7;
    this.workRam = allocateWorkRam(arena);
    const deviceBytes = hardware.storage?.bytes ?? 0;
    this.memory = new CartridgeMemory(arena, image, rom, this.workRam, boardChips(image), deviceBytes);
    this.boardRegisters = arena.uint8("boardRegisters", REGISTER_BYTES);
    const { memory, boardRegisters: registers } = this;
    const vsWiring = isDual ? dualWiring(this, main ?? this, () => main ?? this.sub) : undefined;
    const boardParts = { image, memory, lines, registers };
    this.board = createBoard({ ...boardParts, options: boardOptions(hardware, image, options, vsWiring) });
    const { board } = this;
    const arrays = allocatePpuArrays(arena);
    const PpuClass = this.stepsOnly ? ExactPpu : FastPpu;
    this.ppu = new PpuClass({ arrays, memory, board, region, lines, alignment, traits: hardware.ppu });
    this.apu = new Apu({ arena, region, lines, traits: hardware.cpu });
    const { ppu, apu } = this;
    connectSound({ apu, board, ports, region, lines, image }, arena, hardware.hasEpsm);
    board.connectPads(ports);
    this.cpu = new Cpu({ memory, board, ppu, apu, ports, lines });
    this.dma = new (this.stepsOnly ? Dma : FastDma)(this.cpu, region.name === "pal");
    const { cpu, dma } = this;
    cpu.connectDma(dma);
    cpu.traits = hardware.cpu;
    this.fastCpu = new FastCpu(cpu);
    plugDevices(ports, arena, hardware, memory.deviceMemory, this.light);
    const cabinet = mountCabinet(ports, arena, hardware.vs, options.dips, main !== undefined);
    if (images !== undefined) this.sub = new Nes(subArena!, images.sub, subOptions, this);
    if (hardware.hasControl)
      this.control = new PlayChoice(arena, image, memory.deviceMemory, this, ports, options);
    const mounted = mountSide(this, cabinet);
    this.side = mounted.side;
    this.coins = mounted.coins;
    if (main === undefined) this.watchdog = mounted.watchdog;

    const { control } = this;
    const sub = this.sub?.states;
    const chips = { cpu, dma, ppu, apu, board, ports, lines, region, alignment, control, sub };
    this.states = new NesStates(arena, stateStart, image, chips, this);
    this.stateBytes = this.states.stateBytes;
    this.machineStateBytes = this.states.machineStateBytes;
    this.frameEnd = new FrameEnd(ppu);
    this.picture = new FramePicture(ppu, () => this.catchUp());
    this.cheats = new Cheats(memory, board, arena.uint8("cheats", CHEAT_BYTES));
    const { battery } = memory;
    this.batteryRam = arena.bytes.subarray(battery.offset, battery.offset + battery.bytes + deviceBytes);
    this.geometry = geometryOf(wholeImage, region, {
      maxSamplesPerFrame: apu.samples.length,
      soundChannels: soundChannelsOf(this),
      colors: hardware.colors,
      screens: hardware.screens,
    });
    this.disk = board instanceof Fds ? board.drive : undefined;
    this.powerOn();
  }

  /** Which screen of a PlayChoice-10 is shown. */
  get choices(): MachineChoices | undefined {
    return this.control;
  }

  get samples(): Int16Array {
    return this.apu.samples;
  }

  get sampleCount(): number {
    return this.apu.sampleCount;
  }

  get mutedChannels(): number {
    return mutedChannelsOf(this);
  }

  set mutedChannels(channels: number) {
    muteChannels(this, channels);
    if (this.sub !== undefined) this.sub.mutedChannels = channels;
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
    if (this.control !== undefined) {
      this.control.reset();
      return;
    }
    this.sub?.reset(kind);
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
    const { side } = this;
    this.beginFrame(this.pictureFor(pixels) ?? this.picture.scratch, pixels !== undefined, isHeard);
    if (this.frameEnd.isDue && side === undefined) this.stepCpu();
    if (side !== undefined) {
      while (this.ppu.frameDone === 0) side.step();
    } else if (this.stepsOnly) {
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
    const { picture, side } = this;
    const seen = this.pictureFor(pixels ?? (this.midFrame ? side?.target : undefined));
    const into = seen ?? (this.midFrame ? picture.current : picture.scratch);
    if (!this.midFrame || !picture.isIn(into)) this.beginFrame(into);
    this.fastCpu.forget();
    if (side === undefined) this.stepCpu();
    else side.step();
    if (this.ppu.frameDone === 0) return false;
    this.endFrame();
    return true;
  }

  /** Runs one instruction of this console. */
  stepCpu(): void {
    step(this.cpu);
    this.frameEnd.instructionEnded(this.cpu.cycle);
  }

  /** Writes a state. States of machines with the same past are equal. */
  save(into: Uint8Array): void {
    this.catchUpChips();
    this.states.save(into);
  }

  load(from: Uint8Array): void {
    this.states.check(from);
    this.restore(from);
  }

  /** With `keepsPicture`, the state is of the frame that is being drawn, whose picture stays. */
  restore(from: Uint8Array, keepsPicture = false): void {
    this.states.restore(from);
    this.stateLoaded(keepsPicture);
    this.sub?.stateLoaded(keepsPicture);
  }

  /** Computes everything that a state does not contain. */
  private stateLoaded(keepsPicture: boolean): void {
    this.memory.resetPages();
    this.board.updateBanks();
    this.ports.epsm?.stateLoaded();
    this.cpu.stateLoaded();
    this.fastCpu.forget();
    this.ppu.stateLoaded();
    this.frameEnd.stateLoaded(this.cpu.cycle, this.midFrame);
    if (keepsPicture) this.ppu.beginFrame(this.picture.current);
    else this.picture.forget();
  }

  /** The valid values of states; see `load`. */
  get stateFields(): NesStateCheck {
    return this.states.fields;
  }

  peek(space: MemorySpace, address: number): number {
    if (space === "cpu") return this.cpu.peek(address & 0xffff);
    // A write of $2007 ends some dots after the CPU's access.
    this.frameEnd.catchUp(this.cpu.cycle, this.midFrame);
    return space === "ppu" ? this.ppu.peekVideo(address) : this.ppu.state.oam[address & 0xff];
  }

  poke(space: MemorySpace, address: number, value: number): void {
    // The dots before this moment are drawn and evaluated with the old byte.
    this.frameEnd.catchUp(this.cpu.cycle, this.midFrame);
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
    this.picture.startInScratch();
    this.ppu.reset();
    this.cpu.stateLoaded(); // the PPU's next event may now come before the CPU's horizon
  }

  /**
   * Brings the PPU, the APU and the board's counters up to the CPU's time: `registers` then shows the PPU's
   * true position, and two machines with the same past have equal states.
   */
  catchUp(): void {
    this.catchUpChips();
    this.side?.show();
  }

  private catchUpChips(): void {
    const { cycle } = this.cpu;
    this.frameEnd.catchUp(cycle, this.midFrame);
    if ((this.board.hooks & HOOK_CPU_TIME) !== 0) this.board.runTo(cycle);
    this.ports.epsm?.runTo(cycle);
    this.apu.catchUp(cycle);
    this.sub?.catchUpChips();
  }

  /** Returns the array that this console draws into when the picture is wanted in `pixels`. */
  private pictureFor(pixels: Uint16Array | undefined): Uint16Array | undefined {
    const { side } = this;
    if (side === undefined) return pixels;
    side.target = pixels;
    return pixels === undefined ? undefined : side.left;
  }

  private powerOn(): void {
    this.states.run.fill(0);
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
    loadTrainer(this.image, this.memory);
    this.board.powerOn();
    this.board.updateBanks();
    this.frame = 0;
    this.cyclesBefore = 0;
    this.midFrame = false;
    this.frameEnd.forget();
    this.dma.powerOn();
    this.cpu.powerOn();
    this.fastCpu.forget();
    this.picture.startInScratch();
    this.ppu.runToStart();
    resetCpu(this.cpu);
    this.sub?.powerOn();
    this.control?.powerOn();
  }

  /** Begins a frame, or continues it in another array. Called by the machine itself and its second side. */
  beginFrame(pixels: Uint16Array, isSeen = true, isHeard = true): void {
    if (!this.midFrame && this.watchdog?.takeTimeout() === true) this.reset("reset");
    // A frame may have begun in another array, and after a reset the PPU may be in the middle of a picture.
    const startsAtTop = !this.midFrame && this.ppu.state.line >= this.region.vblankLine;
    if (startsAtTop) this.picture.startIn(pixels);
    else this.picture.continueIn(pixels);
    if (!this.midFrame) {
      this.cheats.writeRam();
      this.ports.beginFrame();
      this.apu.beginFrame(isHeard);
    }
    this.side?.beginFrame(isSeen, isHeard);
    this.midFrame = true;
    this.light.beginFrame(pixels);
    this.ppu.beginFrame(pixels, isSeen || this.ports.sensesLight);
  }

  /** Ends a frame. Called by the machine itself and its second side. */
  endFrame(): void {
    const { cpu } = this;
    this.midFrame = false;
    this.frameEnd.forget();
    this.side?.finishFrame();
    // The PPU may have ended the frame some dots before the end of the instruction, but states store it at
    // the CPU's time.
    this.catchUp();
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
    this.side?.mix();
  }
}

/** The memory of a sub console in the arena of the main console. */
function allocateConsole(arena: MachineArena, image: CartridgeImage, options: NesOptions): MachineArena {
  const bytes = consoleBytes(image, options);
  return new Arena(arena.buffer, arena.alloc("subConsole", bytes), bytes);
}

function allocateWorkRam(arena: MachineArena): Chip {
  const offset = arena.alloc("workRam", WORK_RAM_BYTES);
  return { name: "workRam", offset, bytes: WORK_RAM_BYTES, writable: true };
}
