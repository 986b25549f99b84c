import { useEffect, useRef } from "preact/hooks";
import { ask, isRunning, snapshots, store } from "../state/model.ts";
import type { MachineSnapshot } from "../state/snapshot-format.ts";
import { useSnapshots } from "../state/snapshots.ts";
import { useStore } from "../state/store.ts";
import { palettePixels } from "./painter.ts";

interface Thumbnail {
  readonly position: number;
  readonly canvas: HTMLCanvasElement;
}

const WIDTH = 48;
const HEIGHT = 45;
/** One picture per second of play. */
const EVERY_FRAMES = 60;
const MAX_THUMBNAILS = 600;

/** The history of the game with small pictures. Moving along it moves the game. */
export function HistoryPanel() {
  const state = useStore(store, (page) => page.state);
  const canvas = useRef<HTMLCanvasElement>(null);
  const thumbnails = useRef<Thumbnail[]>([]);
  const wanted = useRef<number | undefined>(undefined);
  const isSeeking = useRef(false);
  const { position = 0, start = 0, end = 0, frame = 0, startFrame = 0 } = state ?? {};
  useSnapshots(snapshots, (snapshot) => addThumbnail(thumbnails.current, snapshot));
  useEffect(() => {
    // A changed past has discarded the future.
    thumbnails.current = thumbnails.current.filter((each) => each.position >= start && each.position <= end);
    drawStrip(canvas.current!, thumbnails.current, start, end);
  }, [start, end]);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const { start = 0, end = 0 } = store.value.state ?? {};
      drawStrip(canvas.current!, thumbnails.current, start, end);
    });
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);
  const seek = async (to: number): Promise<void> => {
    wanted.current = to;
    if (isSeeking.current) return;
    isSeeking.current = true;
    if (isRunning()) {
      await ask("pause");
      await untilStopped();
    }
    while (wanted.current !== undefined) {
      const next = wanted.current;
      wanted.current = undefined;
      await ask("seek", { position: next });
    }
    isSeeking.current = false;
  };
  const seconds = (frame - startFrame) / (store.value.game?.frameRateHz ?? 60);
  return (
    <section class="history" aria-label="History">
      <div class="track">
        <canvas ref={canvas} aria-label="Pictures of the history" />
        <input
          id="history"
          type="range"
          aria-label="Position in the history, in instructions"
          aria-valuetext={`frame ${frame}`}
          min={start}
          max={Math.max(end, start + 1)}
          step={1}
          value={position}
          onInput={(event) => void seek(Number(event.currentTarget.value))}
          onKeyDown={(event) => {
            const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            void ask("move", { kind: "frame", back: by < 0 });
          }}
        />
      </div>
      <output>
        {seconds.toFixed(1)} s<br />
        frame {frame}
      </output>
    </section>
  );
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (isRunning()) return;
      end();
      resolve();
    };
    const end = store.subscribe(check);
    check();
  });
}

function addThumbnail(list: Thumbnail[], { header, picture }: MachineSnapshot): void {
  const { position, frame, width, isStopped } = header;
  if (isStopped || frame % EVERY_FRAMES >= 3) return;
  const near = list.findIndex((each) => Math.abs(each.position - position) < 100_000);
  if (near >= 0) return;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d", { alpha: false })!;
  const image = new ImageData(WIDTH, HEIGHT);
  const pixels = new Uint32Array(image.data.buffer);
  const colors = palettePixels();
  const step = width / WIDTH;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      pixels[y * WIDTH + x] = colors[picture[Math.floor(y * step) * width + Math.floor(x * step)]!]!;
    }
  }
  context.putImageData(image, 0, 0);
  list.push({ position, canvas });
  if (list.length > MAX_THUMBNAILS) list.shift();
}

/** Draws the thumbnails at their positions; those that would cover another one are left out. */
function drawStrip(canvas: HTMLCanvasElement, list: readonly Thumbnail[], start: number, end: number): void {
  const { clientWidth, clientHeight } = canvas;
  canvas.width = clientWidth;
  canvas.height = clientHeight;
  const context = canvas.getContext("2d")!;
  const width = (clientHeight * WIDTH) / HEIGHT;
  let free = 0;
  for (const each of list.toSorted((a, b) => a.position - b.position)) {
    const x = ((each.position - start) / Math.max(1, end - start)) * clientWidth - width / 2;
    if (x < free) continue;
    context.drawImage(each.canvas, x, 0, width, clientHeight);
    free = x + width + 2;
  }
}
