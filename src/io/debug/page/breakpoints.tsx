import { useState } from "preact/hooks";
import type { BreakpointFacts } from "../web/protocol.ts";
import { EditableText } from "./controls/editable-text.tsx";
import { Icon } from "./controls/icon.tsx";
import { TextField } from "./controls/text-field.tsx";
import { ask, show, store } from "./state/model.ts";
import { useStore } from "./state/store.ts";

const NO_BREAKPOINTS: readonly BreakpointFacts[] = [];
const NO_EVENTS: Readonly<Record<string, string>> = {};

export function BreakpointsPanel() {
  const breakpoints = useStore(store, (page) => page.state?.breakpoints ?? NO_BREAKPOINTS);
  const stop = useStore(store, (page) => page.state?.stop);
  return (
    <section class="panel breakpoints" aria-label="Breakpoints">
      <div class="breakpointHead">
        <h2>Breakpoints</h2>
        <AddBreakpoint />
      </div>
      <div class="rows">
        {breakpoints.map((breakpoint) => (
          <BreakpointRow
            key={breakpoint.id}
            breakpoint={breakpoint}
            hasStopped={stop?.breakpoints.includes(breakpoint.id) === true}
          />
        ))}
      </div>
    </section>
  );
}

function BreakpointRow({ breakpoint, hasStopped }: { breakpoint: BreakpointFacts; hasStopped: boolean }) {
  const { id, text, isEnabled, condition, hitCondition, logMessage, hits, error, place } = breakpoint;
  const change = (part: object): unknown =>
    ask("changeBreakpoint", { id, condition, hitCondition, logMessage, ...part });
  return (
    <div class="breakpoint" data-stopped={hasStopped}>
      <input
        type="checkbox"
        aria-label={`Enable ${text}`}
        checked={isEnabled}
        onChange={(event) => change({ isEnabled: event.currentTarget.checked })}
      />
      {place === undefined ? (
        <span class="name" title={text}>
          {text}
        </span>
      ) : (
        <button type="button" class="name link" title={text} onClick={() => show(place)}>
          {text}
        </button>
      )}
      <span class="hits" title="Hits">
        {hits === 0 ? "" : `${hits}×`}
      </span>
      <button
        type="button"
        class="small"
        aria-label={`Remove ${text}`}
        onClick={() => void ask("removeBreakpoint", { id })}
      >
        <Icon name="close" />
      </button>
      <div class="options">
        {error !== undefined && <span class="error">{error}</span>}
        <EditableText
          text={condition}
          label="Condition"
          placeholder="if…"
          onChange={(value) => change({ condition: value })}
        />
        <EditableText
          text={hitCondition}
          label="Hits at which it stops, such as 5, >= 5 or % 5"
          placeholder="hits…"
          onChange={(value) => change({ hitCondition: value })}
        />
        <EditableText
          text={logMessage}
          label="Message to log instead of stopping, such as score = {score}"
          placeholder="log…"
          onChange={(value) => change({ logMessage: value })}
        />
      </div>
    </div>
  );
}

/** A kind of breakpoint, and the request that adds it at a place. */
const KINDS: Readonly<Record<string, (place: string) => object>> = {
  "execution of": (place) => ({ kind: "name", place }),
  "write to": (place) => ({ kind: "access", space: "cpu", write: true, place }),
  "read of": (place) => ({ kind: "access", space: "cpu", read: true, place }),
  "access of": (place) => ({ kind: "access", space: "cpu", read: true, write: true, place }),
  "PPU write to": (place) => ({ kind: "access", space: "ppu", write: true, place }),
  "PPU read of": (place) => ({ kind: "access", space: "ppu", read: true, place }),
  "OAM write to": (place) => ({ kind: "access", space: "oam", write: true, place }),
};

function AddBreakpoint() {
  const events = useStore(store, (page) => page.game?.events ?? NO_EVENTS);
  const [kind, setKind] = useState("execution of");
  const [text, setText] = useState("");
  const isEvent = Object.hasOwn(events, kind);
  const add = async (): Promise<void> => {
    const params = isEvent ? { kind: "event", name: kind } : KINDS[kind]!(text);
    if ((await ask("addBreakpoint", params)) !== undefined) setText("");
  };
  return (
    <form
      class="add"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <select
        id="add-breakpoint"
        aria-label="Kind of breakpoint"
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value)}
      >
        <optgroup label="Code and memory">
          {Object.keys(KINDS).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </optgroup>
        <optgroup label="Events">
          {Object.entries(events).map(([name, description]) => (
            <option key={name} value={name}>
              {description.split(/[:(]/, 1)[0]}
            </option>
          ))}
        </optgroup>
      </select>
      {!isEvent && (
        <TextField
          id="breakpoint-place"
          label="Place"
          placeholder="label, $C123, $300-$3FF"
          text={text}
          onText={setText}
        />
      )}
      <button type="submit" class="small" aria-label="Add the breakpoint">
        <Icon name="add" />
      </button>
    </form>
  );
}
