import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { MEMORY_BYTES, type MemoryName, type PlaceFacts } from "../web/protocol.ts";
import { openMenu } from "./context-menu.tsx";
import { bareHex, hexText } from "./format.ts";
import { addWatch, ask, goTo, link, notify, snapshots, store, viewMemory, whoWrote } from "./model.ts";
import type { MachineSnapshot } from "./snapshot-format.ts";
import { useSnapshots } from "./snapshots.ts";
import { useStore } from "./store.ts";

const COLUMNS = 16;
const ROW_PX = 19;
/** While the program runs, the bytes are drawn in every n-th snapshot. */
const DRAW_EVERY = 4;
const SPACES: Readonly<Record<MemoryName, string>> = {
  cpu: "CPU",
  ppu: "PPU",
  oam: "OAM",
  palette: "Palettes",
};

/** The visible bytes, and which of them have changed since the snapshot before. */
interface Shown {
  readonly space: MemoryName;
  readonly first: number;
  readonly bytes: Uint8Array;
  readonly fresh: Uint8Array;
  readonly changed: ReadonlySet<number>;
  readonly position: number;
}

/** A memory in hexadecimal. Typing changes the byte at the cursor. */
export function MemoryPanel() {
  const space = useStore(store, (page) => page.memorySpace);
  const target = useStore(store, (page) => page.memoryTarget);
  const [shown, setShown] = useState<Shown>();
  const [cursor, setCursor] = useState(0);
  const [digit, setDigit] = useState("");
  const [text, setText] = useState("");
  const [range, setRange] = useState({ first: 0, rows: 8 });
  const box = useRef<HTMLDivElement>(null);
  const size = MEMORY_BYTES[space];
  const digits = size > 0x100 ? 4 : 2;

  const measure = (): void => {
    const { scrollTop, clientHeight } = box.current!;
    const first = Math.floor(scrollTop / ROW_PX);
    setRange({ first, rows: Math.ceil(clientHeight / ROW_PX) + 1 });
  };
  useEffect(() => {
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
  const reveal = (address: number): void => {
    const top = Math.floor(address / COLUMNS) * ROW_PX;
    const { scrollTop, clientHeight } = box.current!;
    if (top < scrollTop || top + ROW_PX > scrollTop + clientHeight) box.current!.scrollTop = top - ROW_PX;
  };
  useLayoutEffect(() => {
    if (target === undefined) return;
    setCursor(target.address);
    reveal(target.address);
    box.current!.focus();
  }, [target]);
  const drawn = useRef(0);
  useSnapshots(snapshots, (snapshot) => {
    if (!snapshot.header.isStopped && drawn.current++ % DRAW_EVERY !== 0) return;
    setShown((before) => shownOf(snapshot, before));
  });

  const moveTo = (address: number): void => {
    const to = Math.min(size - 1, Math.max(0, address));
    setCursor(to);
    setDigit("");
    reveal(to);
  };
  const openByteMenu = (address: number, x: number, y: number): void => {
    setCursor(address);
    openMenu(x, y, `${SPACES[space]} ${hexText(address, digits)}`, byteMenu(space, address));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const page = (range.rows - 2) * COLUMNS;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: cursor - 1,
      ArrowRight: cursor + 1,
      ArrowUp: cursor - COLUMNS,
      ArrowDown: cursor + COLUMNS,
      PageUp: cursor - page,
      PageDown: cursor + page,
      Home: cursor - (cursor % COLUMNS),
      End: cursor - (cursor % COLUMNS) + COLUMNS - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) moveTo(to);
    else if (/^[\da-f]$/i.test(event.key)) {
      if (digit === "") setDigit(event.key.toUpperCase());
      else {
        void ask("write", { space, address: cursor, bytes: [Number.parseInt(digit + event.key, 16)] });
        moveTo(cursor + 1);
      }
    } else if (event.key === "Escape" && digit !== "") setDigit("");
    else if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) {
      const { left, bottom } = box.current!.querySelector("[data-cursor=true]")!.getBoundingClientRect();
      openByteMenu(cursor, left, bottom);
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <div class="head">
        <div class="tabs" role="tablist" aria-label="Memory">
          {Object.entries(SPACES).map(([name, label]) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={name === space}
              onClick={() => {
                store.set({ memorySpace: name as MemoryName });
                moveTo(0);
              }}
            >
              {label}
            </button>
          ))}
        </div>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void findAddress(text, size).then((address) => {
              if (address === undefined) return;
              moveTo(address);
              box.current!.focus();
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
      {/* biome-ignore lint/a11y/useSemanticElements: the bytes are a grid, not a table */}
      <div
        id="memory"
        ref={box}
        class="hex"
        role="grid"
        tabIndex={0}
        aria-label={`${SPACES[space]} memory; cursor at ${hexText(cursor, digits)}`}
        onScroll={measure}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: `${(size / COLUMNS) * ROW_PX}px`, position: "relative" }}>
          {shown !== undefined && shown.space === space && (
            <HexRows
              shown={shown}
              digits={digits}
              cursor={cursor}
              digit={digit}
              onMenu={openByteMenu}
              onPick={moveTo}
            />
          )}
        </div>
      </div>
    </>
  );
}

interface HexRowsProps {
  readonly shown: Shown;
  readonly digits: number;
  readonly cursor: number;
  /** The first digit that was typed at the cursor. */
  readonly digit: string;
  onPick(address: number): void;
  onMenu(address: number, x: number, y: number): void;
}

function HexRows({ shown, digits, cursor, digit, onPick, onMenu }: HexRowsProps) {
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

function shownOf({ header, memory, fresh }: MachineSnapshot, before: Shown | undefined): Shown | undefined {
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

/** The address that a text means; undefined after an error, which is shown. */
async function findAddress(text: string, size: number): Promise<number | undefined> {
  const [, digits] = /^\s*\$?([\da-f]{1,4})\s*$/i.exec(text) ?? [];
  const known = digits === undefined ? undefined : Number.parseInt(digits, 16);
  const address = known ?? (await ask<PlaceFacts>("find", { text }))?.address;
  if (address === undefined || address < size) return address;
  notify("problem", `${text.trim()} is after the end of this memory, ${hexText(size - 1, 4)}`);
  return undefined;
}

function byteMenu(space: MemoryName, address: number): { label: string; run(): void }[] {
  const place = hexText(address, 4);
  const isCpu = space === "cpu";
  const watched = space === "palette" ? hexText(0x3f00 + address, 4) : place;
  const addBreakpoint = (kinds: object): void =>
    void ask("addBreakpoint", {
      kind: "access",
      space: space === "palette" ? "ppu" : space,
      place: watched,
      ...kinds,
    });
  const expressions = {
    cpu: `[${place}]`,
    ppu: `ppu[${place}]`,
    oam: `oam[${address}]`,
    palette: `ppu[${watched}]`,
  };
  return [
    ...(space === "oam" ? [] : [{ label: "Who wrote this byte?", run: () => void whoWrote(space, address) }]),
    { label: "Stop at writes", run: () => addBreakpoint({ write: true }) },
    { label: "Stop at reads", run: () => addBreakpoint({ read: true }) },
    { label: "Watch", run: () => addWatch(expressions[space]) },
    ...(isCpu ? [{ label: "Show in the code", run: () => void goTo(place) }] : []),
    { label: "About this byte", run: () => void aboutByte(space, address) },
  ];
}

async function aboutByte(space: MemoryName, address: number): Promise<void> {
  const facts = await link.request<{ text: string }>("describe", { space, address }).catch(() => undefined);
  if (facts !== undefined) notify("info", facts.text);
}
