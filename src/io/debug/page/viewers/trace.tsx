import { useEffect, useMemo, useState } from "preact/hooks";
import type { TraceRow } from "../../web/protocol.ts";
import { VirtualList } from "../controls/virtual-list.tsx";
import { ask, seek, store } from "../state/model.ts";
import { useStore } from "../state/store.ts";

const COUNTS = [200, 1000, 5000, 20_000];
const ROW_PX = 18;

/** The last instructions before the current position. */
export function TracePanel() {
  const [count, setCount] = useState(1000);
  const [filter, setFilter] = useState("");
  const rows = useTrace(count, filter);
  const [cursor, setCursor] = useState(-1);
  const target = useMemo(() => ({ index: rows.length - 1, isForced: true }), [rows]);
  const go = (index: number): void => {
    const row = rows[index];
    if (row !== undefined) void seek(row.position);
  };
  return (
    <>
      <TraceHead count={count} onCount={setCount} onFilter={setFilter} />
      <VirtualList
        id="trace"
        className="trace"
        label="Trace; Enter goes to an instruction"
        count={rows.length}
        rowHeight={ROW_PX}
        target={target}
        cursor={cursor}
        onCursor={setCursor}
        onKey={(event) => {
          if (event.key !== "Enter") return false;
          go(cursor);
          return true;
        }}
        row={(index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys
          <div
            key={index}
            id={`trace-${index}`}
            class="traceRow"
            role="option"
            tabIndex={-1}
            aria-selected={cursor === index}
            title="Double-click to go there"
            onClick={() => setCursor(index)}
            onDblClick={() => go(index)}
          >
            {rows[index]?.text}
          </div>
        )}
      />
    </>
  );
}

/** The last `count` instructions for which the condition holds, read again wherever the program stops. */
function useTrace(count: number, filter: string): readonly TraceRow[] {
  const [rows, setRows] = useState<readonly TraceRow[]>([]);
  const isStopped = useStore(store, (page) => page.state?.moving === undefined);
  const position = useStore(store, (page) => page.state?.position);
  useEffect(() => {
    if (!isStopped) return;
    let isOver = false;
    void ask<TraceRow[]>("trace", { count, filter }).then((found) => {
      if (!isOver && found !== undefined) setRows(found);
    });
    return () => {
      isOver = true;
    };
  }, [position, isStopped, count, filter]);
  return rows;
}

interface TraceHeadProps {
  readonly count: number;
  onCount(count: number): void;
  onFilter(condition: string): void;
}

/** How many instructions to show, and a condition for them. */
function TraceHead({ count, onCount, onFilter }: TraceHeadProps) {
  const [text, setText] = useState("");
  return (
    <form
      class="head"
      onSubmit={(event) => {
        event.preventDefault();
        onFilter(text);
      }}
    >
      <select
        aria-label="Number of instructions"
        value={String(count)}
        onChange={(event) => onCount(Number(event.currentTarget.value))}
      >
        {COUNTS.map((each) => (
          <option key={each} value={String(each)}>
            last {each}
          </option>
        ))}
      </select>
      <input
        aria-label="Only instructions for which this is not 0"
        placeholder="only if: pc >= $C000 && a == 3"
        value={text}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
