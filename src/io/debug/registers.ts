import { DMC_FIELDS } from "../../emu/nes/apu/dmc.ts";
import { ENVELOPE_FIELDS } from "../../emu/nes/apu/envelope.ts";
import { FRAME_COUNTER_FIELDS } from "../../emu/nes/apu/frame-counter.ts";
import { LENGTH_FIELDS } from "../../emu/nes/apu/length-counter.ts";
import { NOISE_FIELDS } from "../../emu/nes/apu/noise.ts";
import { PULSE_FIELDS } from "../../emu/nes/apu/pulse.ts";
import { TRIANGLE_FIELDS } from "../../emu/nes/apu/triangle.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { PpuState } from "../../emu/nes/ppu/state.ts";
import type { ValuePlace } from "../symbols/expressions/scope.ts";
import { type BoardRegister, namedBoardRegisters, rawBoardRegister } from "./board-registers.ts";

/** The groups of registers, in the order in which they are shown. */
export const REGISTER_GROUPS = ["CPU", "Flags", "PPU", "APU", "Board"] as const;

/** A group of registers. */
export interface RegisterGroup {
  readonly name: (typeof REGISTER_GROUPS)[number];
  readonly registers: readonly Register[];
}

interface Register {
  /** Its name in expressions: `a`, `p.c`, `ppu.v`. */
  readonly name: string;
  readonly place: ValuePlace;
}

/** The names of the fields that hold a number. */
type NumberField<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];

const FLAGS: readonly (readonly [letter: string, bit: number])[] = [
  ["n", 7],
  ["v", 6],
  ["d", 3],
  ["i", 2],
  ["z", 1],
  ["c", 0],
];

/** The groups of each machine: scopes of expressions need them often. */
const GROUPS = new WeakMap<Nes, readonly RegisterGroup[]>();

/** All registers of a machine by group. Their places always show the current value. */
export function registerGroups(nes: Nes): readonly RegisterGroup[] {
  const known = GROUPS.get(nes);
  if (known !== undefined) return known;
  const groups: readonly RegisterGroup[] = [
    { name: "CPU", registers: cpuRegisters(nes) },
    { name: "Flags", registers: flagRegisters(nes) },
    { name: "PPU", registers: ppuRegisters(nes) },
    { name: "APU", registers: apuRegisters(nes) },
    { name: "Board", registers: boardRegisters(nes) },
  ];
  GROUPS.set(nes, groups);
  return groups;
}

function register(name: string, bits: number, get: () => number, set?: (value: number) => void): Register {
  const mask = 2 ** bits - 1;
  const masked = set === undefined ? undefined : (value: number) => set(value & mask);
  return { name, place: { get, set: masked, bytes: Math.ceil(bits / 8), type: `${bits} bit` } };
}

/** A number that is shown in decimal. */
function decimal(name: string, bits: number, get: () => number, set?: (value: number) => void): Register {
  const { place } = register(name, bits, get, set);
  return { name, place: { ...place, type: "decimal" } };
}

/** Reads are plain code for speed: conditions of breakpoints read these registers at each instruction. */
function cpuRegisters({ cpu }: Nes): Register[] {
  const set = (field: "pc" | "a" | "x" | "y" | "s") => (value: number) => {
    cpu[field] = value;
  };
  return [
    register("pc", 16, () => cpu.pc, set("pc")),
    register("a", 8, () => cpu.a, set("a")),
    register("x", 8, () => cpu.x, set("x")),
    register("y", 8, () => cpu.y, set("y")),
    register("sp", 8, () => cpu.s, set("s")),
    register(
      "p",
      8,
      () => cpu.status(),
      (value) => cpu.setStatus(value),
    ),
  ];
}

function flagRegisters({ cpu }: Nes): Register[] {
  return FLAGS.map(([letter, bit]) =>
    decimal(
      `p.${letter}`,
      1,
      () => (cpu.status() >> bit) & 1,
      (value) => cpu.setStatus((cpu.status() & ~(1 << bit)) | (value << bit)),
    ),
  );
}

/** Every access lets the PPU catch up first: it may be behind the CPU. */
function ppuRegisters(nes: Nes): Register[] {
  const ppu = nes.ppu.state;
  const get = (field: NumberField<PpuState>) => (): number => {
    nes.catchUp();
    return ppu[field];
  };
  const set = (field: "v" | "t" | "fineX" | "toggle") => (value: number) => {
    nes.catchUp();
    ppu[field] = value;
  };
  const status = (): number => {
    nes.catchUp();
    return nes.ppu.peekRegister(2);
  };
  return [
    decimal("line", 9, get("line")),
    decimal("dot", 9, get("dot")),
    register("ppu.ctrl", 8, get("control")),
    register("ppu.mask", 8, get("maskWritten")),
    register("ppu.status", 8, status),
    register("ppu.oamaddr", 8, get("oamAddress")),
    register("ppu.v", 15, get("v"), set("v")),
    register("ppu.t", 15, get("t"), set("t")),
    decimal("ppu.x", 3, get("fineX"), set("fineX")),
    decimal("ppu.w", 1, get("toggle"), set("toggle")),
    register("ppu.buffer", 8, get("readBuffer")),
    decimal("ppu.vblank", 1, get("vblank")),
    decimal("ppu.sprite0", 1, get("sprite0Hit")),
    decimal("ppu.overflow", 1, get("overflow")),
  ];
}

function apuRegisters(nes: Nes): Register[] {
  const { apu, cpu } = nes;
  const { pulse1, pulse2, triangle, noise, dmc, frameCounter } = apu;
  const fields = <F extends string>(prefix: string, holder: { [P in F]: number }, names: readonly F[]) =>
    names.map((name) =>
      decimal(`apu.${prefix}.${name}`, 32, () => {
        apu.runTo(cpu.cycle);
        return holder[name];
      }),
    );
  return [
    register("apu.status", 8, () => apu.peekStatus()),
    ...[pulse1, pulse2].flatMap((pulse, index) => [
      ...fields(`pulse${index + 1}`, pulse, PULSE_FIELDS.names),
      ...fields(`pulse${index + 1}.envelope`, pulse.envelope, ENVELOPE_FIELDS.names),
      ...fields(`pulse${index + 1}.length`, pulse.length, LENGTH_FIELDS.names),
    ]),
    ...fields("triangle", triangle, TRIANGLE_FIELDS.names),
    ...fields("triangle.length", triangle.length, LENGTH_FIELDS.names),
    ...fields("noise", noise, NOISE_FIELDS.names),
    ...fields("noise.envelope", noise.envelope, ENVELOPE_FIELDS.names),
    ...fields("noise.length", noise.length, LENGTH_FIELDS.names),
    ...fields("dmc", dmc, DMC_FIELDS.names),
    ...fields("frame", frameCounter, FRAME_COUNTER_FIELDS.names),
  ];
}

const CPU_WINDOW_BYTES = 0x2000;
const PPU_WINDOW_BYTES = 0x400;
/** Bytes that are shown for a board whose registers have no names. */
const SHOWN_RAW_BYTES = 16;

/** The bank in each window, and the board's own registers by name; without names, their bytes. */
function boardRegisters(nes: Nes): Register[] {
  const { memory } = nes;
  const chr = memory.chr;
  const registers: Register[] = [];
  for (let address = 0x8000; address < 0x10000; address += CPU_WINDOW_BYTES) {
    registers.push(
      decimal(`board.prg.${address.toString(16)}`, 16, () => {
        const page = memory.cpuReadPages[address >> 11]!;
        return page < 0 ? -1 : Math.floor((page - memory.prgRom.offset) / CPU_WINDOW_BYTES);
      }),
    );
  }
  for (let address = 0; address < 0x2000; address += PPU_WINDOW_BYTES) {
    registers.push(
      decimal(`board.chr.${address.toString(16).padStart(4, "0")}`, 16, () => {
        const page = memory.ppuReadPages[address >> 10]!;
        return page < 0 ? -1 : Math.floor((page - chr.offset) / PPU_WINDOW_BYTES);
      }),
    );
  }
  const named = namedBoardRegisters(nes);
  const shown = named.length > 0 ? named : shownBytes(nes);
  return [...registers, ...shown.map(boardRegister)];
}

function shownBytes(nes: Nes): BoardRegister[] {
  return Array.from({ length: SHOWN_RAW_BYTES }, (_, at) => rawBoardRegister(nes, at));
}

/** Byte `board.rN` of the board's registers; undefined if `name` is none. */
export function rawRegister(nes: Nes, name: string): ValuePlace | undefined {
  const at = Number(/^board\.r(\d{1,3})$/.exec(name)?.[1] ?? Number.NaN);
  return at < nes.boardRegisters.length ? boardRegister(rawBoardRegister(nes, at)).place : undefined;
}

function boardRegister({ name, bits, isDecimal, get, set }: BoardRegister): Register {
  return (isDecimal ? decimal : register)(`board.${name}`, bits, get, set);
}
