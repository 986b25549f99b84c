import type { TextScreen } from "../../terminal/text-screen.ts";
import type { DebugSession } from "../session.ts";
import type { Area } from "./layout.ts";
import { drawMemory, type MemoryPlace, memoryRowBytes, SPACE_BYTES } from "./panels.ts";

/** The memory that the debugger shows. Bytes that the last movement changed are highlighted. */
export class MemoryView {
  readonly #session: () => DebugSession;
  #place: MemoryPlace = { space: "cpu", address: 0 };
  /** The bytes at the last stop, and those that are shown, by address. */
  #before = new Map<number, number>();
  #shown = new Map<number, number>();

  constructor(session: () => DebugSession) {
    this.#session = session;
  }

  /**
   * Shows the memory at a place, such as `$0300`, `score`, `ppu[$2000]` or `oam[0]`. Names mean what they do
   * in this frame of the call stack. Throws `InputError` if the text is invalid.
   */
  goTo(text: string, frame: number): void {
    const session = this.#session();
    const [, space, inside] = /^(ppu|oam)\[(.*)\]$/.exec(text) ?? [];
    const place = inside === undefined ? session.place(text, frame) : undefined;
    const address = place?.address ?? session.read(inside ?? text, frame);
    this.#show((space ?? "cpu") as MemoryPlace["space"], address & ~7);
  }

  /** Scrolls by pages of an area of this size. */
  page(by: number, area: Area): void {
    const { space, address } = this.#place;
    this.#show(space, address + by * Math.max(1, area.rows - 1) * memoryRowBytes(area));
  }

  /** Keeps what is shown, to highlight what the next movement changes. */
  remember(): void {
    this.#before = this.#shown;
  }

  draw(screen: TextScreen, area: Area): void {
    this.#shown = drawMemory(screen, area, this.#session(), this.#place, this.#before);
  }

  #show(space: MemoryPlace["space"], address: number): void {
    this.#place = { space, address: Math.min(SPACE_BYTES[space] - 16, Math.max(0, address)) };
    this.#before = new Map();
  }
}
