import { type Command, Option } from "commander";
import { SOUND_SYSTEMS, type SoundSystem } from "../io/audio/sink.ts";
import type { Settings } from "../io/play/settings.ts";
import { COLOR_MODES, type ColorMode } from "../io/render/encoder.ts";
import { RENDERERS, type RendererName } from "../io/render/encoders.ts";
import type { ScaleMode } from "../io/render/scale.ts";
import { wholeNumber } from "./options.ts";

/** Options that stand above the config file for one run. */
export interface SettingOptions {
  readonly render?: RendererName | "auto";
  readonly colors?: ColorMode | "auto";
  readonly scale?: ScaleMode;
  readonly sound?: SoundSystem | "auto";
  readonly volume?: number;
  readonly mute?: true;
  readonly runAhead?: number;
  /** False for --no-status-line. */
  readonly statusLine: boolean;
}

/** Adds them; without an option the config file decides, and without that the default that is named here. */
export function addSettingOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--render <how>", "how to show the picture; auto asks the terminal").choices([
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
      new Option("--scale <mode>", "fit the window, or whole multiples of the picture").choices([
        "fit",
        "integer",
      ]),
    )
    .option("--no-status-line", "no line with the frame rate below the picture")
    .addOption(
      new Option("--sound <system>", "what to play the sound on; auto takes what works").choices([
        "auto",
        ...SOUND_SYSTEMS,
      ]),
    )
    .option("--volume <percent>", "loudness, 0 to 100 (default: 70)", wholeNumber(0, 100))
    .option("--mute", "begin without sound; a key turns it on")
    .option("--run-ahead <frames>", "show so many frames early, 0 to 3 (default: 0)", wholeNumber(0, 3));
}

/** The settings of the config file, with what the options say instead. */
export function overridden(settings: Settings, options: SettingOptions): Settings {
  const { render, colors, scale, sound, volume, runAhead, statusLine } = options;
  return {
    ...settings,
    ...(render === undefined ? {} : { renderer: render }),
    ...(colors === undefined ? {} : { colors }),
    ...(scale === undefined ? {} : { scale }),
    ...(sound === undefined ? {} : { sound }),
    ...(volume === undefined ? {} : { volumePercent: volume }),
    ...(runAhead === undefined ? {} : { runAheadFrames: runAhead }),
    ...(statusLine ? {} : { statusLine: false }),
  };
}
