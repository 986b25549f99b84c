import { useEffect } from "preact/hooks";
import { BreakpointsPanel } from "./breakpoints.tsx";
import { CodePanel } from "./code/code-panel.tsx";
import { ContextMenu } from "./controls/context-menu.tsx";
import { Dock } from "./dock.tsx";
import { Help } from "./help.tsx";
import { Notices } from "./notices.tsx";
import { RegistersPanel } from "./registers.tsx";
import { GamePicture } from "./screen.tsx";
import { CallStackPanel, VariablesPanel, WatchesPanel } from "./side-panels.tsx";
import { commandOf } from "./state/commands.ts";
import { isRunning, link, store } from "./state/model.ts";
import { useStore } from "./state/store.ts";
import { Toolbar } from "./toolbar.tsx";
import { HistoryPanel } from "./viewers/history.tsx";

export function App() {
  const status = useStore(store, (page) => page.status);
  const theme = useStore(store, (page) => page.theme);
  const dockPercent = useStore(store, (page) => page.dockPercent);
  const hasDock = useStore(store, (page) => page.panels.length > 0);
  const hasState = useStore(store, (page) => page.state !== undefined);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  if (!hasState || status === "busy" || status === "taken" || status === "unauthorized") return <Gate />;
  return (
    <div class="page" style={{ "--dock": hasDock ? `${dockPercent}%` : "auto" }}>
      <Toolbar />
      {status !== "open" && <p class="banner">The connection was lost. Trying again…</p>}
      <main>
        <CodePanel />
        <div class="middle">
          <GamePicture />
          <BreakpointsPanel />
        </div>
        <div class="side">
          <RegistersPanel />
          <CallStackPanel />
          <VariablesPanel />
          <WatchesPanel />
        </div>
      </main>
      <Dock />
      <HistoryPanel />
      <Notices />
      <ContextMenu />
      <Help />
    </div>
  );
}

/** Shown instead of the debugger while this page does not have the game. */
function Gate() {
  const status = useStore(store, (page) => page.status);
  const texts = {
    connecting: "Connecting…",
    open: "Connecting…",
    lost: "There is no answer. Trying again…",
    unauthorized: "The token in the address is wrong or missing. Open the address that emu debug printed.",
    busy: "Another page is debugging this game.",
    taken: "Another page has taken over this game.",
  };
  const canTake = status === "busy" || status === "taken";
  return (
    <div class="gate">
      <h1>emu debug</h1>
      <p role="status">{texts[status]}</p>
      {canTake && (
        <button type="button" class="primary" onClick={() => link.connect(true)}>
          Debug it here
        </button>
      )}
    </div>
  );
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const isFunctionKey = /^F\d+$/.test(event.key);
  const target = event.target as HTMLElement;
  if (!isFunctionKey && (target.matches("input, select, textarea") || store.value.isHelpOpen)) return;
  const command = commandOf(event);
  if (command === undefined) return;
  event.preventDefault();
  if (!command.needsStop || !isRunning()) command.run();
}
