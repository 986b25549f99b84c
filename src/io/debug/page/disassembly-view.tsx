import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { BreakpointFacts, DisassemblyRow } from "../web/protocol.ts";
import { type MenuItem, openMenu } from "./context-menu.tsx";
import { bareHex, hexText } from "./format.ts";
import { CODE_ROW_PX, Gutter, toggleBreakpoint } from "./gutter.tsx";
import { highlight } from "./highlight.tsx";
import { ask, isRunning, store } from "./model.ts";
import { useStore } from "./store.ts";
import { type ScrollTarget, VirtualList } from "./virtual-list.tsx";

const BEFORE = 150;
const COUNT = 500;
/** When fewer rows than this are left in a direction, more are loaded. */
const NEAR_END = 40;
const NO_BREAKPOINTS: readonly BreakpointFacts[] = [];

/** A row of the list: an instruction, or the label above it. */
type Row = { readonly label: string; readonly code: DisassemblyRow } | { readonly code: DisassemblyRow };

/** Instructions around a place, with labels, breakpoints and counts. More are loaded while it scrolls. */
export function DisassemblyView() {
  const shown = useStore(store, (page) => page.shown);
  const version = useStore(store, (page) => (page.state?.moving === undefined ? page.state?.version : 0));
  const breakpoints = useStore(store, (page) => page.state?.breakpoints ?? NO_BREAKPOINTS);
  const here = useStore(store, (page) =>
    page.state?.moving === undefined ? page.state?.stack[0] : undefined,
  );
  const [code, setCode] = useState<readonly DisassemblyRow[]>([]);
  const [target, setTarget] = useState<ScrollTarget>();
  const [cursorAddress, setCursorAddress] = useState(-1);
  const isLoading = useRef(false);
  const rows = useMemo(() => rowsOf(code), [code]);
  const indexOf = (address: number, list = rows): number =>
    list.findIndex((row) => row.code.address === address && !("label" in row));

  const load = async (address: number, anchor: "shown" | "kept"): Promise<void> => {
    isLoading.current = true;
    const loaded = await ask<DisassemblyRow[]>("code", { address, before: BEFORE, count: COUNT });
    isLoading.current = false;
    if (loaded === undefined) return;
    setCode(loaded);
    const index = indexOf(address, rowsOf(loaded));
    setTarget({ index: Math.max(0, index), ...(anchor === "kept" ? { isForced: true } : {}) });
  };

  const address = shown?.place.address ?? -1;
  useEffect(() => {
    if (address < 0) return;
    setCursorAddress(address);
    const index = indexOf(address);
    const isInside = index >= NEAR_END && index < rows.length - NEAR_END;
    if (isInside) setTarget({ index });
    else void load(address, "shown");
  }, [shown]);
  useEffect(() => {
    // Counts, and code that the program or the user has changed.
    const [first] = code;
    if (first === undefined || isRunning()) return;
    void ask<DisassemblyRow[]>("code", { address: first.address, before: 0, count: COUNT }).then((loaded) => {
      // Another part may have been loaded meanwhile.
      if (loaded !== undefined) setCode((now) => (now[0]?.address === first.address ? loaded : now));
    });
  }, [version]);

  const ofRow = ({ address: at, prgOffset }: DisassemblyRow): BreakpointFacts | undefined =>
    breakpoints.find(
      ({ place }) =>
        place !== undefined && (prgOffset >= 0 ? place.prgOffset === prgOffset : place.address === at),
    );
  const toggle = (row: DisassemblyRow): void =>
    toggleBreakpoint(ofRow(row), { kind: "address", address: row.address, prgOffset: row.prgOffset });
  const cursor = indexOf(cursorAddress);
  const onKey = (event: KeyboardEvent): boolean => {
    const row = rows[cursor]?.code;
    if (row === undefined) return false;
    if (event.key === "F9" || event.key === "Enter") toggle(row);
    else if (event.key.toUpperCase() === "R")
      void ask("move", {
        kind: "to",
        address: row.address,
        prgOffset: row.prgOffset,
        back: event.shiftKey,
      });
    else return false;
    return true;
  };
  const onMenu = (row: DisassemblyRow | undefined, x: number, y: number): void => {
    if (row !== undefined)
      openMenu(
        x,
        y,
        hexText(row.address, 4),
        rowMenu(row, ofRow(row) !== undefined, () => toggle(row)),
      );
  };
  const onVisible = (first: number, last: number): void => {
    if (isLoading.current || rows.length === 0 || isRunning()) return;
    const middle = rows[Math.min(rows.length - 1, (first + last) >> 1)]!.code.address;
    const isAtStart = first < NEAR_END && rows[0]!.code.address > 0 && rows[0]!.code.address <= middle;
    const isAtEnd = last > rows.length - NEAR_END && rows.at(-1)!.code.address >= middle;
    if (isAtStart || isAtEnd) void load(middle, "kept");
  };
  return (
    <VirtualList
      id="code"
      className="disassembly"
      label="Disassembly"
      count={rows.length}
      rowHeight={CODE_ROW_PX}
      target={target}
      cursor={cursor}
      onCursor={(index) => setCursorAddress(rows[index]!.code.address)}
      onKey={onKey}
      onMenu={(x, y) => onMenu(rows[cursor]?.code, x, y)}
      onVisible={onVisible}
      row={(index) => {
        const row = rows[index]!;
        if ("label" in row) {
          return (
            <div key={`${row.code.address} label`} class="codeRow labelRow" role="presentation">
              {row.label}:
            </div>
          );
        }
        const { code: instruction } = row;
        const isCurrent = here?.address === instruction.address;
        return (
          <div
            key={instruction.address}
            id={`code-${index}`}
            class="codeRow"
            role="option"
            tabIndex={-1}
            aria-selected={cursor === index}
            data-address={instruction.address}
            data-current={isCurrent}
            data-shown={address === instruction.address && !isCurrent}
            data-code={instruction.count > 0}
            onMouseDown={() => setCursorAddress(instruction.address)}
            onContextMenu={(event) => {
              event.preventDefault();
              onMenu(instruction, event.clientX, event.clientY);
            }}
          >
            <Gutter
              breakpoint={ofRow(instruction)}
              label={bareHex(instruction.address, 4)}
              isCurrent={isCurrent}
              onToggle={() => toggle(instruction)}
            />
            <span class="number">{bareHex(instruction.address, 4)}</span>
            <span class="bytes">{instruction.bytes}</span>
            <span class="text">{highlight(instruction.text, false)}</span>
            <span class="count">{instruction.count === 0 ? "" : instruction.count.toLocaleString("en")}</span>
          </div>
        );
      }}
    />
  );
}

function rowsOf(code: readonly DisassemblyRow[]): Row[] {
  return code.flatMap((row): Row[] =>
    row.label === undefined ? [{ code: row }] : [{ label: row.label, code: row }, { code: row }],
  );
}

function rowMenu(row: DisassemblyRow, hasBreakpoint: boolean, toggle: () => void): MenuItem[] {
  const { address, prgOffset, text } = row;
  const place = { kind: "to", address, prgOffset };
  return [
    { label: hasBreakpoint ? "Remove the breakpoint" : "Set a breakpoint", run: toggle },
    { label: "Run to here", run: () => void ask("move", place) },
    { label: "Run back to here", run: () => void ask("move", { ...place, back: true }) },
    { label: "Set PC here", run: () => void ask("jump", { address }) },
    {
      label: "Assemble…",
      run: () => {
        const instruction = prompt(`Instruction at ${hexText(address, 4)}`, text);
        if (instruction !== null) void ask("assemble", { address, text: instruction });
      },
    },
  ];
}
