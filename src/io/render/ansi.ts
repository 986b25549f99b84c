/** ESC, the first byte of every control sequence. */
export const ESC = 0x1b;
const DIGIT_0 = 0x30;

/**
 * Appends bytes to a fixed buffer. It never allocates, so encoding a frame creates no garbage. Callers size
 * the buffer for the worst frame; writes past its end are lost.
 */
export class ByteWriter {
  bytes: Uint8Array;
  /**
   * The same bytes, for writing several at once: copying a colour's parameters byte by byte takes three times
   * as long.
   */
  view: DataView;
  length = 0;

  /** Writing starts at the beginning of `bytes`. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** Starts again at the beginning of `bytes`. */
  restart(bytes: Uint8Array): void {
    this.length = 0;
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** One byte. */
  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** A non-negative integer below 100,000 in decimal. */
  decimal(value: number): void {
    const bytes = this.bytes;
    let at = this.length;
    if (value >= 10) {
      if (value >= 100) {
        if (value >= 1000) {
          if (value >= 10000) bytes[at++] = DIGIT_0 + ((value / 10000) | 0);
          bytes[at++] = DIGIT_0 + (((value / 1000) | 0) % 10);
        }
        bytes[at++] = DIGIT_0 + (((value / 100) | 0) % 10);
      }
      bytes[at++] = DIGIT_0 + (((value / 10) | 0) % 10);
    }
    bytes[at++] = DIGIT_0 + (value % 10);
    this.length = at;
  }

  /** Appends all of `from`: a sequence prepared in advance. */
  append(from: Uint8Array): void {
    this.bytes.set(from, this.length);
    this.length += from.length;
  }

  /** ESC [ */
  csi(): void {
    this.bytes[this.length++] = ESC;
    this.bytes[this.length++] = 0x5b;
  }

  /** CUP: moves the cursor to a row and column, both counted from 1. */
  moveTo(row: number, column: number): void {
    this.csi();
    this.decimal(row);
    if (column > 1) {
      this.byte(0x3b);
      this.decimal(column);
    }
    this.byte(0x48);
  }

  /** CUF: moves the cursor `cells` to the right. */
  moveRight(cells: number): void {
    this.csi();
    if (cells > 1) this.decimal(cells);
    this.byte(0x43);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

const encoder = new TextEncoder();

/** A string as UTF-8, for tables made before the first frame. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Synchronized output (mode 2026): the terminal shows everything between begin and end at once. */
export const SYNC_BEGIN = "\x1b[?2026h";
export const SYNC_END = "\x1b[?2026l";
/** All attributes off. */
export const RESET_ATTRIBUTES = "\x1b[0m";
/** Erases the screen with the current background. */
export const CLEAR_SCREEN = "\x1b[2J";
