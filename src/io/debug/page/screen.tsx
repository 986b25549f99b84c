import { useEffect, useRef } from "preact/hooks";
import { link, snapshots, store } from "./state/model.ts";
import type { MachineSnapshot } from "./state/snapshot-format.ts";
import { useSnapshots } from "./state/snapshots.ts";
import { useStore } from "./state/store.ts";
import { PixelCanvas, palettePixels } from "./viewers/painter.ts";

/** Keys of controller 1 while the picture has the focus, by bit. Tab is not among them: it leaves. */
const KEYS: readonly (readonly string[])[] = [
  ["KeyX", "KeyK", "Space"],
  ["KeyZ", "KeyY", "KeyJ"],
  ["ShiftLeft", "ShiftRight"],
  ["Enter"],
  ["ArrowUp", "KeyW"],
  ["ArrowDown", "KeyS"],
  ["ArrowLeft", "KeyA"],
  ["ArrowRight", "KeyD"],
];

/** The picture of the game, which takes the keys of the controller while it has the focus. */
export function GamePicture() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<PixelCanvas | undefined>(undefined);
  const frame = useStore(store, (page) => page.state?.frame ?? 0);
  const state = useStore(store, (page) => page.state);
  useSnapshots(snapshots, (snapshot) => {
    const { width, height } = snapshot.header;
    if (painter.current?.width !== width) painter.current = new PixelCanvas(canvas.current!, width, height);
    paintPicture(painter.current, snapshot);
  });
  const ppu = state?.registers.find(({ name }) => name === "PPU")?.registers;
  const numberOf = (name: string): number => ppu?.find((each) => each.name === name)?.value ?? 0;
  return (
    <section class="panel screen" aria-label="Picture">
      <Pad canvas={canvas} />
      <p class="caption">
        <span>frame {frame}</span>
        <span>
          line {numberOf("line")}, dot {numberOf("dot")}
        </span>
        <span>click to play</span>
      </p>
    </section>
  );
}

function paintPicture(target: PixelCanvas, { picture }: MachineSnapshot): void {
  const colors = palettePixels();
  const { pixels } = target;
  for (let at = 0; at < pixels.length; at++) pixels[at] = colors[picture[at]!]!;
  target.paint();
}

function Pad({ canvas }: { canvas: { current: HTMLCanvasElement | null } }) {
  const down = useRef(new Set<string>());
  const held = useRef(0);
  const update = (): void => {
    let buttons = 0;
    for (const [bit, codes] of KEYS.entries()) {
      if (codes.some((code) => down.current.has(code))) buttons |= 1 << bit;
    }
    if (buttons === held.current) return;
    held.current = buttons;
    link.request("hold", { buttons }).catch(() => {});
  };
  const release = (): void => {
    down.current.clear();
    update();
  };
  useEffect(() => {
    const element = canvas.current!;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Escape") document.querySelector<HTMLElement>("#code")?.focus();
      if (!KEYS.some((codes) => codes.includes(event.code))) return;
      event.preventDefault();
      down.current.add(event.code);
      update();
    };
    const onKeyUp = ({ code }: KeyboardEvent): void => {
      if (down.current.delete(code)) update();
    };
    element.addEventListener("keydown", onKeyDown);
    element.addEventListener("keyup", onKeyUp);
    element.addEventListener("blur", release);
    return () => {
      element.removeEventListener("keydown", onKeyDown);
      element.removeEventListener("keyup", onKeyUp);
      element.removeEventListener("blur", release);
    };
  }, []);
  const pixelAspect = useStore(store, (page) => page.game?.pixelAspect ?? 1);
  return (
    <canvas
      id="screen"
      style={{ aspectRatio: `${(256 * pixelAspect) / 240}` }}
      ref={canvas}
      tabIndex={0}
      width={256}
      height={240}
      title="Click to play: arrow keys, X, Z, Enter and Shift. Esc leaves."
      aria-label="The game's picture. While it has the focus, keys play the game."
      onMouseDown={() => canvas.current?.focus()}
    />
  );
}
