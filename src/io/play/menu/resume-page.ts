import type { BindingTable } from "../../input/bindings.ts";
import type { ResumePoint } from "../resume-file.ts";
import type { Menu } from "./menu.ts";
import { MENU_KEYS, type MenuPage } from "./page.ts";
import { dateAndTime } from "./slots-page.ts";

/**
 * The page that a game starts with if the player has stopped in the middle of it. The keys of A and Start
 * choose too: who starts a game has them in mind.
 */
export function resumePage(
  menu: Menu,
  point: ResumePoint,
  bindings: BindingTable,
  resume: () => Promise<void>,
): MenuPage {
  const entries = [
    {
      label: "Continue",
      value: dateAndTime(point.savedAt),
      about: "play on where you stopped",
      enter: () => menu.closeAfter(resume()),
    },
    {
      label: "Start from the beginning",
      about: "turn the console on; this position stays in the menu, under Load, and battery saves are kept",
      enter: () => menu.close(),
    },
  ];
  return {
    title: "Continue?",
    chooseKeys: [...(bindings.a ?? []), ...(bindings.start ?? [])].filter((key) => !MENU_KEYS.has(key)),
    hint: "Enter choose   Esc start from the beginning",
    entries: () => entries,
    picture: () => point.thumbnail,
  };
}
