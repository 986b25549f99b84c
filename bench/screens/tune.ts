/** A tune of three tracks whose notes move, for pictures of the music player. */
import {
  buildNsfe,
  infoChunk,
  nsfChunk,
  nsfLongs,
  nsfTexts,
  RTS,
  stores,
} from "../../test/support/nsf-builder.ts";

const LOAD = 0x8000;
/** Zero page: the frame, and the track from INIT. */
const FRAME = 0x10;
const TRACK = 0x11;
/** Frames per note are a power of two, so that the note is the frame shifted. */
const SHIFTS = 3;
/** Periods of sixteen notes of A minor, from A3 on, as the pulse channels count them. */
const PERIODS = [508, 427, 380, 338, 319, 253, 284, 338, 213, 253, 319, 338, 380, 427, 478, 508];

/** INIT turns the channels on; PLAY gives each of them another note of the scale. */
export function movingTune(): Uint8Array {
  const init = [
    ...[0x85, TRACK, 0xa9, 0, 0x85, FRAME],
    ...stores([0x4015, 0x0f], [0x4000, 0xbc], [0x4004, 0x7a], [0x4008, 0xff], [0x400c, 0x36]),
    RTS,
  ];
  const table = (at: number) => LOAD + 0x200 + at * PERIODS.length;
  /** A = a note's index: the frame shifted by `shifts`, plus the track and `offset`, modulo 16. */
  const note = (shifts: number, offset: number) => [
    ...[
      0xa5,
      FRAME,
      ...new Array<number>(shifts).fill(0x4a),
      0x18,
      0x65,
      TRACK,
      0x69,
      offset,
      0x29,
      0x0f,
      0xaa,
    ],
  ];
  const play = (register: number, at: number) => [
    ...[0xbd, table(at) & 0xff, table(at) >> 8, 0x8d, register & 0xff, register >> 8],
  ];
  const pitch = (channel: number, shifts: number, offset: number) => [
    ...[...note(shifts, offset), ...play(channel + 2, 0), ...play(channel + 3, 1)],
  ];
  const program = [
    ...init,
    ...[0xe6, FRAME],
    ...pitch(0x4000, SHIFTS, 0),
    ...pitch(0x4004, SHIFTS + 1, 5),
    ...pitch(0x4008, SHIFTS + 2, 9),
    ...[...note(SHIFTS - 1, 2), 0x8e, 0x0e, 0x40, ...stores([0x400f, 0x08])],
    RTS,
  ];
  const data = new Uint8Array(0x200 + PERIODS.length * 2);
  data.set(program);
  data.set(
    PERIODS.map((period) => period & 0xff),
    table(0) - LOAD,
  );
  data.set(
    PERIODS.map((period) => period >> 8),
    table(1) - LOAD,
  );
  return buildNsfe(
    infoChunk({ load: LOAD, init: LOAD, play: LOAD + init.length, songs: 3 }),
    nsfChunk("DATA", data),
    nsfChunk("auth", nsfTexts("Sixteen Notes", "emu", "2026", "emu")),
    nsfChunk("tlbl", nsfTexts("Up the Stairs", "Around the Corner", "Down Again")),
    nsfChunk("time", nsfLongs(90_000, 60_000, 75_000)),
  );
}
