import type { MemoryName } from "../../web/protocol.ts";
import type { MenuItem } from "../controls/context-menu.tsx";
import { hexText } from "../state/format.ts";
import { addWatch, ask, goTo, link, notify, whoWrote } from "../state/model.ts";

/** The menu of a byte of a memory. */
export function byteMenu(space: MemoryName, address: number): MenuItem[] {
  const place = hexText(address, 4);
  const isCpu = space === "cpu";
  const watched = space === "palette" ? hexText(0x3f00 + address, 4) : place;
  const addBreakpoint = (kinds: object): void =>
    void ask("addBreakpoint", {
      kind: "access",
      space: space === "palette" ? "ppu" : space,
      place: watched,
      ...kinds,
    });
  const expressions = {
    cpu: `[${place}]`,
    ppu: `ppu[${place}]`,
    oam: `oam[${address}]`,
    palette: `ppu[${watched}]`,
  };
  return [
    ...(space === "oam" ? [] : [{ label: "Who wrote this byte?", run: () => void whoWrote(space, address) }]),
    { label: "Stop at writes", run: () => addBreakpoint({ write: true }) },
    { label: "Stop at reads", run: () => addBreakpoint({ read: true }) },
    { label: "Watch", run: () => void addWatch(expressions[space]) },
    ...(isCpu ? [{ label: "Show in the code", run: () => void goTo(place) }] : []),
    { label: "About this byte", run: () => void aboutByte(space, address) },
  ];
}

async function aboutByte(space: MemoryName, address: number): Promise<void> {
  const facts = await link.request<{ text: string }>("describe", { space, address }).catch(() => undefined);
  if (facts !== undefined) notify("info", facts.text);
}
