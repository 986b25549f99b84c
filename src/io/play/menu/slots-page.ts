import { listKept } from "../kept-states.ts";
import { SLOTS, type SlotInfo } from "../state-slots.ts";
import type { MenuContext } from "./context.ts";
import type { MenuPage } from "./page.ts";

/**
 * The page of the ten slots, each with its picture. To load, there are also the states that emu has stored
 * by itself.
 */
export async function slotsPage(context: MenuContext, purpose: "save" | "load"): Promise<MenuPage> {
  const { menu, session } = context;
  const infos = new Map((await session.slots.list()).map((info) => [info.slot, info]));
  const perform = async (slot: number) => {
    if (purpose === "save") await session.save(slot, context.palette);
    else await session.load(slot);
    session.slot = slot;
  };
  const kept = purpose === "load" ? await listKept(session.slots.folder) : [];
  const keptEntries = kept.map(({ path, label, about, savedAt }) => ({
    label,
    about,
    value: dateAndTime(savedAt),
    enter: () => menu.closeAfter(session.loadKept(path, label)),
  }));
  const replaces = { about: "replaces this state, which stays under Load" };
  return {
    title: purpose === "save" ? "Save to a slot" : "Load from a slot",
    hint: `Enter ${purpose}   Esc back`,
    entries: () => [
      ...Array.from({ length: SLOTS }, (_, slot) => ({
        label: `Slot ${slot}`,
        value: describe(infos.get(slot)),
        ...(purpose === "save" && infos.has(slot) ? replaces : {}),
        enter: () => menu.closeAfter(perform(slot)),
      })),
      ...keptEntries,
    ],
    picture: (index) => (index < SLOTS ? infos.get(index) : kept[index - SLOTS])?.thumbnail,
    noPicture: "nothing saved here",
  };
}

function describe(info: SlotInfo | undefined): string {
  return info === undefined ? "empty" : dateAndTime(info.savedAt);
}

/** A time of the player's clock: `2026-07-25 18:30`. */
export function dateAndTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
