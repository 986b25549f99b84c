import { startEmu, startUnseenEmu } from "./emu.ts";
import { startJsnes } from "./jsnes.ts";
import { startLibretro } from "./libretro.ts";
import type { StartPeer } from "./peer.ts";

/** All emulators of the benchmark by name; libretro cores by the name of their file. */
export const PEERS = {
  emu: startEmu,
  "emu unseen": startUnseenEmu,
  jsnes: startJsnes,
  nestopia: startLibretro("nestopia"),
  fceumm: startLibretro("fceumm"),
  quicknes: startLibretro("quicknes"),
} as const satisfies Readonly<Record<string, StartPeer>>;

export type PeerName = keyof typeof PEERS;

export const PEER_NAMES = Object.keys(PEERS) as readonly PeerName[];

/** Returns true if an emulator is native code, which is as fast in its first frames as later. */
export function isNative(name: PeerName): boolean {
  return name === "nestopia" || name === "fceumm" || name === "quicknes";
}
