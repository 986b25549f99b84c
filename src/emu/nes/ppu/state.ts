import type { MachineArena } from "../../arena.ts";
import { BYTE, defineFields, FLAG, range, WORD } from "../../state-fields.ts";
import { type Board, HOOK_A12, HOOK_PPU_FETCH } from "../cartridge/board.ts";
import type { CartridgeMemory } from "../cartridge/memory.ts";
import type { InterruptLines } from "../interrupts.ts";
import { DOTS_PER_LINE, MAX_CYCLES, MAX_LINES, type RegionTiming } from "../region.ts";
import type { PpuTraits } from "../revisions.ts";

export const SCREEN_WIDTH = 256;
export const SCREEN_HEIGHT = 240;

const OAM_BYTES = 256;
export const SECONDARY_OAM_BYTES = 32;
export const PALETTE_BYTES = 32;
export const SPRITES_PER_LINE = 8;

/** PPUCTRL, $2000. https://www.nesdev.org/wiki/PPU_registers */
export const CTRL_NAMETABLE = 0x03;
export const CTRL_INCREMENT_32 = 0x04;
export const CTRL_SPRITE_TABLE = 0x08;
export const CTRL_BACKGROUND_TABLE = 0x10;
export const CTRL_SPRITE_8X16 = 0x20;
export const CTRL_NMI = 0x80;

/** PPUMASK, $2001. */
export const MASK_GREYSCALE = 0x01;
export const MASK_BACKGROUND_LEFT = 0x02;
export const MASK_SPRITES_LEFT = 0x04;
export const MASK_BACKGROUND = 0x08;
export const MASK_SPRITES = 0x10;
export const MASK_RENDERING = MASK_BACKGROUND | MASK_SPRITES;
export const MASK_EMPHASIS = 0xe0;

/** PPUSTATUS, $2002. */
export const STATUS_OVERFLOW = 0x20;
export const STATUS_SPRITE_0 = 0x40;
export const STATUS_VBLANK = 0x80;

/** When the hold of `warmingUp` ends: see docs/power-on.md. */
export const WARMS_UP_TO_PRE_RENDER = 1;
export const WARMS_UP_TO_LINE_END = 2;

/** Parts of the machine's memory that hold the PPU's arrays. */
interface PpuArrays {
  readonly oam: Uint8Array;
  readonly secondaryOam: Uint8Array;
  readonly palette: Uint8Array;
  /** One byte for each of the eight sprite units: pattern shifters, X counter, attributes. */
  readonly spriteLow: Uint8Array;
  readonly spriteHigh: Uint8Array;
  readonly spriteCounter: Uint8Array;
  readonly spriteAttributes: Uint8Array;
}

/** Reserves the memory of the PPU's arrays. Their order is part of the format of states. */
export function allocatePpuArrays(arena: MachineArena): PpuArrays {
  return {
    oam: arena.uint8("oam", OAM_BYTES),
    secondaryOam: arena.uint8("secondaryOam", SECONDARY_OAM_BYTES),
    palette: arena.uint8("palette", PALETTE_BYTES),
    spriteLow: arena.uint8("spriteLow", SPRITES_PER_LINE),
    spriteHigh: arena.uint8("spriteHigh", SPRITES_PER_LINE),
    spriteCounter: arena.uint8("spriteCounter", SPRITES_PER_LINE),
    spriteAttributes: arena.uint8("spriteAttributes", SPRITES_PER_LINE),
  };
}

/** What a PPU is connected to, and what kind of chip it is. */
export interface PpuParts {
  readonly arrays: PpuArrays;
  readonly memory: CartridgeMemory;
  readonly board: Board;
  readonly region: RegionTiming;
  readonly lines: InterruptLines;
  /** Master clocks by which dots lag behind CPU cycles: less than a dot. */
  readonly alignment: number;
  readonly traits: PpuTraits;
}

/**
 * Everything that the 2C02 remembers between the halves of dots, and what it is connected to. Its behaviour
 * is in the functions of `definition/`, and again, faster, in `fast/`. Flags are 0 or 1. Times are in half
 * master clocks ("units"), so that both halves of a dot fall on whole numbers in every region.
 */
export class PpuState {
  /** When the next half dot happens, in units since the start of the frame's cycle count. */
  timeUnits = 0;
  /** Position of the last dot begun. Line 261 (311) is the pre-render line. */
  line = 0;
  dot = 0;
  /** 1 between the two halves of a dot. */
  halfway = 0;
  /** 1 while a delay above or the data port is active. */
  busy = 0;
  /** PPUMASK as rendering sees it, and as last written. */
  mask = 0;
  v = 0;
  control = 0;
  t = 0;
  fineX = 0;
  /** The PPU's own address pins; the low byte is shared with data. */
  addressBus = 0;
  /** The external 74LS373 that holds the low address byte while data is on the pins. */
  octalLatch = 0;
  addressLatchEnable = 0;
  readEnable = 0;
  /** The byte of the last fetch, and its purpose: FETCH_ in definition/fetches.ts. */
  fetched = 0;
  fetchKind = 0;
  /** Address of the pattern row: table, tile and row. */
  patternAddress = 0;
  attribute = 0;
  attributeLatch = 0;
  planeLow = 0;
  planeHigh = 0;
  backgroundLow = 0;
  backgroundHigh = 0;
  attributeLow = 0;
  attributeHigh = 0;
  /** Rendering enabled, as sprite evaluation and fetches see it: a dot later. */
  renderingDelayed = 0;
  /** Dots since rendering was enabled, up to 5. */
  renderingDots = 0;
  /** Greyscale and emphasis reach the output earlier than the other bits of PPUMASK. */
  outputMask = 0;
  oamAddress = 0;
  /** The byte that sprite evaluation holds, the one that it takes over in the second half of a dot, and
   * the one that $2004 reads. */
  oamBuffer = 0;
  oamBufferNext = 0;
  oamLatch = 0;
  secondaryAddress = 0;
  secondaryFull = 0;
  /** Dots until the secondary address is reset, counted in their second halves. */
  secondaryResetDots = 0;
  /** Index of the sprite's byte (0–3) that evaluation is at. */
  evaluationByte = 0;
  oamWrapped = 0;
  overflow = 0;
  overflowDelayed = 0;
  /** Half dots between the hit and the flag. */
  sprite0HitPending = 0;
  /** The dot that odd frames skip was skipped on this line: dot 1 shows sprites early. */
  skippedDot = 0;
  /** Colour of the dot and of the three before it: the output comes three dots after the choice. */
  colour = 0;
  colour1 = 0;
  colour2 = 0;
  colour3 = 0;
  readonly oam: Uint8Array;
  readonly secondaryOam: Uint8Array;
  readonly palette: Uint8Array;
  readonly spriteLow: Uint8Array;
  readonly spriteHigh: Uint8Array;
  readonly spriteCounter: Uint8Array;
  readonly spriteAttributes: Uint8Array;
  /** The picture: 256 × 240 elements, bits 0–5 a colour's index, bits 6–8 emphasis. */
  pixels: Uint16Array = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  /**
   * The cartridge's bytes, and where in them each 1 KiB page of the PPU's address space begins; below 0:
   * nowhere.
   */
  readonly bytes: Uint8Array;
  readonly readPages: Int32Array;
  readonly watchesA12: boolean;
  readonly watchesFetches: boolean;
  readonly dotUnits: number;
  readonly cpuUnits: number;
  /** The line before line 0. */
  readonly preRenderLine: number;
  oddFrame = 1;
  /**
   * Not 0 while the registers are held in reset: $2000, $2001, $2005 and $2006 ignore writes. See WARMS_UP_.
   */
  warmingUp = 0;
  /** The write toggle w of $2005 and $2006. */
  toggle = 0;
  maskWritten = 0;
  /** Dots until a write takes effect; 0 when none is under way. */
  scrollDelayDots = 0;
  scrollWritten = 0;
  addressDelayDots = 0;
  maskDelayDots = 0;
  outputMaskDelayDots = 0;
  corruptionDelayDots = 0;
  renderingBeforeMaskWrite = 0;
  vblank = 0;
  vblankPending = 0;
  vblankSet = 0;
  vblankSetLatch1 = 1;
  vblankSetLatch2 = 0;
  /** $2002 has been read: vertical blank is cleared at the next dot. */
  statusRead = 0;
  sprite0Hit = 0;
  canHitSprite0 = 1;
  /** The latch of the CPU's side of the data bus: what write-only registers read as. */
  busLatch = 0;
  /** When bits 0–4 and bits 5–7 of the latch decay to 0. */
  lowDecayUnits = 0;
  highDecayUnits = 0;
  readBuffer = 0;
  writeData = 0;
  /** Two shift chains that carry a $2007 read or write through the dots; see definition/data-port.ts. */
  readRequest = 0;
  read0 = 0;
  read1 = 1;
  read2 = 0;
  read3 = 1;
  read4 = 0;
  writeRequest = 0;
  write0 = 0;
  write1 = 1;
  write2 = 0;
  write3 = 1;
  write4 = 0;
  loadingBuffer = 0;
  readLatching = 0;
  writeLatching = 0;
  writing = 0;
  stepLatch = 0;
  blankingLatch = 1;
  /** The level of A12 that boards last saw, and when it fell. */
  a12 = 0;
  a12FellUnits = 0;
  ninthSpriteFound = 0;
  oddDotCorrupted = 0;
  sprite0OnNextLine = 0;
  sprite0OnLine = 0;
  spriteRow = 0;
  spriteTile = 0;
  spriteAttribute = 0;
  /** Rendering was turned off while secondary OAM was in use; see definition/oam-corruption.ts. */
  corruptionSeen = 0;
  corruptionSeenNow = 0;
  /** 1 when a row will be lost, CORRUPTION_DUE once rendering has been off. */
  corruptionPending = 0;
  corruptionAvoided = 0;
  corruptionRow = 0;
  /** Shown while nothing renders: the palette entries that v pointed at two dots and one dot before. */
  idleColour = 0;
  idleColourNext = 0;
  /** 1 once the frame is complete: vertical blank has begun. Not saved: frames begin with 0. */
  frameDone = 0;
  readonly memory: CartridgeMemory;
  readonly writePages: Int32Array;
  readonly board: Board;
  readonly lines: InterruptLines;
  readonly region: RegionTiming;
  readonly traits: PpuTraits;
  /** Master clocks by which dots lag behind CPU cycles: 0–3 in NTSC. */
  readonly alignment: number;

  constructor({ arrays, memory, board, region, lines, alignment, traits }: PpuParts) {
    this.oam = arrays.oam;
    this.secondaryOam = arrays.secondaryOam;
    this.palette = arrays.palette;
    this.spriteLow = arrays.spriteLow;
    this.spriteHigh = arrays.spriteHigh;
    this.spriteCounter = arrays.spriteCounter;
    this.spriteAttributes = arrays.spriteAttributes;
    this.memory = memory;
    this.bytes = memory.bytes;
    this.readPages = memory.ppuReadPages;
    this.writePages = memory.ppuWritePages;
    this.board = board;
    this.watchesFetches = (board.hooks & HOOK_PPU_FETCH) !== 0;
    this.watchesA12 = (board.hooks & HOOK_A12) !== 0;
    this.lines = lines;
    this.region = region;
    this.traits = traits;
    this.alignment = alignment;
    this.dotUnits = region.masterClocksPerDot * 2;
    this.cpuUnits = region.masterClocksPerCpuCycle * 2;
    this.preRenderLine = region.linesPerFrame - 1;
    this.timeUnits = alignment * 2;
  }
}

/** Moments of a frame and of the one before, in half master clocks: PAL has 32 in a CPU cycle. */
const TIME_UNITS = range(-32 * MAX_CYCLES, 32 * MAX_CYCLES);
/** The data bus latch holds its bits for about 30 frames. */
const DECAY_UNITS = range(-32 * MAX_CYCLES, 32 * 32 * MAX_CYCLES);

/** The fields that a state holds: all of them, as the compiler checks. */
export const PPU_FIELDS = defineFields<PpuState, "frameDone">()({
  line: range(0, MAX_LINES - 1),
  dot: range(0, DOTS_PER_LINE - 1),
  halfway: FLAG,
  timeUnits: TIME_UNITS,
  oddFrame: FLAG,
  warmingUp: range(0, WARMS_UP_TO_LINE_END),
  v: range(0, 0x7fff),
  t: range(0, 0x7fff),
  fineX: range(0, 7),
  toggle: FLAG,
  control: BYTE,
  mask: BYTE,
  maskWritten: BYTE,
  outputMask: BYTE,
  renderingDelayed: FLAG,
  renderingDots: range(0, 5),
  scrollDelayDots: range(0, 5),
  scrollWritten: BYTE,
  addressDelayDots: range(0, 5),
  maskDelayDots: range(0, 5),
  outputMaskDelayDots: range(0, 5),
  corruptionDelayDots: range(0, 5),
  renderingBeforeMaskWrite: FLAG,
  busy: FLAG,
  vblank: FLAG,
  vblankPending: FLAG,
  vblankSet: FLAG,
  vblankSetLatch1: FLAG,
  vblankSetLatch2: FLAG,
  statusRead: FLAG,
  sprite0Hit: FLAG,
  sprite0HitPending: range(0, 2),
  canHitSprite0: FLAG,
  overflow: FLAG,
  overflowDelayed: FLAG,
  busLatch: BYTE,
  lowDecayUnits: DECAY_UNITS,
  highDecayUnits: DECAY_UNITS,
  addressBus: range(0, 0x7fff),
  octalLatch: BYTE,
  addressLatchEnable: FLAG,
  readEnable: FLAG,
  readBuffer: BYTE,
  writeData: BYTE,
  readRequest: FLAG,
  read0: FLAG,
  read1: FLAG,
  read2: FLAG,
  read3: FLAG,
  read4: FLAG,
  writeRequest: FLAG,
  write0: FLAG,
  write1: FLAG,
  write2: FLAG,
  write3: FLAG,
  write4: FLAG,
  loadingBuffer: FLAG,
  readLatching: FLAG,
  writeLatching: FLAG,
  writing: FLAG,
  stepLatch: FLAG,
  blankingLatch: FLAG,
  a12: FLAG,
  a12FellUnits: TIME_UNITS,
  fetched: BYTE,
  fetchKind: range(0, 4),
  patternAddress: range(0, 0x1fff),
  attribute: range(0, 3),
  attributeLatch: range(0, 3),
  planeLow: BYTE,
  planeHigh: BYTE,
  backgroundLow: WORD,
  backgroundHigh: WORD,
  attributeLow: BYTE,
  attributeHigh: BYTE,
  oamAddress: BYTE,
  oamBuffer: BYTE,
  oamBufferNext: BYTE,
  oamLatch: BYTE,
  secondaryAddress: range(0, SECONDARY_OAM_BYTES - 1),
  secondaryFull: FLAG,
  secondaryResetDots: range(0, 2),
  evaluationByte: range(0, 3),
  oamWrapped: FLAG,
  ninthSpriteFound: FLAG,
  oddDotCorrupted: FLAG,
  sprite0OnNextLine: FLAG,
  sprite0OnLine: FLAG,
  spriteRow: WORD,
  spriteTile: BYTE,
  spriteAttribute: BYTE,
  corruptionSeen: FLAG,
  corruptionSeenNow: FLAG,
  corruptionPending: range(0, 2),
  corruptionAvoided: FLAG,
  corruptionRow: range(0, SECONDARY_OAM_BYTES),
  skippedDot: FLAG,
  colour: range(0, 0x3f),
  colour1: range(0, 0x3f),
  colour2: range(0, 0x3f),
  colour3: range(0, 0x3f),
  idleColour: range(0, 0x3f),
  idleColourNext: range(0, 0x3f),
});
