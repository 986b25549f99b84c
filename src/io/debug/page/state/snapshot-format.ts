import type { SnapshotBlock, SnapshotHeader } from "../../web/protocol.ts";

/** A snapshot of the machine's memories. A block is undefined if it was not wanted. */
export interface MachineSnapshot {
  readonly header: SnapshotHeader;
  readonly picture: Uint8Array | Uint16Array;
  readonly video: Uint8Array | undefined;
  readonly oam: Uint8Array | undefined;
  readonly events: DataView | undefined;
  readonly memory: Uint8Array | undefined;
  readonly fresh: Uint8Array | undefined;
}

export function decodeSnapshot(message: ArrayBuffer): MachineSnapshot {
  const length = new DataView(message).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length))) as SnapshotHeader;
  const blocks = new Map<SnapshotBlock, Uint8Array>();
  let at = 4 + length;
  for (const [name, bytes] of header.blocks) {
    blocks.set(name, new Uint8Array(message, at, bytes));
    at += bytes;
  }
  const pixels = blocks.get("picture")!;
  const events = blocks.get("events");
  return {
    header,
    picture: header.pixelBytes === 1 ? pixels : new Uint16Array(pixels.slice().buffer),
    video: blocks.get("video"),
    oam: blocks.get("oam"),
    events: events && new DataView(message, events.byteOffset, events.byteLength),
    memory: blocks.get("memory"),
    fresh: blocks.get("fresh"),
  };
}
