import { type Command, Option } from "commander";
import { SOUND_SYSTEMS, type SoundSystem } from "../../io/audio/sink.ts";
import type { Settings } from "../../io/play/settings.ts";
import { COLOR_MODES, type ColorMode } from "../../io/render/encoder.ts";
import { RENDERERS, type RendererName } from "../../io/render/encoders.ts";
import type { ScaleMode } from "../../io/render/scale.ts";
import { wholeNumber } from "../options.ts";
import { paletteOption } from "../palette-option.ts";

/** Options that override the config file for one run. */
export interface SettingOptions {
  readonly render?: RendererName | "auto";
  readonly colors?: ColorMode | "auto";
  readonly scale?: ScaleMode;
  readonly palette?: string;
  readonly sound?: SoundSystem | "auto";
  readonly volume?: number;
  readonly mute?: true;
  readonly runAhead?: number;
  /** False for --no-status-line. */
  readonly statusLine: boolean;
  readonly statsLine?: true;
}

/** Adds `--render`, `--colors` and `--scale`: how a picture is drawn in the terminal. */
export function addDrawingOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--render <how>", "how to draw the picture; auto asks the terminal").choices([
        "auto",
        ...RENDERERS,
      ]),
    )
    .addOption(
      new Option("--colors <number>", "colours to use; auto asks the terminal").choices([
        "auto",
        ...COLOR_MODES,
      ]),
    )
    .addOption(
      new Option("--scale <mode>", "fit the window, or scale by whole numbers only").choices([
        "fit",
        "integer",
      ]),
    );
}

/**
 * Adds the options of `SettingOptions`. The config file applies when an option is not given; the defaults
 * named in the help apply when neither is.
 */
export function addSettingOptions(command: Command): Command {
  return addDrawingOptions(command)
    .addOption(paletteOption())
    .option("--no-status-line", "hide the line below the picture")
    .option("--stats-line", "show frame rate, lateness and bytes in that line")
    .addOption(
      new Option("--sound <system>", "sound system to use; auto takes the first that works").choices([
        "auto",
        ...SOUND_SYSTEMS,
      ]),
    )
    .option("--volume <percent>", "volume, 0 to 100 (default: 70)", wholeNumber(0, 100))
    .option("--mute", "start muted; a key turns the sound on")
    .option(
      "--run-ahead <frames>",
      "show frames this early, 0 to 3, to hide the game's own input lag (default: 0)",
      wholeNumber(0, 3),
    );
}

/** Returns the config file's settings, overridden by the options that are given. */
export function overridden(settings: Settings, options: SettingOptions): Settings {
  const { render, colors, scale, palette, sound, volume, runAhead, statusLine, statsLine } = options;
  return {
    ...settings,
    ...(render === undefined ? {} : { renderer: render }),
    ...(colors === undefined ? {} : { colors }),
    ...(scale === undefined ? {} : { scale }),
    ...(palette === undefined ? {} : { paletteFile: palette }),
    ...(sound === undefined ? {} : { sound }),
    ...(volume === undefined ? {} : { volumePercent: volume }),
    ...(runAhead === undefined ? {} : { runAheadFrames: runAhead }),
    ...(statusLine ? {} : { statusLine: false }),
    ...(statsLine === true ? { statsLine: true } : {}),
  };
}
