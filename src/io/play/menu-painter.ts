import { chooseRenderer, possibleRenderer, type RendererChoice } from "../render/choose.ts";
import { type ColorMode, PLAIN_CAPABILITIES } from "../render/encoder.ts";
import type { TerminalWindow } from "../render/scale.ts";
import { StillPainter } from "../render/still-picture.ts";
import type { TerminalCapabilities } from "../terminal/capabilities.ts";
import { terminalName } from "../terminal/multiplexers.ts";
import { renderCapabilities } from "../terminal/render-capabilities.ts";
import { tmuxPane } from "../terminal/tmux-pane.ts";
import type { Settings } from "./settings.ts";

/** The renderer of the settings, or the best one for the terminal; undefined stands for no answers yet. */
export function rendererFor(
  { renderer: wanted }: Settings,
  known: TerminalCapabilities | undefined,
  window: TerminalWindow,
): RendererChoice {
  if (wanted !== "auto") {
    const renderer = known?.answers ? possibleRenderer(wanted, known) : wanted;
    const reason =
      renderer === wanted ? "the settings ask for it" : `the terminal does not show ${wanted} glyphs`;
    return { renderer, reason };
  }
  if (known === undefined) return { renderer: "half-block", reason: "the terminal has not been asked yet" };
  return chooseRenderer(known, window, terminalName());
}

/** The colours of the menu's text, and what draws pictures beside it. */
export interface MenuPainter {
  readonly colors: ColorMode;
  readonly painter: StillPainter;
}

/** Makes the painter for a window. It is valid until the window or the settings change. */
export function menuPainter(
  settings: Settings,
  known: TerminalCapabilities | undefined,
  window: TerminalWindow,
  isSquare: boolean = settings.pixels === "square",
): MenuPainter {
  const reported =
    known?.answers === true ? renderCapabilities(known, window.cellHeightPixels) : PLAIN_CAPABILITIES;
  const colors = settings.colors === "auto" ? reported.colors : settings.colors;
  const passthrough = reported.pastTmux ? tmuxPane() : undefined;
  const painter = new StillPainter({
    renderer: rendererFor(settings, known, window).renderer,
    capabilities: { ...reported, colors },
    isSquare,
    cellWidthPixels: window.cellWidthPixels,
    cellHeightPixels: window.cellHeightPixels,
    ...(passthrough === undefined ? {} : { passthrough }),
  });
  return { colors, painter };
}
