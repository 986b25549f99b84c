/** A CPU address without the mirrors of work RAM and of the PPU's registers. */
export function unmirrored(address: number): number {
  if (address < 0x2000) return address & 0x7ff;
  return address < 0x4000 ? address & 0x2007 : address;
}

/** A PPU address without the mirrors of nametables at $3000 and of palettes. */
export function unmirroredPpu(address: number): number {
  const at = address & 0x3fff;
  if (at >= 0x3f00) return (at & 0x13) === 0x10 ? 0x3f00 | (at & 0x0f) : at & 0x3f1f;
  return at >= 0x3000 ? at - 0x1000 : at;
}

/**
 * Maps a range of a memory to a range without mirrors. A range that continues past the end of the mirrored
 * memory ends there.
 */
export function unmirroredRange(
  space: "cpu" | "ppu" | "oam",
  from: number,
  to: number,
): { readonly from: number; readonly to: number } {
  if (space === "oam") return { from, to };
  const start = space === "cpu" ? unmirrored(from) : unmirroredPpu(from);
  const end = space === "cpu" ? unmirrored(to) : unmirroredPpu(to);
  return { from: start, to: end >= start ? end : start + Math.min(to - from, lastAfter(space, start)) };
}

/** Number of bytes after `start` that are not mirrors of it. */
function lastAfter(space: "cpu" | "ppu", start: number): number {
  if (space === "ppu") return (start >= 0x3f00 ? 0x3f1f : 0x2fff) - start;
  return (start < 0x800 ? 0x7ff : 0x2007) - start;
}
