/** An emulator that can be measured. */
export interface Peer {
  /** Holds these buttons of port 1 from now on: bit 0 A, 1 B, 2 Select, 3 Start, 4 Up, 5 Down, 6 Left, 7 Right. */
  press(mask: number): void;
  /** Runs a frame and produces its picture and its sound. */
  runFrame(): void;
}

/** Powers on with a ROM file; undefined when this emulator is not on the machine. */
export type StartPeer = (rom: Uint8Array, path: string) => Peer | undefined;

export const PEER_NAMES = ["emu", "jsnes", "nestopia"] as const;
export type PeerName = (typeof PEER_NAMES)[number];
