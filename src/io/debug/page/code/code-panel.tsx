import { useEffect, useRef, useState } from "preact/hooks";
import type { SourceFileFacts } from "../../web/protocol.ts";
import { TextField } from "../controls/text-field.tsx";
import { fileName } from "../state/format.ts";
import { goTo, saveSettings, show, showsSource, store } from "../state/model.ts";
import { useStore } from "../state/store.ts";
import { DisassemblyView } from "./disassembly-view.tsx";
import { SourceView } from "./source-view.tsx";

const NO_FILES: readonly SourceFileFacts[] = [];

export function CodePanel() {
  const files = useStore(store, (page) => page.game?.files ?? NO_FILES);
  const isSource = useStore(store, showsSource);
  const file = useStore(store, (page) => page.shown?.place.file);
  const [text, setText] = useState("");
  const choose = (value: string): void => {
    if (value === "") store.set({ prefersSource: false });
    else {
      store.set({ prefersSource: true });
      const chosen = Number(value);
      const here = store.value.state?.stack.find((frame) => frame.file === chosen);
      show(here ?? { address: -1, prgOffset: -1, file: chosen, line: 1 });
    }
    saveSettings();
  };
  // Source and disassembly are different elements: the one that comes takes the focus of the other.
  const hasFocus = useRef(false);
  useEffect(() => {
    if (hasFocus.current && document.activeElement === document.body)
      document.getElementById("code")?.focus();
  }, [isSource]);
  return (
    <section
      class="panel code"
      aria-label="Code"
      onFocusIn={(event) => {
        hasFocus.current = (event.target as Element).id === "code";
      }}
      onFocusOut={(event) => {
        // The browser also reports an element that is taken away.
        if ((event.target as Element).isConnected && event.relatedTarget !== null) hasFocus.current = false;
      }}
    >
      <div class="head">
        <select
          aria-label="Source file or disassembly"
          value={isSource ? String(file) : ""}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">Disassembly</option>
          {files.map(({ file: number, name }) => (
            <option key={number} value={String(number)}>
              {fileName(name)}
            </option>
          ))}
        </select>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== "") void goTo(text.trim());
          }}
        >
          <TextField
            id="goto"
            label="Go to an address or name"
            placeholder="Go to $C123 or a name"
            text={text}
            onText={setText}
          />
        </form>
      </div>
      {isSource && file !== undefined ? <SourceView file={file} /> : <DisassemblyView />}
    </section>
  );
}
