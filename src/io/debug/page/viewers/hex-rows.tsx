import type { MemoryName } from "../../web/protocol.ts";
import { bareHex } from "../state/format.ts";
import type { MachineSnapshot } from "../state/snapshot-format.ts";

/** Bytes in a row. */
export const COLUMNS = 16;
export const ROW_PX = 19;

/** The visible bytes, and which of them have changed since the snapshot before. */
export interface ShownBytes {
  readonly space: MemoryName;
  readonly first: number;
  readonly bytes: Uint8Array;
  readonly fresh: Uint8Array;
  readonly changed: ReadonlySet<number>;
  readonly position: number;
}

interface HexRowsProps {
  readonly shown: ShownBytes;
  readonly digits: number;
  readonly cursor: number;
  /** The first digit that was typed at the cursor. */
  readonly digit: string;
  onPick(address: number): void;
  onMenu(address: number, x: number, y: number): void;
}

/** The rows of bytes that are visible. */
export function HexRows({ shown, digits, cursor, digit, onPick, onMenu }: HexRowsProps) {
  const { first, bytes, fresh, changed } = shown;
  const rows = Math.ceil(bytes.length / COLUMNS);
  const addressOf = (event: MouseEvent): number | undefined => {
    const text = (event.target as HTMLElement).dataset.at;
    return text === undefined ? undefined : Number(text);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: the bytes are a grid, not a table
    <div
      role="rowgroup"
      tabIndex={-1}
      style={{ transform: `translateY(${(first / COLUMNS) * ROW_PX}px)` }}
      onMouseDown={(event) => {
        const address = addressOf(event);
        if (address !== undefined) onPick(address);
      }}
      onContextMenu={(event) => {
        const address = addressOf(event);
        if (address === undefined) return;
        event.preventDefault();
        onMenu(address, event.clientX, event.clientY);
      }}
    >
      {Array.from({ length: rows }, (_, row) => {
        const start = row * COLUMNS;
        const part = [...bytes.subarray(start, start + COLUMNS)];
        return (
          <div class="hexRow" key={first + start}>
            <span class="address">{bareHex(first + start, digits)}</span>
            {part.map((byte, column) => {
              const at = first + start + column;
              const isFresh = (fresh[(start + column) >> 3]! & (1 << (column & 7))) !== 0;
              const isCursor = at === cursor;
              return (
                <span
                  key={at}
                  class="byte"
                  data-at={at}
                  data-cursor={isCursor}
                  data-fresh={isFresh}
                  data-changed={changed.has(at)}
                  data-zero={byte === 0}
                >
                  {isCursor && digit !== "" ? `${digit}_` : bareHex(byte, 2)}
                </span>
              );
            })}
            <span class="ascii">{part.map(character).join("")}</span>
          </div>
        );
      })}
    </div>
  );
}

function character(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}

/** The bytes of a snapshot, with those that have changed since the bytes that are shown. */
export function shownOf(
  { header, memory, fresh }: MachineSnapshot,
  before: ShownBytes | undefined,
): ShownBytes | undefined {
  if (memory === undefined || fresh === undefined || header.memory === undefined) return before;
  const { space, first } = header.memory;
  const { position } = header;
  const isSameMoment = before?.position === position && before.space === space;
  const changed = new Set<number>(isSameMoment ? before.changed : []);
  if (before !== undefined && before.space === space) {
    for (const [index, byte] of memory.entries()) {
      const known = before.bytes[first + index - before.first];
      if (known !== undefined && known !== byte) changed.add(first + index);
    }
  }
  return { space, first, bytes: memory.slice(), fresh: fresh.slice(), changed, position };
}
