import { SETTINGS, type Setting, type SettingName, type Settings } from "../settings.ts";
import type { MenuContext } from "./context.ts";
import { keysPage } from "./keys-page.ts";
import type { MenuEntry, MenuPage } from "./page.ts";

const PAGES = {
  Picture: "how the picture is drawn, and the line below it",
  Colours: "a palette file, or the knobs of a television",
  Sound: "sound system, volume and the console's channels",
  Play: "continuing where you stopped, speed and rewinding",
  Files: "where captures go, and in which format",
} as const;

type PageName = keyof typeof PAGES;

/** Columns of a typed value; the whole text is shown below the entries. */
const MAX_TEXT_COLUMNS = 24;

/** Pages whose settings change the picture, which is shown beside them. */
const SHOWN_PAGES: readonly PageName[] = ["Picture", "Colours"];

/** The page of each setting; the names are derived from it in the order of `SETTINGS`. */
const PAGE_OF: Readonly<Record<SettingName, PageName>> = {
  renderer: "Picture",
  colors: "Picture",
  scale: "Picture",
  pixels: "Picture",
  screens: "Picture",
  filter: "Picture",
  overscanLines: "Picture",
  statusLine: "Picture",
  statsLine: "Picture",
  advises: "Picture",
  adaptsDetail: "Picture",
  paletteFile: "Colours",
  hue: "Colours",
  saturation: "Colours",
  contrast: "Colours",
  brightness: "Colours",
  gamma: "Colours",
  phaseDistortion: "Colours",
  sound: "Sound",
  volumePercent: "Sound",
  resumes: "Play",
  runAheadFrames: "Play",
  slowPercent: "Play",
  rewindMebibytes: "Play",
  recordingFormat: "Files",
  captureFolder: "Files",
  libraryFolders: "Files",
};

/** Names for players where the config file's are short. The others are written like the file's. */
const LABELS: Partial<Record<SettingName, string>> = {
  renderer: "Renderer",
  colors: "Colours",
  statsLine: "Figures in that line",
  advises: "Advice about the window",
  adaptsDetail: "Adapt to slow links",
  paletteFile: "Palette file",
  sound: "Sound system",
  resumes: "Offer to continue",
  runAheadFrames: "Run-ahead",
  slowPercent: "Slow motion",
  recordingFormat: "Videos",
  captureFolder: "Folder of captures",
  libraryFolders: "Library folders",
};

/** The page that leads to the pages of settings. They are the settings of the config file. */
export function settingsPage(context: MenuContext): MenuPage {
  const { menu } = context;
  const entries: MenuEntry[] = (Object.keys(PAGES) as PageName[]).map((name) => ({
    label: name,
    about: PAGES[name],
    enter: () => menu.open(settingsOf(context, name)),
  }));
  const controls = {
    label: "Controls",
    about: "which key does what",
    enter: () => menu.open(keysPage(context)),
  };
  return {
    title: "Settings, saved in the config file",
    entries: () => [...entries.slice(0, 3), controls, ...entries.slice(3)],
  };
}

function settingsOf(context: MenuContext, page: PageName): MenuPage {
  const names = (Object.keys(SETTINGS) as SettingName[]).filter((name) => PAGE_OF[name] === page);
  const channels: MenuEntry = {
    label: "Sound channels",
    hint: "Enter choose   Esc back",
    about: "turn single channels of the console off, for this game",
    enter: () => context.menu.open(channelsPage(context)),
  };
  return {
    title: `Settings: ${page}`,
    ...(SHOWN_PAGES.includes(page) ? { shape: "beside" } : {}),
    hint: "Left Right change   Del default   Esc back",
    entries: () => [...names.map((name) => entryOf(context, name)), ...(page === "Sound" ? [channels] : [])],
  };
}

function entryOf(context: MenuContext, name: SettingName): MenuEntry {
  const setting: Setting = SETTINGS[name];
  const value = context.settings[name];
  const set = (next: string | number | boolean | readonly string[]) =>
    context.changeSetting(name, next as Settings[SettingName] as never);
  const label = LABELS[name] ?? setting.path.split(".").at(-1)!.replaceAll("-", " ");
  const common = {
    label: label.charAt(0).toUpperCase() + label.slice(1),
    about: setting.about,
    remove: () => set(setting.fallback),
  };
  switch (setting.kind) {
    case "choice":
      return {
        ...common,
        value: String(value),
        change: (by) => set(neighbour(setting.choices, String(value), by)),
      };
    case "flag":
      return { ...common, value: value === true ? "on" : "off", change: () => set(value !== true) };
    case "number": {
      const { min, max, step } = setting;
      const change = (by: number) =>
        set(Math.max(min, Math.min(max, Math.round((Number(value) + by * step) / step) * step)));
      const slider = (Number(value) - min) / (max - min);
      const shown = `${Number(Number(value).toFixed(2))}${setting.unit ?? ""}`;
      return { ...common, value: shown, slider, change };
    }
    case "text": {
      const enter = () => context.menu.askText(`${setting.about}:`, String(value), set);
      const text = String(value);
      const shown = text === "" ? setting.empty : endOf(text, MAX_TEXT_COLUMNS);
      const about = text === "" ? setting.about : `${setting.about}: ${text}`;
      return { ...common, about, hint: "Enter type   Del default   Esc back", value: shown, enter };
    }
    case "texts": {
      const { length } = value as readonly string[];
      return {
        ...common,
        hint: "Del none   Esc back",
        value: length === 1 ? "1 folder" : `${length} folders`,
      };
    }
  }
}

/** The end of a path says more than its beginning. */
function endOf(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns ? text : `…${characters.slice(1 - columns).join("")}`;
}

function neighbour(choices: readonly string[], value: string, by: number): string {
  const next = choices.indexOf(value) + by;
  return choices[(next + choices.length) % choices.length]!;
}

/** The page that mutes the console's sound channels. */
function channelsPage({ session }: MenuContext): MenuPage {
  const { soundChannels } = session.client.ready.geometry;
  return {
    title: "Sound channels, for this game",
    hint: "Enter on/off   Esc back",
    entries: () =>
      soundChannels.map((label, bit) => {
        const toggle = () => session.muteChannels(session.mutedChannels ^ (1 << bit));
        const isMuted = (session.mutedChannels & (1 << bit)) !== 0;
        return { label, value: isMuted ? "off" : "on", enter: toggle, change: toggle };
      }),
  };
}
