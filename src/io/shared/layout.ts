/**
 * The one block of memory that all threads share, laid out at start-up in this order:
 *
 *   machine | commands, inputs, stats, frames, audio | last good state, battery, slots, inbox, reply,
 *   picture, overlay | recording, rewinding | frames for spectators
 *
 * The machine's bytes come first, so that its offsets do not depend on the rest. The rest is cut by name from
 * a bump allocator, which is then sealed. A description is plain data: it is posted to a worker together with
 * the buffer, and `attachShared` creates the same views there.
 *
 * `layout-words.ts` says who writes each word.
 */

import { Arena } from "../../emu/arena.ts";
import type { FramePixels } from "../../emu/machine.ts";
import { ChannelReadings, MAX_SOUND_CHANNELS } from "../../emu/sound-channels.ts";
import { KIB } from "../../emu/units.ts";
import {
  AUDIO_WORDS,
  CELL_WORDS,
  COMMAND_SLOT_WORDS,
  COMMAND_SLOTS,
  FRAME_BACK,
  FRAME_FRONT,
  FRAME_HEADER_DOUBLES,
  FRAME_MIDDLE,
  FRAME_WORDS,
  HISTOGRAM_WORDS,
  INPUT_DEVICES,
  LINE_WORDS,
  STAT_SPEED_PERCENT,
  STAT_WORDS,
  TAP_SAMPLE_COUNTS,
  TAP_SLOT_WORDS,
  TOTAL_DOUBLES,
} from "./layout-words.ts";

/** Samples per slot and channel by default: PAL frames have 960. */
const TAP_SAMPLES = 1024;

const READING_BYTES = ChannelReadings.bytesFor(MAX_SOUND_CHANNELS);

/** Sizes of the block's parts. Lengths are in bytes unless the name says otherwise. */
export interface SharedSizes {
  /** The machine's own bytes, ROM included. */
  readonly machineBytes: number;
  /** Largest size of a state. */
  readonly stateBytes: number;
  /** Largest size of battery-backed memory; 0 if the cartridge has no battery. */
  readonly batteryBytes: number;
  /** Largest size of a picture; pictures of machines whose size varies may be smaller. */
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** True for pictures of 0x00RRGGBB. Default: palette indices. */
  readonly isRgb?: boolean;
  /** Command slots, a power of two. 256 slots hold 4 seconds of one command per frame. */
  readonly commandSlots: number;
  /** Samples per channel of the audio ring, a power of two. */
  readonly audioSamples: number;
  /** Channels of the machine's sound: see `MachineGeometry.audioChannels`. */
  readonly audioChannels?: 1 | 2;
  /**
   * Maximum number of samples per channel of a frame in a recording. Default: enough for 50 frames per
   * second.
   */
  readonly frameSamples?: number;
  /** Longest reply to a read of the machine's memory. */
  readonly replyBytes: number;
  /** Memory for rewinding; 0 for none. */
  readonly rewindBytes: number;
  /** Frames that a recording may lag behind; 0 for no recordings. */
  readonly tapFrames: number;
  /** Size of the text over the picture; 0 without a presenter. */
  readonly overlayBytes: number;
  /** Frames whose sound channels are kept for a display; 0 for none. */
  readonly soundFrames: number;
  /** True for a second triple buffer, whose reader serves spectators while the presenter reads the first. */
  readonly hasSpectators?: boolean;
}

/** Sizes that do not depend on the machine. 16,384 samples are 341 ms at 48 kHz. */
export const DEFAULT_SIZES = {
  commandSlots: 256,
  audioSamples: 16_384,
  replyBytes: 65_536,
  rewindBytes: 0,
  tapFrames: 0,
  overlayBytes: 0,
  soundFrames: 0,
} as const;

/**
 * Additional sizes for playing: a second of frames, because on a busy computer the recorder may not run for
 * that long, and the largest menu in 24-bit colour. The system only provides memory for what is written.
 */
export const PLAY_SIZES = { tapFrames: 64, overlayBytes: 512 * KIB } as const;

/** Plain data with the place of everything: posted to workers with the buffer. */
export interface SharedDescription {
  readonly sizes: SharedSizes;
  /** Offsets in bytes, by region name. */
  readonly offsets: Readonly<Record<string, number>>;
  readonly totalBytes: number;
}

/** The triple buffer's memory: see triple-buffer.ts. */
export interface FrameBlock {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly headers: Float64Array<SharedArrayBuffer>;
  /** Room for three pictures. */
  readonly pixels: readonly FramePixels[];
}

/** The audio ring's memory: see audio-ring.ts. */
export interface AudioBlock {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly samples: Int16Array<SharedArrayBuffer>;
  /** Channels whose samples alternate. */
  readonly channels: 1 | 2;
}

/** The recording's ring: see frame-tap.ts. */
export interface TapBlock {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly pixels: readonly FramePixels[];
  readonly samples: readonly Int16Array<SharedArrayBuffer>[];
}

/** Memory of the sound channels' readings: see sound-scope.ts. */
export interface ScopeBlock {
  readonly words: Int32Array<SharedArrayBuffer>;
  /** One for each frame that is kept. */
  readonly frames: readonly ChannelReadings[];
}

/** A snapshot cell's memory: see snapshot-cell.ts. */
export interface CellBlock {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly halves: readonly [Uint8Array<SharedArrayBuffer>, Uint8Array<SharedArrayBuffer>];
}

/** The statistics' memory: see stats.ts. */
export interface StatsBlock {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly totals: Float64Array<SharedArrayBuffer>;
  /** How late each frame began. */
  readonly lateness: Int32Array<SharedArrayBuffer>;
  /** How long each frame took the machine thread, without waiting. */
  readonly work: Int32Array<SharedArrayBuffer>;
}

/** Every shared structure as views on the one buffer. */
export interface SharedBlocks {
  readonly buffer: SharedArrayBuffer;
  readonly sizes: SharedSizes;
  readonly commands: Int32Array<SharedArrayBuffer>;
  readonly inputs: Int32Array<SharedArrayBuffer>;
  readonly stats: StatsBlock;
  readonly frames: FrameBlock;
  /** The same pictures for spectators; without room for any unless `hasSpectators`. */
  readonly watched: FrameBlock;
  readonly audio: AudioBlock;
  /** Writer: machine. The last state that was copied while the machine ran, at most about a second old. */
  readonly lastGood: CellBlock;
  /** Writer: machine. Battery-backed memory, copied with `lastGood` and at the end. */
  readonly battery: CellBlock;
  /** Writer: main. A state to be loaded into the machine. */
  readonly inbox: CellBlock;
  /** Writer: machine. The reply to the last read of its memory. */
  readonly reply: CellBlock;
  /** Writer: machine. The last picture, on request. */
  readonly picture: CellBlock;
  /** Writer: main. Text that the presenter draws over the picture. */
  readonly overlay: CellBlock;
  readonly tap: TapBlock;
  readonly scope: ScopeBlock;
  /** Used by the machine only: see rewind.ts. */
  readonly rewind: Int32Array<SharedArrayBuffer>;
}

/** Every region except the machine's, in order, with its size in bytes. */
function regionsOf(sizes: SharedSizes): [name: string, bytes: number][] {
  const cell = (name: string, bytes: number): [string, number][] => [
    [`${name}.words`, CELL_WORDS * 4],
    [`${name}.0`, bytes],
    [`${name}.1`, bytes],
  ];
  const frames = (name: string, bytes: number): [string, number][] => [
    [name, FRAME_WORDS * 4],
    [`${name}.headers`, 3 * FRAME_HEADER_DOUBLES * 8],
    [`${name}.pixels.0`, bytes],
    [`${name}.pixels.1`, bytes],
    [`${name}.pixels.2`, bytes],
  ];
  const pixelBytes = sizes.widthPixels * sizes.heightPixels * (sizes.isRgb === true ? 4 : 2);
  const sampleBytes = 2 * (sizes.audioChannels ?? 1);
  return [
    ["commands", (COMMAND_SLOTS + sizes.commandSlots * COMMAND_SLOT_WORDS) * 4],
    ["inputs", (INPUT_DEVICES + LINE_WORDS) * 4],
    ["stats", STAT_WORDS * 4],
    ["stats.totals", TOTAL_DOUBLES * 8],
    ["stats.lateness", HISTOGRAM_WORDS * 4],
    ["stats.work", HISTOGRAM_WORDS * 4],
    ...frames("frames", pixelBytes),
    ["audio", AUDIO_WORDS * 4],
    ["audio.samples", sizes.audioSamples * sampleBytes],
    ...cell("lastGood", sizes.stateBytes),
    ...cell("battery", sizes.batteryBytes),
    ...cell("inbox", sizes.stateBytes),
    ...cell("reply", sizes.replyBytes),
    ...cell("picture", pixelBytes),
    ...cell("overlay", sizes.overlayBytes),
    ["tap", (TAP_SAMPLE_COUNTS + TAP_SLOT_WORDS * sizes.tapFrames) * 4],
    ["tap.pixels", sizes.tapFrames * pixelBytes],
    ["tap.samples", sizes.tapFrames * (sizes.frameSamples ?? TAP_SAMPLES) * sampleBytes],
    ["scope", LINE_WORDS * 4],
    ["scope.frames", sizes.soundFrames * READING_BYTES],
    ["rewind", sizes.rewindBytes],
    ...frames("watched", sizes.hasSpectators === true ? pixelBytes : 0),
  ];
}

function viewsOf(buffer: SharedArrayBuffer, { sizes, offsets }: SharedDescription): SharedBlocks {
  const bytesOf = new Map(regionsOf(sizes));
  const offsetOf = (name: string): number => {
    const offset = offsets[name];
    if (offset === undefined) throw new Error(`no region ${name} in the description`);
    return offset;
  };
  const uint8 = (name: string) => new Uint8Array(buffer, offsetOf(name), bytesOf.get(name));
  const pixels = (name: string): FramePixels =>
    sizes.isRgb === true
      ? new Uint32Array(buffer, offsetOf(name), bytesOf.get(name)! / 4)
      : new Uint16Array(buffer, offsetOf(name), bytesOf.get(name)! / 2);
  const int16 = (name: string) => new Int16Array(buffer, offsetOf(name), bytesOf.get(name)! / 2);
  const int32 = (name: string) => new Int32Array(buffer, offsetOf(name), bytesOf.get(name)! / 4);
  const float64 = (name: string) => new Float64Array(buffer, offsetOf(name), bytesOf.get(name)! / 8);
  const cell = (name: string): CellBlock => ({
    words: int32(`${name}.words`),
    halves: [uint8(`${name}.0`), uint8(`${name}.1`)],
  });
  const frames = (name: string): FrameBlock => ({
    words: int32(name),
    headers: float64(`${name}.headers`),
    pixels: [pixels(`${name}.pixels.0`), pixels(`${name}.pixels.1`), pixels(`${name}.pixels.2`)],
  });
  return {
    buffer,
    sizes,
    commands: int32("commands"),
    inputs: int32("inputs"),
    stats: {
      words: int32("stats"),
      totals: float64("stats.totals"),
      lateness: int32("stats.lateness"),
      work: int32("stats.work"),
    },
    frames: frames("frames"),
    watched: frames("watched"),
    audio: {
      words: int32("audio"),
      samples: int16("audio.samples"),
      channels: sizes.audioChannels ?? 1,
    },
    lastGood: cell("lastGood"),
    battery: cell("battery"),
    inbox: cell("inbox"),
    reply: cell("reply"),
    picture: cell("picture"),
    overlay: cell("overlay"),
    tap: {
      words: int32("tap"),
      pixels: pieces(pixels("tap.pixels"), sizes.tapFrames),
      samples: pieces(int16("tap.samples"), sizes.tapFrames),
    },
    scope: {
      words: int32("scope"),
      frames: Array.from(
        { length: sizes.soundFrames },
        (_, frame) =>
          new ChannelReadings(
            uint8("scope.frames").subarray(frame * READING_BYTES, (frame + 1) * READING_BYTES),
            MAX_SOUND_CHANNELS,
          ),
      ),
    },
    rewind: int32("rewind"),
  };
}

/** `count` views of equal length. */
function pieces<View extends FramePixels | Int16Array<SharedArrayBuffer>>(
  whole: View,
  count: number,
): View[] {
  const length = whole.length / Math.max(1, count);
  return Array.from({ length: count }, (_, i) => whole.subarray(i * length, (i + 1) * length) as View);
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

const ALIGN_BYTES = 64;

/**
 * Reserves the shared block, lays it out and seals it. The machine's part is not touched: its worker lays it
 * out with `machineArena`.
 */
export function createShared(sizes: SharedSizes): { blocks: SharedBlocks; description: SharedDescription } {
  if (!isPowerOfTwo(sizes.commandSlots) || !isPowerOfTwo(sizes.audioSamples))
    throw new Error("ring lengths must be powers of two");
  const regions: [string, number][] = [["machine", sizes.machineBytes], ...regionsOf(sizes)];
  const totalBytes = regions.reduce(
    (end, [, bytes]) => end + Math.ceil(bytes / ALIGN_BYTES) * ALIGN_BYTES,
    0,
  );
  const arena = new Arena(new SharedArrayBuffer(totalBytes));
  const offsets: Record<string, number> = {};
  for (const [name, bytes] of regions) offsets[name] = arena.alloc(name, bytes, ALIGN_BYTES);
  arena.seal();
  const description = { sizes, offsets, totalBytes };
  const blocks = viewsOf(arena.buffer, description);
  initialise(blocks);
  return { blocks, description };
}

function initialise(blocks: SharedBlocks): void {
  for (let slot = 0; slot < blocks.sizes.commandSlots; slot++)
    blocks.commands[COMMAND_SLOTS + slot * COMMAND_SLOT_WORDS] = slot;
  for (const { words } of [blocks.frames, blocks.watched]) {
    words[FRAME_BACK] = 0;
    words[FRAME_MIDDLE] = 1;
    words[FRAME_FRONT] = 2;
  }
  blocks.stats.words[STAT_SPEED_PERCENT] = 100;
}

/** Creates views of a block that another thread created. */
export function attachShared(buffer: SharedArrayBuffer, description: SharedDescription): SharedBlocks {
  if (buffer.byteLength !== description.totalBytes)
    throw new Error("the buffer's length differs from the description");
  return viewsOf(buffer, description);
}

/** The machine's part of the block as an arena: bytes 0 to `machineBytes`. */
export function machineArena(buffer: SharedArrayBuffer, description: SharedDescription): Arena {
  return new Arena(buffer, 0, description.sizes.machineBytes);
}
