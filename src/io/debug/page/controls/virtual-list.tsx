import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** A request to show a row; a new object scrolls again. */
export interface ScrollTarget {
  readonly index: number;
  /** Scrolls even if the row is visible. */
  readonly isForced?: boolean;
}

interface VirtualListProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly target: ScrollTarget | undefined;
  readonly className: string;
  /** The row of the cursor, which arrow keys move; −1 if there is none. */
  readonly cursor: number;
  readonly id?: string;
  readonly label: string;
  /** Draws a row; its element has this key. */
  row(index: number): ComponentChildren;
  onCursor(index: number): void;
  /** Keys that do not move the cursor. Returns true if it has handled the key. */
  onKey?(event: KeyboardEvent): boolean;
  /** Opens the menu of the row at the cursor, at a point of the window. */
  onMenu?(x: number, y: number): void;
  /** Called when the first or the last visible row changes. */
  onVisible?(first: number, last: number): void;
}

const OVERSCAN = 8;

/** A list of rows of the same height, of which only the visible ones are drawn. */
export function VirtualList(props: VirtualListProps) {
  const { count, rowHeight, target, cursor, row, onCursor, onVisible } = props;
  const box = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ first: 0, last: 50 });
  const measure = (): void => {
    // The observer can report once more after the panel is closed.
    if (box.current === null) return;
    const { scrollTop, clientHeight } = box.current;
    const first = Math.floor(scrollTop / rowHeight);
    const last = Math.ceil((scrollTop + clientHeight) / rowHeight);
    if (first !== range.first || last !== range.last) setRange({ first, last });
    onVisible?.(first, last);
  };
  useLayoutEffect(() => {
    if (target !== undefined) scrollTo(box.current!, target, rowHeight);
    measure();
  }, [target]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, range.first - OVERSCAN);
  const last = Math.min(count, range.last + OVERSCAN);
  const moveTo = (index: number): void => {
    const to = Math.max(0, Math.min(count - 1, index));
    scrollTo(box.current!, { index: to }, rowHeight, 0);
    onCursor(to);
  };
  const page = Math.max(1, range.last - range.first - 2);
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = cursor < 0 ? range.first : cursor;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: count - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) moveTo(to);
    else if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) {
      const row = box.current!.querySelector("[aria-selected=true]")?.getBoundingClientRect();
      if (row !== undefined) props.onMenu?.(row.left + rowHeight, row.bottom);
    } else if (props.onKey?.(event) !== true) return;
    event.preventDefault();
  };
  return (
    <div
      id={props.id}
      ref={box}
      class={`list ${props.className}`}
      role="listbox"
      tabIndex={0}
      aria-label={props.label}
      aria-activedescendant={cursor < 0 ? undefined : `${props.id}-${cursor}`}
      onScroll={measure}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: `${count * rowHeight}px`, position: "relative" }}>
        <div style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {Array.from({ length: Math.max(0, last - first) }, (_, at) => row(first + at))}
        </div>
      </div>
    </div>
  );
}

/** Scrolls a row to a third of the height, or, if `margin` is given, only so far that it becomes visible. */
function scrollTo(box: HTMLElement, target: ScrollTarget, rowHeight: number, margin?: number): void {
  const top = target.index * rowHeight;
  const inset = margin ?? 3 * rowHeight;
  const { scrollTop, clientHeight } = box;
  const isVisible = top >= scrollTop + inset && top + rowHeight <= scrollTop + clientHeight - inset;
  if (isVisible && target.isForced !== true) return;
  if (margin === undefined) box.scrollTop = top - clientHeight / 3;
  else if (top < scrollTop) box.scrollTop = top;
  else if (top + rowHeight > scrollTop + clientHeight) box.scrollTop = top + rowHeight - clientHeight;
}
