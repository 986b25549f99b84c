import { useEffect, useRef } from "preact/hooks";
import { COMMANDS } from "./state/commands.ts";
import { store } from "./state/model.ts";
import { useStore } from "./state/store.ts";

/** Keys that work in a part of the page. */
const LOCAL_KEYS: readonly (readonly [keys: string, name: string])[] = [
  ["↑ ↓ PgUp PgDn", "Code: move the cursor"],
  ["F9, Enter", "Code: set or remove a breakpoint"],
  ["R", "Code: run to the cursor"],
  ["Shift+R", "Code: run back to the cursor"],
  ["Menu, Shift+F10", "Code: set PC, assemble, and more"],
  ["0–9, A–F", "Memory: change the byte at the cursor"],
  ["Menu, Shift+F10", "Memory: who wrote this byte, and more"],
  ["← → Enter", "Events: choose an event and go there"],
  ["Esc", "Leave the picture or an input"],
];

export function Help() {
  const isOpen = useStore(store, (page) => page.isHelpOpen);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const rows = [...COMMANDS.map(({ keys, name }) => [keys.join(", "), name] as const), ...LOCAL_KEYS];
  return (
    <dialog ref={dialog} class="help" aria-label="Keys" onClose={() => store.set({ isHelpOpen: false })}>
      <h2>Keys</h2>
      <div class="columns">
        {rows.map(([keys, name]) => (
          <div class="key" key={`${keys} ${name}`}>
            <kbd>{keys}</kbd>
            <span>{name}</span>
          </div>
        ))}
      </div>
      <p>
        With Shift, movements go backwards. Keys work while no input has the focus; function keys always do.
      </p>
      <form method="dialog">
        <button type="submit" class="primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
