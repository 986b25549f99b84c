/** Bytes before the pixels or samples of a message: see `ServedPicture.packed` and `soundMessage`. */
const HEADER_BYTES = 8;

/** A picture as it came from the server. */
interface UnpackedPicture {
  readonly frame: number;
  readonly width: number;
  readonly height: number;
  /** Writes the picture as RGBA. */
  rgba(into: Uint8ClampedArray): void;
}

/** Sound as it came from the server. */
interface UnpackedSound {
  readonly channels: number;
  readonly samples: Int16Array;
}

/** Reads the binary messages of a server. */
export class MessageUnpacker {
  /** 0xRRGGBB of each palette index. */
  palette: readonly number[] = [];

  /** The samples of a message with sound, those of its channels in turn; undefined for a picture. */
  sound(message: ArrayBuffer): UnpackedSound | undefined {
    const header = new DataView(message);
    if (header.getUint16(4, true) !== 0) return undefined;
    return { channels: header.getUint16(6, true), samples: new Int16Array(message, HEADER_BYTES) };
  }

  /** Rejects if the message is malformed. */
  async picture(message: ArrayBuffer): Promise<UnpackedPicture> {
    const header = new DataView(message);
    const [width, height] = [header.getUint16(4, true), header.getUint16(6, true)];
    const packed = new Blob([message.slice(HEADER_BYTES)]).stream();
    const planes = new Uint8Array(
      await new Response(packed.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer(),
    );
    const count = width * height;
    if (planes.length !== 2 * count && planes.length !== 3 * count) throw new Error("a picture's length");
    const rgba = (into: Uint8ClampedArray) =>
      planes.length === 3 * count
        ? this.#copyColors(planes, count, into)
        : this.#copyIndices(planes, count, into);
    return { frame: header.getUint32(0, true), width, height, rgba };
  }

  #copyColors(planes: Uint8Array, count: number, into: Uint8ClampedArray): void {
    for (let i = 0, to = 0; i < count; i++, to += 4) {
      into[to] = planes[i]!;
      into[to + 1] = planes[count + i]!;
      into[to + 2] = planes[2 * count + i]!;
      into[to + 3] = 0xff;
    }
  }

  #copyIndices(planes: Uint8Array, count: number, into: Uint8ClampedArray): void {
    for (let i = 0, to = 0; i < count; i++, to += 4) {
      const color = this.palette[planes[i]! | (planes[count + i]! << 8)]!;
      into[to] = color >> 16;
      into[to + 1] = (color >> 8) & 0xff;
      into[to + 2] = color & 0xff;
      into[to + 3] = 0xff;
    }
  }
}
