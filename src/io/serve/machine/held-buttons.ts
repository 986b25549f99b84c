/** Number of ports whose buttons peers can press. */
export const PORTS = 4;

/** The buttons that all peers hold together. A button is down as long as one of them holds it. */
export class HeldButtons {
  /** Masks by port. */
  readonly #held = new Map<object, Uint16Array>();

  /** Sets the buttons that `peer` holds on a port. */
  set(peer: object, port: number, buttons: number): void {
    const masks = this.#held.get(peer) ?? new Uint16Array(PORTS);
    masks[port] = buttons;
    this.#held.set(peer, masks);
  }

  /** Releases all buttons of a peer. Returns true if it has ever held some. */
  release(peer: object): boolean {
    return this.#held.delete(peer);
  }

  /** The buttons that are down on a port. */
  of(port: number): number {
    let buttons = 0;
    for (const masks of this.#held.values()) buttons |= masks[port]!;
    return buttons;
  }
}
