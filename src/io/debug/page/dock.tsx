import type { ComponentType } from "preact";
import { Icon } from "./controls/icon.tsx";
import { PANELS, type PanelName, saveSettings, store, togglePanel } from "./state/model.ts";
import { useStore } from "./state/store.ts";
import { EventViewer } from "./viewers/event-viewer.tsx";
import { MemoryPanel } from "./viewers/memory-panel.tsx";
import { Nametables } from "./viewers/nametables.tsx";
import { Palettes } from "./viewers/palettes.tsx";
import { Patterns } from "./viewers/patterns.tsx";
import { ProfilePanel } from "./viewers/profile.tsx";
import { Sprites } from "./viewers/sprites.tsx";
import { TracePanel } from "./viewers/trace.tsx";

const COMPONENTS: Readonly<Record<PanelName, readonly [label: string, component: ComponentType]>> = {
  memory: ["Memory", MemoryPanel],
  events: ["Events", EventViewer],
  nametables: ["Nametables", Nametables],
  patterns: ["Patterns", Patterns],
  sprites: ["Sprites", Sprites],
  palettes: ["Palettes", Palettes],
  trace: ["Trace", TracePanel],
  profile: ["Profile", ProfilePanel],
};
const MIN_PERCENT = 15;
const MAX_PERCENT = 80;
const STEP_PERCENT = 5;

/** The viewers, of which any number are open side by side. */
export function Dock() {
  const panels = useStore(store, (page) => page.panels);
  return (
    <div class="dock">
      <Splitter />
      <nav class="switches" aria-label="Viewers">
        {PANELS.map((panel, index) => (
          <button
            key={panel}
            type="button"
            aria-pressed={panels.includes(panel)}
            title={`${COMPONENTS[panel][0]} (${index + 1})`}
            onClick={() => togglePanel(panel)}
          >
            {COMPONENTS[panel][0]}
          </button>
        ))}
      </nav>
      {panels.length > 0 && (
        <div class="viewers">
          {panels.map((panel) => {
            const [label, Component] = COMPONENTS[panel];
            return (
              <section key={panel} class={`viewer ${panel}`} aria-label={label}>
                <h2>
                  {label}
                  <button
                    type="button"
                    class="small"
                    aria-label={`Close ${label}`}
                    onClick={() => togglePanel(panel)}
                  >
                    <Icon name="close" />
                  </button>
                </h2>
                <Component />
              </section>
            );
          })}
        </div>
      )}
    </div>
  );
}

/** Changes the height of the dock, by dragging or with the arrow keys. */
function Splitter() {
  const percent = useStore(store, (page) => page.dockPercent);
  const isOpen = useStore(store, (page) => page.panels.length > 0);
  if (!isOpen) return null;
  const set = (value: number): void =>
    store.set({ dockPercent: Math.min(MAX_PERCENT, Math.max(MIN_PERCENT, value)) });
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot be moved
    <div
      class="splitter"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label="Height of the viewers"
      aria-valuenow={Math.round(percent)}
      aria-valuemin={MIN_PERCENT}
      aria-valuemax={MAX_PERCENT}
      onKeyDown={(event) => {
        const by = { ArrowUp: STEP_PERCENT, ArrowDown: -STEP_PERCENT }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        set(percent + by);
        saveSettings();
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        set(100 - (100 * event.clientY) / innerHeight);
      }}
      onPointerUp={saveSettings}
    />
  );
}
