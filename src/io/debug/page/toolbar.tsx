import { Icon, type IconName } from "./controls/icon.tsx";
import { MOVEMENTS, type UserCommand } from "./state/commands.ts";
import { ask, setTheme, store, type Theme } from "./state/model.ts";
import { useStore } from "./state/store.ts";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const THEME_ICONS: Readonly<Record<Theme, IconName>> = { auto: "auto", light: "sun", dark: "moon" };

export function Toolbar() {
  const name = useStore(store, (page) => page.game?.name ?? "");
  const theme = useStore(store, (page) => page.theme);
  const isRunning = useStore(store, (page) => page.state?.moving !== undefined);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  return (
    <header class="toolbar">
      <strong class="game" title={name}>
        {name}
      </strong>
      <div class="group" role="toolbar" aria-label="Backwards">
        <Action command={MOVEMENTS.runBack} icon="playBack" />
        <Action command={MOVEMENTS.frameBack} icon="frameBack" />
        <Action command={MOVEMENTS.overBack} icon="overBack" />
      </div>
      <div class="group" role="toolbar" aria-label="Forwards">
        <Action command={MOVEMENTS.run} icon={isRunning ? "pause" : "play"} isPrimary={true} />
        <Action command={MOVEMENTS.over} icon="over" />
        <Action command={MOVEMENTS.into} icon="into" />
        <Action command={MOVEMENTS.out} icon="out" />
        <Action command={MOVEMENTS.frame} icon="frame" />
        <Action command={MOVEMENTS.nmi} icon="nmi" />
      </div>
      <Status />
      <span class="spring" />
      <button type="button" class="tool" title="Press the reset button" onClick={() => void ask("reset")}>
        <Icon name="reset" />
        <span class="label">Reset</span>
      </button>
      <button
        type="button"
        class="tool"
        title={`Colours: ${theme}. Change to ${next}.`}
        aria-label={`Colours: ${theme}`}
        onClick={() => setTheme(next)}
      >
        <Icon name={THEME_ICONS[theme]} />
      </button>
      <button
        type="button"
        class="tool"
        title="Keys (?)"
        aria-label="Keys"
        onClick={() => store.set({ isHelpOpen: true })}
      >
        <Icon name="help" />
      </button>
    </header>
  );
}

function Action(props: { command: UserCommand; icon: IconName; isPrimary?: boolean }) {
  const { command, icon, isPrimary = false } = props;
  const isRunning = useStore(store, (page) => page.state?.moving !== undefined);
  const label = `${command.name} (${command.keys.join(", ")})`;
  return (
    <button
      type="button"
      class={isPrimary ? "tool primary" : "tool"}
      title={label}
      aria-label={command.name}
      aria-keyshortcuts={command.keys.join(" ")}
      disabled={isRunning && command.needsStop}
      onClick={() => command.run()}
    >
      <Icon name={icon} />
    </button>
  );
}

/** What the program is doing, or why it has stopped. */
function Status() {
  const state = useStore(store, (page) => page.state);
  if (state === undefined) return null;
  const { moving, stop } = state;
  const text =
    moving === undefined ? `Stopped: ${stop?.text ?? ""}` : moving === "back" ? "Going back…" : "Running";
  const reason = moving ?? stop?.reason;
  return (
    <span class="status" role="status" data-reason={reason} title={text}>
      {text}
    </span>
  );
}
