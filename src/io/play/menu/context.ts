import type { BindingTable } from "../../input/bindings.ts";
import type { Palette } from "../../render/palette.ts";
import type { PlaySession } from "../play-session.ts";
import type { SettingName, Settings } from "../settings.ts";
import type { Menu } from "./menu.ts";

/** What the menu's pages can see and do. */
export interface MenuContext {
  readonly menu: Menu;
  readonly session: PlaySession;
  readonly settings: Settings;
  readonly palette: Palette;
  readonly bindings: BindingTable;
  /** Where other games are looked for. */
  readonly gamesFolder: string;
  /** Puts a setting in force and keeps it. Throws `InputError` when either fails. */
  changeSetting<Name extends SettingName>(name: Name, value: Settings[Name]): Promise<void>;
  /** The keys of a button or an action; other targets lose them. Throws `InputError` when they cannot be kept. */
  changeKeys(target: string, keys: readonly string[]): Promise<void>;
  /** Ends this game and plays another. */
  openGame(path: string): void;
  recentGames(): Promise<readonly string[]>;
  quit(): void;
}
