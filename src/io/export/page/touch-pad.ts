import { buttonBit } from "./buttons.ts";
import { TapLatch } from "./tap-latch.ts";

/** Within this part of the cross's radius, a finger selects no direction. */
const DEAD_ZONE = 0.22;
/**
 * A diagonal counts if its smaller component is at least this part of the larger one: tan 22.5° makes eight
 * equal sectors.
 */
const DIAGONAL = Math.tan(Math.PI / 8);

/** The directions of a finger at `x`, `y` from the centre of the cross, in units of its radius. */
function crossMask(x: number, y: number): number {
  if (Math.hypot(x, y) < DEAD_ZONE) return 0;
  let mask = 0;
  if (Math.abs(x) > DIAGONAL * Math.abs(y)) mask |= buttonBit(x < 0 ? "left" : "right");
  if (Math.abs(y) > DIAGONAL * Math.abs(x)) mask |= buttonBit(y < 0 ? "up" : "down");
  return mask;
}

/** Shows the pad on devices without a mouse, and from the first touch on. */
export function showPadOnTouch({ classList }: HTMLElement): void {
  addEventListener("touchstart", () => classList.add("touch"), { once: true, passive: true });
  if (matchMedia("(hover: none) and (pointer: coarse)").matches) classList.add("touch");
}

/** The pad on a touch screen: elements with `data-button`, and the cross. Fingers may slide between them. */
export class TouchPad {
  readonly latch = new TapLatch();
  readonly #pad: HTMLElement;
  readonly #cross: HTMLElement;
  readonly #bits: Readonly<Record<string, number>>;
  readonly #fingers = new Map<number, number>();

  /** `bits` are those of the buttons by the names in `data-button`. */
  constructor(pad: HTMLElement, cross: HTMLElement, bits: Readonly<Record<string, number>>) {
    this.#bits = bits;
    this.#pad = pad;
    this.#cross = cross;
    const move = (event: PointerEvent): void => {
      if (event.type !== "pointerdown" && !this.#fingers.has(event.pointerId)) return;
      event.preventDefault();
      this.#fingers.set(event.pointerId, this.#maskAt(event.clientX, event.clientY));
      this.#update();
    };
    const end = ({ pointerId }: PointerEvent): void => {
      if (this.#fingers.delete(pointerId)) this.#update();
    };
    pad.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Element && event.target.hasPointerCapture(event.pointerId))
        event.target.releasePointerCapture(event.pointerId);
      move(event);
    });
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
    pad.addEventListener("contextmenu", (event) => event.preventDefault());
    // iOS zooms and selects in spite of touch-action.
    pad.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  }

  release(): void {
    this.#fingers.clear();
    this.#update();
  }

  #maskAt(x: number, y: number): number {
    const box = this.#cross.getBoundingClientRect();
    const radius = box.width / 2;
    const [across, down] = [(x - box.left - radius) / radius, (y - box.top - radius) / radius];
    if (Math.max(Math.abs(across), Math.abs(down)) <= 1.3) return crossMask(across, down);
    const button = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-button]")?.dataset.button;
    return button === undefined ? 0 : this.#maskOf(button);
  }

  /** The buttons of an element: names with spaces between them. */
  #maskOf(names: string): number {
    return names.split(" ").reduce((mask, name) => mask | (this.#bits[name] ?? 0), 0);
  }

  #update(): void {
    let mask = 0;
    for (const held of this.#fingers.values()) mask |= held;
    this.latch.set(mask);
    for (const element of this.#pad.querySelectorAll<HTMLElement>("[data-button]")) {
      const bits = this.#maskOf(element.dataset.button!);
      element.classList.toggle("held", (mask & bits) === bits);
    }
    for (const name of ["up", "down", "left", "right"] as const) {
      this.#cross.classList.toggle(name, (mask & buttonBit(name)) !== 0);
    }
  }
}
