import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import {
  DEFAULT_SETTINGS,
  parseSettings,
  SETTINGS,
  type SettingName,
  type Settings,
} from "../play/settings.ts";
import { writeFileWhole } from "./atomic-write.ts";
import { userFolders } from "./paths.ts";
import { readFileCapped } from "./read-file.ts";
import { TomlDocument, type TomlValue } from "./toml-document.ts";

const MAX_CONFIG_BYTES = 256 * 1024;

/** Where the settings are kept unless the user names another file. */
export function configPath(): string {
  return join(userFolders().config, "config.toml");
}

/** The user's config file: read at the start, and changed value by value, so that the rest stays as it is. */
export class ConfigFile {
  readonly path: string;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string = configPath()) {
    this.path = path;
  }

  /** The settings, or the defaults where there is no file. Throws `InputError`: "io", or "data" for what cannot be. */
  async load(): Promise<Settings> {
    const text = await this.#read();
    return text === "" ? DEFAULT_SETTINGS : parseSettings(text, this.path);
  }

  /** Keeps a setting. Throws `InputError` as `load` does, and then changes nothing. */
  set<Name extends SettingName>(name: Name, value: Settings[Name]): Promise<void> {
    return this.#change(SETTINGS[name].path, value);
  }

  /** Keeps what presses a button or does an action. */
  setKeys(target: string, keys: readonly string[]): Promise<void> {
    return this.#change(`keys.${target}`, keys);
  }

  /** One change after the other: each begins with what the one before has written. */
  #change(path: string, value: TomlValue): Promise<void> {
    const change = this.#last.then(async () => {
      const text = new TomlDocument(await this.#read(), this.path).withValue(path, value);
      parseSettings(text, this.path);
      await writeFileWhole(this.path, text);
    });
    this.#last = change.catch(() => {});
    return change;
  }

  async #read(): Promise<string> {
    try {
      return new TextDecoder().decode(await readFileCapped(this.path, MAX_CONFIG_BYTES));
    } catch (error) {
      if (error instanceof InputError && error.kind === "missing") return "";
      throw error;
    }
  }
}
