import { useState } from "preact/hooks";
import type { DebugState, StackFrameFacts, VariableFacts, WatchFacts } from "../web/protocol.ts";
import { EditableText } from "./controls/editable-text.tsx";
import { Icon } from "./controls/icon.tsx";
import { TextField } from "./controls/text-field.tsx";
import { fileName, hexText } from "./state/format.ts";
import { addWatch, ask, link, notify, show, store } from "./state/model.ts";
import { useStore } from "./state/store.ts";

const NO_FRAMES: readonly StackFrameFacts[] = [];
const NO_VARIABLES: readonly VariableFacts[] = [];
const NO_WATCHES: readonly WatchFacts[] = [];

function useDebugState<K extends "stack" | "locals" | "watches">(key: K, none: DebugState[K]): DebugState[K] {
  return useStore(store, (page) => page.state?.[key] ?? none);
}

export function CallStackPanel() {
  const stack = useDebugState("stack", NO_FRAMES);
  const selected = useStore(store, (page) => page.stackFrame);
  const files = useStore(store, (page) => page.game?.files ?? []);
  const select = (index: number, frame: StackFrameFacts): void => {
    store.set({ stackFrame: index });
    show(frame);
    link.request("selectFrame", { index }).catch(() => {});
  };
  return (
    <section class="panel stack" aria-label="Call stack">
      <h2>Call stack</h2>
      <ol>
        {stack.map((frame, index) => {
          const { name, kind, address, file, line } = frame;
          const source = files.find((each) => each.file === file);
          return (
            <li key={`${stack.length - index} ${name}`}>
              <button
                type="button"
                class="row"
                aria-current={index === selected}
                onClick={() => select(index, frame)}
              >
                <span class="name">{name}</span>
                {kind !== undefined && kind !== "call" && <span class="tag">{kind.toUpperCase()}</span>}
                <span class="where">
                  {source === undefined ? hexText(address, 4) : `${fileName(source.name)}:${line}`}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** The variables of the C function of the selected frame. */
export function VariablesPanel() {
  const locals = useDebugState("locals", NO_VARIABLES);
  if (locals.length === 0) return null;
  return (
    <section class="panel variables" aria-label="Local variables">
      <h2>Local variables</h2>
      {locals.map(({ name, value, type }) => (
        <div class="pair" key={name}>
          <span class="name" title={type}>
            {name}
          </span>
          <EditableText
            text={value}
            label={name}
            onChange={(text) => ask("assign", { place: name, value: text })}
          />
        </div>
      ))}
    </section>
  );
}

export function WatchesPanel() {
  const watches = useDebugState("watches", NO_WATCHES);
  const [text, setText] = useState("");
  const replace = (index: number, expression: string | undefined): void => {
    const expressions = watches.map((watch) => watch.expression);
    expressions.splice(index, 1, ...(expression === undefined || expression === "" ? [] : [expression]));
    void ask("watch", { expressions });
  };
  return (
    <section class="panel watches" aria-label="Watches">
      <h2>Watches</h2>
      {watches.map(({ expression, value, error }, index) => (
        <div class="pair" key={`${index} ${expression}`}>
          <EditableText
            text={expression}
            label="Expression"
            onChange={(changed) => replace(index, changed.trim())}
          />
          {error === undefined ? (
            <EditableText
              text={value ?? ""}
              label={`Value of ${expression}`}
              onChange={(changed) => ask("assign", { place: expression, value: changed })}
            />
          ) : (
            <span class="error" title={error}>
              {error}
            </span>
          )}
          <button
            type="button"
            class="small"
            aria-label={`Remove ${expression}`}
            onClick={() => replace(index, undefined)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <form
        class="add"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === "") return;
          // A text that cannot be read stays, to be corrected.
          void addWatch(text.trim()).then((isAdded) => isAdded && setText(""));
        }}
      >
        <TextField
          id="add-watch"
          label="Add a watch"
          placeholder="score, [$2002], word[$FE]"
          text={text}
          onText={setText}
        />
        <button
          type="submit"
          class="small"
          aria-label="Add"
          onClick={() => text.trim() === "" && notify("info", "Enter an expression first, such as score.")}
        >
          <Icon name="add" />
        </button>
      </form>
    </section>
  );
}
