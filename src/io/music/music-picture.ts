import { ChannelReadings, WAVE_SAMPLES } from "../../emu/sound-channels.ts";
import { channelColor, mixColors } from "./channel-colors.ts";
import { isBlackKey, noteOf } from "./notes.ts";

/** The keyboard: C1 to C8. */
const FIRST_NOTE = 24;
const LAST_NOTE = 108;
const NOTES = LAST_NOTE - FIRST_NOTE + 1;
const FRAMES_KEPT = 150;
/** Frames that the roll shows from its bottom to its top. */
const FRAMES_SHOWN = 120;
/** The part of the height for the oscilloscopes, at most. */
const SCOPES_SHARE = 0.55;
const KEYBOARD_SHARE = 0.1;
const MIN_LANE_DOTS = 4;
const MAX_LANE_DOTS = 40;
const LANES_PER_COLUMN = 6;

const ROLL_GROUND = 0x0b0b12;
const OCTAVE_LINE = 0x20202e;
const LANE_GROUND = 0x101018;
const LANE_MIDDLE = 0x24242f;
const GAP = 0x000000;
const WHITE_KEY = 0xc8c8d0;
const BLACK_KEY = 0x2a2a34;
const MUTED = 0x55555f;

/** A picture of dots, 0x00RRGGBB. */
export interface DotPicture {
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly height: number;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture of the music: notes that rise from a piano's keys, and under them an oscilloscope and a volume
 * bar for each channel. Everything is drawn from the channels' registers.
 */
export class MusicPicture {
  readonly #channels: number;
  /** The last readings, the newest at `#newest`. */
  readonly #history: readonly ChannelReadings[];
  #newest = 0;

  constructor(channels: number) {
    this.#channels = channels;
    this.#history = Array.from({ length: FRAMES_KEPT }, () => ChannelReadings.create(channels));
  }

  /** Adds the reading of one more frame. */
  add(reading: ChannelReadings): void {
    this.#newest = (this.#newest + 1) % FRAMES_KEPT;
    const into = this.#history[this.#newest]!;
    const count = this.#channels;
    into.milliHertz.set(reading.milliHertz.subarray(0, count));
    into.volumes.set(reading.volumes.subarray(0, count));
    into.waves.set(reading.waves.subarray(0, count * WAVE_SAMPLES));
  }

  /** Forgets all notes: another moment of the music follows. */
  clear(): void {
    for (const reading of this.#history) reading.volumes.fill(0);
  }

  /** The newest reading. */
  get now(): ChannelReadings {
    return this.#history[this.#newest]!;
  }

  /** Draws everything. Channels of the bits in `muted` are grey. */
  draw(picture: DotPicture, muted: number): void {
    const { width, height } = picture;
    const columns = Math.ceil(this.#channels / LANES_PER_COLUMN);
    const lanes = Math.ceil(this.#channels / columns);
    const wanted = Math.floor((height * SCOPES_SHARE) / lanes);
    const good = Math.max(MIN_LANE_DOTS, Math.min(MAX_LANE_DOTS, wanted));
    const laneHeight = Math.min(good, Math.floor(height / lanes));
    const scopes = Math.min(height, laneHeight * lanes);
    const keys = Math.max(2, Math.min(24, Math.floor(height * KEYBOARD_SHARE)));
    const roll = Math.max(0, height - scopes - keys);
    this.#drawRoll(picture, { x: 0, y: 0, width, height: roll }, muted);
    this.#drawKeys(picture, { x: 0, y: roll, width, height: Math.min(keys, height - roll) }, muted);
    for (let channel = 0; channel < this.#channels; channel++) {
      const column = Math.floor(channel / lanes);
      const left = Math.floor((column * width) / columns);
      const right = Math.floor(((column + 1) * width) / columns);
      const y = height - scopes + (channel % lanes) * laneHeight;
      const lane = { x: left, y, width: right - left - (column + 1 < columns ? 1 : 0), height: laneHeight };
      this.#drawScope(picture, lane, channel, isMuted(muted, channel));
    }
  }

  #drawRoll(picture: DotPicture, { width, height }: Rectangle, muted: number): void {
    const { pixels } = picture;
    for (let x = 0; x < width; x++) {
      const isLine = columnOf(noteAt(x, width), width) === x && noteAt(x, width) % 12 === 0;
      for (let y = 0; y < height; y++) pixels[y * picture.width + x] = isLine ? OCTAVE_LINE : ROLL_GROUND;
    }
    for (let y = 0; y < height; y++) {
      const age = Math.floor(((height - 1 - y) * FRAMES_SHOWN) / height);
      const reading = this.#history[(this.#newest - age + FRAMES_KEPT) % FRAMES_KEPT]!;
      for (let channel = 0; channel < this.#channels; channel++) {
        if (isMuted(muted, channel)) continue;
        const volume = reading.volumes[channel]!;
        if (volume === 0) continue;
        const color = mixColors(channelColor(channel), ROLL_GROUND, 0.35 + (0.65 * volume) / 255);
        const span = noteSpan(reading.milliHertz[channel]!, channel, width);
        pixels.fill(color, y * picture.width + span.from, y * picture.width + span.to);
      }
    }
  }

  #drawKeys(picture: DotPicture, { y: top, width, height }: Rectangle, muted: number): void {
    const { pixels } = picture;
    const { now } = this;
    const blackHeight = Math.ceil(height * 0.6);
    for (let x = 0; x < width; x++) {
      const isBlack = isBlackKey(noteAt(x, width));
      for (let y = 0; y < height; y++) {
        const color = isBlack && y < blackHeight ? BLACK_KEY : WHITE_KEY;
        pixels[(top + y) * picture.width + x] = y === height - 1 && height > 3 ? GAP : color;
      }
    }
    for (let channel = 0; channel < this.#channels; channel++) {
      if (now.volumes[channel] === 0 || now.milliHertz[channel] === 0 || isMuted(muted, channel)) continue;
      const { from, to } = noteSpan(now.milliHertz[channel]!, channel, width);
      for (let y = 0; y < height - (height > 3 ? 1 : 0); y++)
        pixels.fill(channelColor(channel), (top + y) * picture.width + from, (top + y) * picture.width + to);
    }
  }

  /** A few periods of the waveform, and at the right the volume. */
  #drawScope(picture: DotPicture, lane: Rectangle, channel: number, isOff: boolean): void {
    const { now } = this;
    const { pixels } = picture;
    const volume = now.volumes[channel]! / 255;
    const color = isOff ? MUTED : channelColor(channel);
    const inner = lane.height - 1;
    const bar = Math.max(1, Math.floor(lane.width / 24));
    const width = lane.width - bar - 1;
    const middle = lane.y + (inner >> 1);
    for (let y = lane.y; y < lane.y + inner; y++)
      pixels.fill(
        y === middle ? LANE_MIDDLE : LANE_GROUND,
        y * picture.width + lane.x,
        y * picture.width + lane.x + lane.width,
      );
    const gapRow = (lane.y + inner) * picture.width + lane.x;
    pixels.fill(GAP, gapRow, gapRow + lane.width);
    const lit = Math.round(volume * inner);
    for (let y = 0; y < lit; y++) {
      const row = (lane.y + inner - 1 - y) * picture.width;
      pixels.fill(color, row + lane.x + width + 1, row + lane.x + lane.width);
    }
    if (volume === 0) return;
    const periods = periodsShown(now.milliHertz[channel]!);
    let before = -1;
    for (let x = 0; x < width; x++) {
      const sample = Math.floor((x * periods * WAVE_SAMPLES) / width) % WAVE_SAMPLES;
      const value = now.waves[channel * WAVE_SAMPLES + sample]! / 255 - 0.5;
      const y = lane.y + Math.round((0.5 - value * (0.25 + 0.75 * volume)) * (inner - 1));
      const from = before < 0 ? y : Math.min(before, y);
      const to = before < 0 ? y : Math.max(before, y);
      for (let at = from; at <= to; at++) pixels[at * picture.width + lane.x + x] = color;
      before = y;
    }
  }
}

/** More for higher notes, but all can be seen. Noise is one piece. */
function periodsShown(milliHertz: number): number {
  const note = noteOf(milliHertz);
  return note === undefined ? 1 : Math.max(2, Math.min(12, 2 + (note - FIRST_NOTE) / 8));
}

function isMuted(muted: number, channel: number): boolean {
  return ((muted >> channel) & 1) !== 0;
}

function noteAt(x: number, width: number): number {
  return FIRST_NOTE + Math.floor((x * NOTES) / width);
}

function columnOf(note: number, width: number): number {
  return Math.ceil(((note - FIRST_NOTE) * width) / NOTES);
}

/** The columns of a note. Sounds without pitch have a place at the left edge, one beside the other. */
function noteSpan(
  milliHertz: number,
  channel: number,
  width: number,
): { readonly from: number; readonly to: number } {
  const dot = Math.max(1, Math.floor(width / NOTES));
  const note = noteOf(milliHertz);
  if (note === undefined) {
    const from = Math.min(width - dot, (channel % 5) * dot);
    return { from, to: from + dot };
  }
  const nearest = Math.max(FIRST_NOTE, Math.min(LAST_NOTE, Math.round(note)));
  const from = Math.min(width - 1, columnOf(nearest, width));
  return { from, to: Math.max(from + 1, Math.min(width, columnOf(nearest + 1, width))) };
}
