import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { BreakpointFacts, DisassemblyRow } from "../../web/protocol.ts";
import { type MenuItem, openMenu } from "../controls/context-menu.tsx";
import { type ScrollTarget, VirtualList } from "../controls/virtual-list.tsx";
import { bareHex, hexText } from "../state/format.ts";
import { ask, isRunning, type ShownPlace, store } from "../state/model.ts";
import { useStore } from "../state/store.ts";
import { CODE_ROW_PX, Gutter, toggleBreakpoint } from "./gutter.tsx";
import { highlight } from "./highlight.tsx";

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
  const [cursorAddress, setCursorAddress] = useState(-1);
  const { rows, target, onVisible } = useInstructions(shown, version, setCursorAddress);
  const address = shown?.place.address ?? -1;
  const cursor = indexOf(rows, cursorAddress);
  const toggle = (row: DisassemblyRow): void =>
    toggleBreakpoint(breakpointAt(row, breakpoints), {
      kind: "address",
      address: row.address,
      prgOffset: row.prgOffset,
    });
  const onKey = (event: KeyboardEvent): boolean => {
    const row = rows[cursor]?.code;
    if (row === undefined) return false;
    if (event.key === "F9" || event.key === "Enter") toggle(row);
    else if (event.key.toUpperCase() === "R") runTo(row, event.shiftKey);
    else return false;
    return true;
  };
  const onMenu = (row: DisassemblyRow | undefined, x: number, y: number): void => {
    if (row === undefined) return;
    const hasBreakpoint = breakpointAt(row, breakpoints) !== undefined;
    openMenu(
      x,
      y,
      hexText(row.address, 4),
      rowMenu(row, hasBreakpoint, () => toggle(row)),
    );
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
      row={(index) => (
        <DisassemblyLine
          key={`${rows[index]!.code.address}${"label" in rows[index]! ? " label" : ""}`}
          row={rows[index]!}
          index={index}
          isCursor={cursor === index}
          isCurrent={here?.address === rows[index]!.code.address}
          isShown={address === rows[index]!.code.address}
          breakpoint={breakpointAt(rows[index]!.code, breakpoints)}
          onPick={setCursorAddress}
          onToggle={toggle}
          onMenu={onMenu}
        />
      )}
    />
  );
}

interface DisassemblyLineProps {
  readonly row: Row;
  /** Its place in the list. */
  readonly index: number;
  readonly isCursor: boolean;
  /** True for the next instruction of the program. */
  readonly isCurrent: boolean;
  /** True for the instruction that the user asked for. */
  readonly isShown: boolean;
  readonly breakpoint: BreakpointFacts | undefined;
  onPick(address: number): void;
  onToggle(row: DisassemblyRow): void;
  onMenu(row: DisassemblyRow, x: number, y: number): void;
}

/** An instruction with its breakpoint and its count, or a label. */
function DisassemblyLine(props: DisassemblyLineProps) {
  const { row, index, isCursor, isCurrent, isShown, breakpoint, onPick, onToggle, onMenu } = props;
  if ("label" in row) {
    return (
      <div class="codeRow labelRow" role="presentation">
        {row.label}:
      </div>
    );
  }
  const { code } = row;
  return (
    <div
      id={`code-${index}`}
      class="codeRow"
      role="option"
      tabIndex={-1}
      aria-selected={isCursor}
      data-address={code.address}
      data-current={isCurrent}
      data-shown={isShown && !isCurrent}
      data-code={code.count > 0}
      onMouseDown={() => onPick(code.address)}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(code, event.clientX, event.clientY);
      }}
    >
      <Gutter
        breakpoint={breakpoint}
        label={bareHex(code.address, 4)}
        isCurrent={isCurrent}
        onToggle={() => onToggle(code)}
      />
      <span class="number">{bareHex(code.address, 4)}</span>
      <span class="bytes">{code.bytes}</span>
      <span class="text">{highlight(code.text, false)}</span>
      <span class="count">{code.count === 0 ? "" : code.count.toLocaleString("en")}</span>
    </div>
  );
}

interface Instructions {
  readonly rows: readonly Row[];
  /** Where to scroll. */
  readonly target: ScrollTarget | undefined;
  /** Call it with the visible rows: loads more instructions near an end of the list. */
  onVisible(first: number, last: number): void;
}

/**
 * The instructions around the place that is shown. They are loaded again when `version` changes: the program
 * has run, or code has changed. `onShown` gets the address of each new place.
 */
function useInstructions(
  shown: ShownPlace | undefined,
  version: number | undefined,
  onShown: (address: number) => void,
): Instructions {
  const [code, setCode] = useState<readonly DisassemblyRow[]>([]);
  const [target, setTarget] = useState<ScrollTarget>();
  const isLoading = useRef(false);
  const rows = useMemo(() => rowsOf(code), [code]);
  // Scrolls to the address; "kept" leaves it where it is in the view.
  const load = async (address: number, anchor: "shown" | "kept"): Promise<void> => {
    isLoading.current = true;
    const loaded = await ask<DisassemblyRow[]>("code", { address, before: BEFORE, count: COUNT });
    isLoading.current = false;
    if (loaded === undefined) return;
    setCode(loaded);
    const index = indexOf(rowsOf(loaded), address);
    setTarget({ index: Math.max(0, index), ...(anchor === "kept" ? { isForced: true } : {}) });
  };
  useEffect(() => {
    const address = shown?.place.address ?? -1;
    if (address < 0) return;
    onShown(address);
    const index = indexOf(rows, address);
    const isInside = index >= NEAR_END && index < rows.length - NEAR_END;
    if (isInside) setTarget({ index });
    else void load(address, "shown");
  }, [shown]);
  useEffect(() => {
    const [first] = code;
    if (first === undefined || isRunning()) return;
    void ask<DisassemblyRow[]>("code", { address: first.address, before: 0, count: COUNT }).then((loaded) => {
      // Another part may have been loaded meanwhile.
      if (loaded !== undefined) setCode((now) => (now[0]?.address === first.address ? loaded : now));
    });
  }, [version]);
  const onVisible = (first: number, last: number): void => {
    if (isLoading.current || rows.length === 0 || isRunning()) return;
    const middle = rows[Math.min(rows.length - 1, (first + last) >> 1)]!.code.address;
    const isAtStart = first < NEAR_END && rows[0]!.code.address > 0 && rows[0]!.code.address <= middle;
    const isAtEnd = last > rows.length - NEAR_END && rows.at(-1)!.code.address >= middle;
    if (isAtStart || isAtEnd) void load(middle, "kept");
  };
  return { rows, target, onVisible };
}

/** The breakpoint of an instruction: at its place in PRG ROM, or at its address if it is not in ROM. */
function breakpointAt(
  { address, prgOffset }: DisassemblyRow,
  breakpoints: readonly BreakpointFacts[],
): BreakpointFacts | undefined {
  return breakpoints.find(
    ({ place }) =>
      place !== undefined && (prgOffset >= 0 ? place.prgOffset === prgOffset : place.address === address),
  );
}

function runTo({ address, prgOffset }: DisassemblyRow, back: boolean): void {
  void ask("move", { kind: "to", address, prgOffset, back });
}

/** The place of the instruction at an address in the list; −1 if it is not there. */
function indexOf(rows: readonly Row[], address: number): number {
  return rows.findIndex((row) => row.code.address === address && !("label" in row));
}

function rowsOf(code: readonly DisassemblyRow[]): Row[] {
  return code.flatMap((row): Row[] =>
    row.label === undefined ? [{ code: row }] : [{ label: row.label, code: row }, { code: row }],
  );
}

function rowMenu(row: DisassemblyRow, hasBreakpoint: boolean, toggle: () => void): MenuItem[] {
  const { address, text } = row;
  return [
    { label: hasBreakpoint ? "Remove the breakpoint" : "Set a breakpoint", run: toggle },
    { label: "Run to here", run: () => runTo(row, false) },
    { label: "Run back to here", run: () => runTo(row, true) },
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
