const SIDE_BYTES = 65_500;

/** A side of a disk in the form of a .fds file: the disk's name block, and files by name and contents. */
export function buildDiskSide(files: Readonly<Record<string, Uint8Array>> = {}, sideNumber = 0): Uint8Array {
  const side = new Uint8Array(SIDE_BYTES);
  const text = (value: string) => new TextEncoder().encode(value);
  let at = 0;
  const put = (bytes: Uint8Array | readonly number[]) => {
    side.set(bytes, at);
    at += bytes.length;
  };
  const info = new Uint8Array(56);
  info[0] = 1;
  info.set(text("*NINTENDO-HVC*"), 1);
  info[21] = sideNumber;
  put(info);
  const entries = Object.entries(files);
  put([2, entries.length]);
  for (const [number, [name, contents]] of entries.entries()) {
    const header = new Uint8Array(16);
    header.set([3, number, number]);
    header.set(text(name.slice(0, 8)), 3);
    header.set([0x00, 0x60, contents.length & 0xff, contents.length >> 8, 0], 11);
    put(header);
    put([4]);
    put(contents);
  }
  return side;
}

/** A .fds file of sides, with fwNES's header unless `header` is false. */
export function buildDisk(sides: readonly Uint8Array[], header = true): Uint8Array {
  const start = header ? 16 : 0;
  const file = new Uint8Array(start + sides.length * SIDE_BYTES);
  if (header) file.set([0x46, 0x44, 0x53, 0x1a, sides.length]);
  for (const [index, side] of sides.entries()) file.set(side, start + index * SIDE_BYTES);
  return file;
}
