import { useEffect, useRef, useState } from "preact/hooks";
import {
  EVENT_ADDRESS,
  EVENT_DOT,
  EVENT_IS_OLD,
  EVENT_KIND,
  EVENT_LINE,
  EVENT_OFFSET,
  EVENT_PC,
  EVENT_VALUE,
  FRAME_EVENT_BYTES,
  KIND_IRQ,
  KIND_NMI,
  KIND_READ,
} from "../../web/protocol.ts";
import { hexText, registerName } from "../state/format.ts";
import { isRunning, seek, snapshots, store } from "../state/model.ts";
import type { MachineSnapshot } from "../state/snapshot-format.ts";
import { useSnapshots } from "../state/snapshots.ts";
import { useStore } from "../state/store.ts";
import { PixelCanvas, palettePixels } from "./painter.ts";

interface FrameEvent {
  readonly line: number;
  readonly dot: number;
  readonly address: number;
  readonly value: number;
  readonly kind: number;
  readonly pc: number;
  readonly position: number;
  readonly isOld: boolean;
  readonly group: number;
}

const DOTS = 341;
const PICTURE_LINES = 240;
/** The groups by which events are coloured and hidden. */
const GROUPS: readonly (readonly [name: string, color: string])[] = [
  ["CTRL, MASK", "#ff5d5d"],
  ["STATUS", "#8d8d9b"],
  ["OAM", "#ffb038"],
  ["SCROLL, ADDR", "#37c871"],
  ["DATA", "#4aa3ff"],
  ["APU", "#c77dff"],
  ["Pads", "#ff7ad1"],
  ["Board", "#2fd4d4"],
  ["NMI, IRQ", "#ffffff"],
];
const STATUS_GROUP = 1;
const COLORS = GROUPS.map(([, color]) => Number.parseInt(color.slice(1), 16)).map(
  (rgb) => 0xff00_0000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16),
);
const HIT_DOTS = 5;

function groupOf(kind: number, address: number): number {
  if (kind === KIND_NMI || kind === KIND_IRQ) return 8;
  if (address === 0x4014) return 2;
  if (address === 0x4016 || (address === 0x4017 && kind === KIND_READ)) return 6;
  if (address >= 0x4020) return 7;
  if (address >= 0x4000) return 5;
  return [0, 0, 1, 2, 2, 3, 3, 4][address & 7]!;
}

/** The register accesses and interrupts of a frame on the grid of its dots and lines. */
export function EventViewer() {
  const lines = useStore(store, (page) => page.game?.linesPerFrame ?? 262);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<PixelCanvas | undefined>(undefined);
  const events = useRef<readonly FrameEvent[]>([]);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set([STATUS_GROUP]));
  const [chosen, setChosen] = useState<FrameEvent>();
  useEffect(() => {
    painter.current = new PixelCanvas(canvas.current!, DOTS, lines);
    snapshots.redraw(draw);
  }, [lines]);
  const draw = (snapshot: MachineSnapshot): void => {
    if (painter.current === undefined) return;
    events.current = eventsOf(snapshot).filter(({ group }) => !hidden.has(group));
    paint(painter.current, snapshot, events.current, chosen);
  };
  useSnapshots(snapshots, draw, [hidden, chosen]);
  const eventAt = (event: MouseEvent): FrameEvent | undefined => {
    const { left, top, width, height } = canvas.current!.getBoundingClientRect();
    const dot = ((event.clientX - left) / width) * DOTS;
    const line = ((event.clientY - top) / height) * lines;
    return nearest(events.current, dot, line);
  };
  const go = (event: FrameEvent | undefined): void => {
    setChosen(event);
    if (event !== undefined && !isRunning()) void seek(event.position);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter") go(chosen);
    else if (by !== undefined) {
      const list = events.current.toSorted((a, b) => a.position - b.position);
      const index = list.findIndex((each) => chosen !== undefined && isSame(each, chosen));
      setChosen(list[Math.min(list.length - 1, Math.max(0, index + by))]);
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <Legend
        hidden={hidden}
        onToggle={(group) => {
          const next = new Set(hidden);
          if (!next.delete(group)) next.add(group);
          setHidden(next);
        }}
      />
      <div class="fit">
        <canvas
          id="events"
          ref={canvas}
          style={{ "--ratio": DOTS / lines }}
          tabIndex={0}
          width={DOTS}
          height={lines}
          aria-label="Events of the frame. Arrow keys choose one, Enter goes there."
          onMouseMove={(event) => {
            const found = eventAt(event);
            if (found !== undefined) setChosen(found);
          }}
          onClick={(event) => go(eventAt(event))}
          onKeyDown={onKeyDown}
        />
      </div>
      <p class="details" role="status">
        {chosen === undefined ? "Point at an event; click it to go there" : describe(chosen)}
      </p>
    </>
  );
}

interface LegendProps {
  readonly hidden: ReadonlySet<number>;
  onToggle(group: number): void;
}

/** The groups with their colours; a click hides a group or shows it again. */
function Legend({ hidden, onToggle }: LegendProps) {
  return (
    <div class="legend">
      {GROUPS.map(([name, color], group) => (
        <button key={name} type="button" aria-pressed={!hidden.has(group)} onClick={() => onToggle(group)}>
          <i style={{ background: color }} />
          {name}
        </button>
      ))}
    </div>
  );
}

function eventsOf({ header, events }: MachineSnapshot): FrameEvent[] {
  if (events === undefined) return [];
  const base = header.events?.base ?? 0;
  return Array.from({ length: events.byteLength / FRAME_EVENT_BYTES }, (_, index) => {
    const at = index * FRAME_EVENT_BYTES;
    const kind = events.getUint8(at + EVENT_KIND);
    const address = events.getUint16(at + EVENT_ADDRESS, true);
    return {
      line: events.getUint16(at + EVENT_LINE, true),
      dot: events.getUint16(at + EVENT_DOT, true),
      address,
      value: events.getUint8(at + EVENT_VALUE),
      kind,
      pc: events.getUint16(at + EVENT_PC, true),
      position: base + events.getUint32(at + EVENT_OFFSET, true),
      isOld: events.getUint8(at + EVENT_IS_OLD) === 1,
      group: groupOf(kind, address),
    };
  });
}

function isSame(a: FrameEvent, b: FrameEvent): boolean {
  return a.position === b.position && a.kind === b.kind;
}

/** The picture, darker, with a square of 3 × 3 for each event. */
function paint(
  target: PixelCanvas,
  { header, picture }: MachineSnapshot,
  events: readonly FrameEvent[],
  chosen: FrameEvent | undefined,
): void {
  const { pixels, width, height } = target;
  const colors = palettePixels();
  pixels.fill(0xff20_1c1c);
  for (let y = 0; y < PICTURE_LINES; y++) {
    for (let x = 0; x < header.width; x++) {
      const pixel = colors[picture[y * header.width + x]!]!;
      pixels[y * width + x + 1] = 0xff00_0000 | (((pixel & 0xfe_fefe) >> 1) & 0x7f7f7f);
    }
  }
  const square = (x: number, y: number, radius: number, color: number): void => {
    for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row++) {
      for (let column = Math.max(0, x - radius); column <= Math.min(width - 1, x + radius); column++)
        pixels[row * width + column] = color;
    }
  };
  if (header.isStopped) {
    const { line, dot } = header.ppu;
    for (let x = 0; x < width; x++) pixels[line * width + x] = x < dot ? 0xff00_d7ff : 0xff00_6b80;
  }
  for (const event of events) {
    if (chosen !== undefined && isSame(event, chosen)) square(event.dot, event.line, 3, 0xffff_ffff);
    const color = COLORS[event.group]!;
    square(event.dot, event.line, 1, event.isOld ? 0xff00_0000 | ((color >> 1) & 0x7f7f7f) : color);
  }
  target.paint();
}

function nearest(events: readonly FrameEvent[], dot: number, line: number): FrameEvent | undefined {
  let best: FrameEvent | undefined;
  let distance = HIT_DOTS;
  for (const event of events) {
    const away = Math.max(Math.abs(event.dot - dot), Math.abs(event.line - line));
    if (away < distance) [best, distance] = [event, away];
  }
  return best;
}

function describe({ kind, address, value, line, dot, pc, isOld }: FrameEvent): string {
  const where = `line ${line}, dot ${dot}${isOld ? ", frame before" : ""}`;
  if (kind === KIND_NMI || kind === KIND_IRQ)
    return `${kind === KIND_NMI ? "NMI" : "IRQ"} after ${hexText(pc, 4)}, ${where}`;
  const name = `${registerName(address)} ${hexText(address, 4)}`;
  const byte = hexText(value, 2);
  return `${kind === KIND_READ ? `${name} read: ${byte}` : `${name} ← ${byte}`}, by ${hexText(pc, 4)}, ${where}`;
}
