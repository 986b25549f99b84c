import type { DebugSession } from "../session.ts";
import type { FrameEvents } from "./frame-events.ts";
import {
  MEMORY_BYTES,
  type MemoryName,
  type PpuFacts,
  type SnapshotBlock,
  type SnapshotHeader,
  type WantedViews,
} from "./protocol.ts";

const PALETTE_START = 0x3f00;
const LENGTH_BYTES = 4;
const MAX_BYTE = 0xff;

/**
 * Encodes the picture and the wanted memories as a binary message. `events` has been updated; undefined if
 * they are not wanted.
 */
export function encodeSnapshot(
  session: DebugSession,
  wanted: WantedViews,
  events: FrameEvents | undefined,
  serial: number,
): Uint8Array<ArrayBuffer> {
  const { nes, pixels, timeline } = session;
  const isStopped = session.moving === undefined;
  const width = nes.side === undefined ? nes.geometry.width : nes.geometry.width / 2;
  const picture = pictureBytes(leftColumns(pixels, nes.geometry.width, width));
  const blocks: [SnapshotBlock, Uint8Array][] = [["picture", picture]];
  if (wanted.ppu) {
    blocks.push(["video", read(session, "ppu", 0, MEMORY_BYTES.ppu)]);
    blocks.push(["oam", read(session, "oam", 0, MEMORY_BYTES.oam)]);
  }
  const list = isStopped ? events?.untilNow() : events?.complete();
  if (list !== undefined) blocks.push(["events", list.bytes]);
  const { memory } = wanted;
  if (memory !== undefined) {
    const { space, first } = memory;
    const bytes = Math.min(memory.bytes, MEMORY_BYTES[space] - first);
    blocks.push(["memory", read(session, space, first, bytes)]);
    blocks.push(["fresh", fresh(session, space, first, bytes)]);
  }
  const header: SnapshotHeader = {
    serial,
    frame: nes.frame,
    position: timeline.position,
    isStopped,
    width,
    height: nes.geometry.height,
    pixelBytes: picture.length > width * nes.geometry.height ? 2 : 1,
    ppu: ppuFacts(session),
    ...(list === undefined ? {} : { events: { base: list.base } }),
    ...(memory === undefined ? {} : { memory: { space: memory.space, first: memory.first } }),
    blocks: blocks.map(([name, { length }]) => [name, length]),
  };
  return joined(
    header,
    blocks.map(([, bytes]) => bytes),
  );
}

function joined(header: SnapshotHeader, blocks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const total = blocks.reduce((sum, { length }) => sum + length, LENGTH_BYTES + text.length);
  const message = new Uint8Array(total);
  new DataView(message.buffer).setUint32(0, text.length, true);
  message.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + text.length;
  for (const block of blocks) {
    message.set(block, at);
    at += block.length;
  }
  return message;
}

/** The first `columns` of each row: the screen of the console that is debugged, in a machine with two. */
function leftColumns(pixels: Uint16Array, width: number, columns: number): Uint16Array {
  if (columns === width) return pixels;
  const left = new Uint16Array((pixels.length / width) * columns);
  for (let from = 0, to = 0; to < left.length; from += width, to += columns)
    left.set(pixels.subarray(from, from + columns), to);
  return left;
}

/** One byte per pixel if no pixel has the third emphasis bit, which is usual; else two. */
function pictureBytes(pixels: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at++) {
    const pixel = pixels[at]!;
    if (pixel > MAX_BYTE) return new Uint8Array(pixels.buffer.slice(0), pixels.byteOffset, pixels.byteLength);
    bytes[at] = pixel;
  }
  return bytes;
}

function read({ nes }: DebugSession, space: MemoryName, first: number, bytes: number): Uint8Array {
  const result = new Uint8Array(bytes);
  if (space === "palette")
    for (let at = 0; at < bytes; at++) result[at] = nes.peek("ppu", PALETTE_START + first + at);
  else for (let at = 0; at < bytes; at++) result[at] = nes.peek(space, first + at);
  return result;
}

/** A bit for each byte that nothing has written since power-on. */
function fresh({ probe }: DebugSession, space: MemoryName, first: number, bytes: number): Uint8Array {
  const bits = new Uint8Array((bytes + 7) >> 3);
  if (space !== "cpu" && space !== "ppu") return bits;
  const { marks } = probe;
  for (let at = 0; at < bytes; at++) {
    const isFresh = space === "cpu" ? marks.isFreshCpu(first + at) : marks.isFreshPpu(first + at);
    if (isFresh) bits[at >> 3]! |= 1 << (at & 7);
  }
  return bits;
}

/** https://www.nesdev.org/wiki/PPU_scrolling#PPU_internal_registers */
function ppuFacts({ nes }: DebugSession): PpuFacts {
  nes.catchUp();
  const { line, dot, control, maskWritten: mask, t, fineX } = nes.ppu.state;
  const scrollX = ((t >> 10) & 1) * 256 + (t & 31) * 8 + fineX;
  const scrollY = ((t >> 11) & 1) * 240 + ((t >> 5) & 31) * 8 + ((t >> 12) & 7);
  return { line, dot, control, mask, scrollX, scrollY };
}
