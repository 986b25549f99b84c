import { useEffect, useMemo, useState } from "preact/hooks";
import type { BreakpointFacts, SourceText } from "../web/protocol.ts";
import { openMenu } from "./context-menu.tsx";
import { CODE_ROW_PX, Gutter, toggleBreakpoint } from "./gutter.tsx";
import { highlight } from "./highlight.tsx";
import { ask, store } from "./model.ts";
import { useStore } from "./store.ts";
import { type ScrollTarget, VirtualList } from "./virtual-list.tsx";

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
      row={(index) => {
        const line = index + 1;
        return (
          <div
            key={line}
            id={`code-${index}`}
            class="codeRow"
            role="option"
            tabIndex={-1}
            aria-selected={cursor === index}
            data-line={line}
            data-current={currentLine === line}
            data-shown={shownLine === line && currentLine !== line}
            data-code={withCode.has(line)}
            onMouseDown={() => setCursor(index)}
            onContextMenu={(event) => {
              event.preventDefault();
              onMenu(index, event.clientX, event.clientY);
            }}
          >
            <Gutter
              breakpoint={ofLine(line)}
              label={`line ${line}`}
              isCurrent={currentLine === line}
              onToggle={() => toggle(line)}
            />
            <span class="number">{line}</span>
            <span class="text">{highlight(lines[index] ?? "", isC)}</span>
          </div>
        );
      }}
    />
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
