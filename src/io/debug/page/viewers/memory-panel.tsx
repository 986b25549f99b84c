import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { MEMORY_BYTES, type MemoryName, type PlaceFacts } from "../../web/protocol.ts";
import { openMenu } from "../controls/context-menu.tsx";
import { hexText } from "../state/format.ts";
import { ask, notify, snapshots, store, viewMemory } from "../state/model.ts";
import { useSnapshots } from "../state/snapshots.ts";
import { useStore } from "../state/store.ts";
import { byteMenu } from "./byte-menu.ts";
import { COLUMNS, HexRows, ROW_PX, type ShownBytes, shownOf } from "./hex-rows.tsx";

/** While the program runs, the bytes are drawn in every n-th snapshot. */
const DRAW_EVERY = 4;
const SPACES: Readonly<Record<MemoryName, string>> = {
  cpu: "CPU",
  ppu: "PPU",
  oam: "OAM",
  palette: "Palettes",
};

/** A memory in hexadecimal. Typing changes the byte at the cursor. */
export function MemoryPanel() {
  const space = useStore(store, (page) => page.memorySpace);
  const [shown, setShown] = useState<ShownBytes>();
  const box = useRef<HTMLDivElement>(null);
  const { rows, measure } = useVisibleRows(box, space);
  const cursor = useByteCursor(box, space);
  const size = MEMORY_BYTES[space];
  const digits = size > 0x100 ? 4 : 2;
  const drawn = useRef(0);
  useSnapshots(snapshots, (snapshot) => {
    if (!snapshot.header.isStopped && drawn.current++ % DRAW_EVERY !== 0) return;
    setShown((before) => shownOf(snapshot, before));
  });
  const openByteMenu = (address: number, x: number, y: number): void => {
    cursor.moveTo(address);
    openMenu(x, y, `${SPACES[space]} ${hexText(address, digits)}`, byteMenu(space, address));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) {
      const { left, bottom } = box.current!.querySelector("[data-cursor=true]")!.getBoundingClientRect();
      openByteMenu(cursor.address, left, bottom);
    } else if (!cursor.pressKey(event.key, (rows - 2) * COLUMNS)) return;
    event.preventDefault();
  };
  return (
    <>
      <MemoryHead
        space={space}
        size={size}
        onSpace={(name) => {
          store.set({ memorySpace: name });
          cursor.moveTo(0);
        }}
        onAddress={(address) => {
          cursor.moveTo(address);
          box.current!.focus();
        }}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: the bytes are a grid, not a table */}
      <div
        id="memory"
        ref={box}
        class="hex"
        role="grid"
        tabIndex={0}
        aria-label={`${SPACES[space]} memory; cursor at ${hexText(cursor.address, digits)}`}
        onScroll={measure}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: `${(size / COLUMNS) * ROW_PX}px`, position: "relative" }}>
          {shown !== undefined && shown.space === space && (
            <HexRows
              shown={shown}
              digits={digits}
              cursor={cursor.address}
              digit={cursor.digit}
              onMenu={openByteMenu}
              onPick={cursor.moveTo}
            />
          )}
        </div>
      </div>
    </>
  );
}

interface ByteCursor {
  readonly address: number;
  /** The first digit of the byte that is typed; empty if none was typed. */
  readonly digit: string;
  moveTo(address: number): void;
  /** Moves the cursor, or types a digit. Returns false for other keys. */
  pressKey(key: string, bytesPerPage: number): boolean;
}

/** The byte that typing changes. It follows the address that other panels show. */
function useByteCursor(box: RefObject<HTMLDivElement | null>, space: MemoryName): ByteCursor {
  const target = useStore(store, (page) => page.memoryTarget);
  const [address, setAddress] = useState(0);
  const [digit, setDigit] = useState("");
  const moveTo = (wanted: number): void => {
    const to = Math.min(MEMORY_BYTES[space] - 1, Math.max(0, wanted));
    setAddress(to);
    setDigit("");
    const top = Math.floor(to / COLUMNS) * ROW_PX;
    const { scrollTop, clientHeight } = box.current!;
    if (top < scrollTop || top + ROW_PX > scrollTop + clientHeight) box.current!.scrollTop = top - ROW_PX;
  };
  useLayoutEffect(() => {
    if (target === undefined) return;
    moveTo(target.address);
    box.current!.focus();
  }, [target]);
  /** The second digit writes the byte. */
  const typeDigit = (typed: string): void => {
    if (digit === "") {
      setDigit(typed.toUpperCase());
      return;
    }
    void ask("write", { space, address, bytes: [Number.parseInt(digit + typed, 16)] });
    moveTo(address + 1);
  };
  const pressKey = (key: string, bytesPerPage: number): boolean => {
    const to = movedTo(key, address, bytesPerPage);
    if (to !== undefined) moveTo(to);
    else if (/^[\da-f]$/i.test(key)) typeDigit(key);
    else if (key === "Escape" && digit !== "") setDigit("");
    else return false;
    return true;
  };
  return { address, digit, moveTo, pressKey };
}

interface VisibleRows {
  /** The number of visible rows. */
  readonly rows: number;
  /** Call it after scrolling. */
  measure(): void;
}

/** Finds the visible rows of a memory and asks the server for their bytes. */
function useVisibleRows(box: RefObject<HTMLDivElement | null>, space: MemoryName): VisibleRows {
  const [range, setRange] = useState({ first: 0, rows: 8 });
  const measure = (): void => {
    // The observer can report once more after the panel is closed.
    if (box.current === null) return;
    const { scrollTop, clientHeight } = box.current;
    const first = Math.floor(scrollTop / ROW_PX);
    setRange({ first, rows: Math.ceil(clientHeight / ROW_PX) + 1 });
  };
  useEffect(() => {
    const size = MEMORY_BYTES[space];
    const first = Math.min(range.first * COLUMNS, size - COLUMNS);
    viewMemory({ space, first, bytes: Math.min(range.rows * COLUMNS, size - first, 4096) });
  }, [space, range.first, range.rows]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    return () => {
      observer.disconnect();
      viewMemory(undefined);
    };
  }, []);
  return { rows: range.rows, measure };
}

/** The address to which a key moves the cursor; undefined for other keys. */
function movedTo(key: string, cursor: number, bytesPerPage: number): number | undefined {
  const lineStart = cursor - (cursor % COLUMNS);
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: cursor - 1,
    ArrowRight: cursor + 1,
    ArrowUp: cursor - COLUMNS,
    ArrowDown: cursor + COLUMNS,
    PageUp: cursor - bytesPerPage,
    PageDown: cursor + bytesPerPage,
    Home: lineStart,
    End: lineStart + COLUMNS - 1,
  };
  return moves[key];
}

interface MemoryHeadProps {
  readonly space: MemoryName;
  /** Bytes of the memory. */
  readonly size: number;
  onSpace(space: MemoryName): void;
  onAddress(address: number): void;
}

/** The choice of the memory, and a field for an address. */
function MemoryHead({ space, size, onSpace, onAddress }: MemoryHeadProps) {
  const [text, setText] = useState("");
  return (
    <div class="head">
      <div class="tabs" role="tablist" aria-label="Memory">
        {Object.entries(SPACES).map(([name, label]) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={name === space}
            onClick={() => onSpace(name as MemoryName)}
          >
            {label}
          </button>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void findAddress(text, size).then((address) => {
            if (address !== undefined) onAddress(address);
          });
        }}
      >
        <input
          aria-label="Go to an address of this memory"
          placeholder="Address or name"
          value={text}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </form>
    </div>
  );
}

/** The address that a text means; undefined after an error, which is shown. */
async function findAddress(text: string, size: number): Promise<number | undefined> {
  const [, digits] = /^\s*\$?([\da-f]{1,4})\s*$/i.exec(text) ?? [];
  const known = digits === undefined ? undefined : Number.parseInt(digits, 16);
  const address = known ?? (await ask<PlaceFacts>("find", { text }))?.address;
  if (address === undefined || address < size) return address;
  notify("problem", `${text.trim()} is after the end of this memory, ${hexText(size - 1, 4)}`);
  return undefined;
}
