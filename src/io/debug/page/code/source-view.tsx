import { useEffect, useMemo, useState } from "preact/hooks";
import type { BreakpointFacts, SourceText } from "../../web/protocol.ts";
import { openMenu } from "../controls/context-menu.tsx";
import { type ScrollTarget, VirtualList } from "../controls/virtual-list.tsx";
import { ask, store } from "../state/model.ts";
import { useStore } from "../state/store.ts";
import { CODE_ROW_PX, Gutter, toggleBreakpoint } from "./gutter.tsx";
import { highlight } from "./highlight.tsx";

const NO_BREAKPOINTS: readonly BreakpointFacts[] = [];

/** A source file with its breakpoints and the line where the program stands. */
export function SourceView({ file }: { file: number }) {
  const source = useSource(file);
  const shown = useStore(store, (page) => page.shown);
  const breakpoints = useStore(store, (page) => page.state?.breakpoints ?? NO_BREAKPOINTS);
  const here = useStore(store, (page) =>
    page.state?.moving === undefined ? page.state?.stack[0] : undefined,
  );
  const [cursor, setCursor] = useState(-1);
  const lines = useMemo(() => source?.text.split(/\r?\n/) ?? [], [source]);
  const withCode = useMemo(() => new Set(source?.lines), [source]);
  const isC = useStore(store, (page) =>
    /\.[ch]$/i.test(page.game?.files.find((each) => each.file === file)?.name ?? ""),
  );
  const shownLine = shown?.place.file === file ? shown.place.line : undefined;
  const target = useMemo<ScrollTarget | undefined>(
    () => (shownLine === undefined || lines.length === 0 ? undefined : { index: shownLine - 1 }),
    [shown, lines],
  );
  useEffect(() => {
    if (shownLine !== undefined) setCursor(shownLine - 1);
  }, [shown]);
  const ofLine = (line: number): BreakpointFacts | undefined =>
    breakpoints.find(({ place }) => place?.file === file && place.line === line);
  const toggle = (line: number): void => toggleBreakpoint(ofLine(line), { kind: "line", file, line });
  const onKey = (event: KeyboardEvent): boolean => {
    const line = cursor + 1;
    if (event.key === "F9" || event.key === "Enter") toggle(line);
    else if (event.key.toUpperCase() === "R")
      void ask("move", { kind: "to", file, line, back: event.shiftKey });
    else return false;
    return true;
  };
  const onMenu = (index: number, x: number, y: number): void => {
    const line = index + 1;
    const place = { kind: "to", file, line };
    openMenu(x, y, `line ${line}`, [
      {
        label: ofLine(line) === undefined ? "Set a breakpoint" : "Remove the breakpoint",
        run: () => toggle(line),
      },
      { label: "Run to here", run: () => void ask("move", place) },
      { label: "Run back to here", run: () => void ask("move", { ...place, back: true }) },
    ]);
  };
  const currentLine = here?.file === file ? here.line : undefined;
  return (
    <VirtualList
      id="code"
      className="source"
      label="Source code"
      count={lines.length}
      rowHeight={CODE_ROW_PX}
      target={target}
      cursor={cursor}
      onCursor={setCursor}
      onKey={onKey}
      onMenu={(x, y) => onMenu(cursor, x, y)}
      row={(index) => (
        <SourceLine
          key={index}
          index={index}
          text={lines[index] ?? ""}
          isC={isC}
          isChosen={cursor === index}
          isCurrent={currentLine === index + 1}
          isShown={shownLine === index + 1}
          hasCode={withCode.has(index + 1)}
          breakpoint={ofLine(index + 1)}
          onPick={() => setCursor(index)}
          onMenu={(x, y) => onMenu(index, x, y)}
          onToggle={() => toggle(index + 1)}
        />
      )}
    />
  );
}

interface SourceLineProps {
  readonly index: number;
  readonly text: string;
  readonly isC: boolean;
  /** True if the cursor of the list is here. */
  readonly isChosen: boolean;
  /** True if the program stands here. */
  readonly isCurrent: boolean;
  /** True if another panel shows this line. */
  readonly isShown: boolean;
  /** True if the line was compiled to instructions. */
  readonly hasCode: boolean;
  readonly breakpoint: BreakpointFacts | undefined;
  onPick(): void;
  onMenu(x: number, y: number): void;
  onToggle(): void;
}

function SourceLine(props: SourceLineProps) {
  const { index, text, isC, isChosen, isCurrent, isShown, hasCode, breakpoint, onPick, onMenu } = props;
  const line = index + 1;
  return (
    <div
      id={`code-${index}`}
      class="codeRow"
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      data-line={line}
      data-current={isCurrent}
      data-shown={isShown && !isCurrent}
      data-code={hasCode}
      onMouseDown={onPick}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(event.clientX, event.clientY);
      }}
    >
      <Gutter
        breakpoint={breakpoint}
        label={`line ${line}`}
        isCurrent={isCurrent}
        onToggle={props.onToggle}
      />
      <span class="number">{line}</span>
      <span class="text">{highlight(text, isC)}</span>
    </div>
  );
}

/** The text of a file. It is read again when the game was rebuilt. */
function useSource(file: number): SourceText | undefined {
  const [source, setSource] = useState<SourceText>();
  const sha1 = useStore(store, (page) => page.game?.sha1);
  useEffect(() => {
    let isOver = false;
    void ask<SourceText>("source", { file }).then((text) => {
      if (!isOver && text !== undefined) setSource(text);
    });
    return () => {
      isOver = true;
    };
  }, [file, sha1]);
  return source?.file === file ? source : undefined;
}
