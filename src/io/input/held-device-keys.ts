import type { Stroke } from "./console-keyboards.ts";
import { WATCH_MS } from "./held-keys.ts";
import type { KeyState } from "./x11-keys.ts";

/** How long a key counts as held where nothing reports its release. */
const TAP_MS = 120;

interface HeldDeviceKey {
  readonly stroke: Stroke | undefined;
  /** Ends the hold; undefined if the terminal reports the release. */
  readonly timer: ReturnType<typeof setTimeout> | undefined;
  /** True if only a timer ends the hold. */
  readonly isTap: boolean;
}

/** The keys that are down on devices which are not controllers. */
export class HeldDeviceKeys {
  readonly #held = new Map<string, HeldDeviceKey>();
  readonly #changed: () => void;
  #hasReleases = false;
  #state: KeyState | undefined;

  /** `changed` is called when a key is released because its time is over. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Sets whether the terminal reports releases, and what else knows which keys are down. */
  setReleases(hasReleases: boolean, state: KeyState | undefined): void {
    this.#hasReleases = hasReleases;
    this.#state = state;
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  /** What the held keys press on the console's keyboard, the newest last. */
  get strokes(): Stroke[] {
    return [...this.#held.values()].flatMap(({ stroke }) => stroke ?? []);
  }

  /** A key was pressed, or repeats. */
  press(key: string, stroke?: Stroke): void {
    this.release(key);
    const shift = stroke?.shift;
    // Characters that are typed fast overlap; Shift must not change the earlier one.
    for (const [other, { stroke: earlier, isTap }] of this.#held)
      if (isTap && shift !== undefined && (earlier?.shift ?? shift) !== shift) this.release(other);
    this.#held.set(key, { stroke, ...this.#timed(key) });
  }

  release(key: string): void {
    clearTimeout(this.#held.get(key)?.timer);
    this.#held.delete(key);
  }

  clear(): void {
    for (const key of [...this.#held.keys()]) this.release(key);
  }

  #timed(key: string): Pick<HeldDeviceKey, "timer" | "isTap"> {
    if (this.#hasReleases) return { timer: undefined, isTap: false };
    const isWatched = this.#state?.isDown(key) === true;
    return { timer: setTimeout(() => this.#end(key), isWatched ? WATCH_MS : TAP_MS), isTap: !isWatched };
  }

  #end(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    if (!held.isTap && this.#state?.isDown(key) === true) {
      this.#held.set(key, { ...held, timer: setTimeout(() => this.#end(key), WATCH_MS) });
      return;
    }
    this.#held.delete(key);
    this.#changed();
  }
}
