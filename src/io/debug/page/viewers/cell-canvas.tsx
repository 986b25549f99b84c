import { useRef } from "preact/hooks";
import { snapshots } from "../state/model.ts";
import type { MachineSnapshot } from "../state/snapshot-format.ts";
import { useSnapshots } from "../state/snapshots.ts";
import { PixelCanvas, pointedCell } from "./painter.ts";

interface CellCanvasProps {
  readonly label: string;
  /** Size of the picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Number of cells that can be pointed at. */
  readonly columns: number;
  readonly rows: number;
  /** What the picture depends on besides the snapshots: it is drawn again when one of these has changed. */
  readonly inputs?: readonly unknown[];
  /** Draws and paints a snapshot; `video` is its PPU memory. */
  draw(target: PixelCanvas, video: Uint8Array, snapshot: MachineSnapshot): void;
  /** Called with the cell under the pointer, and with none when the pointer leaves. */
  onPoint(cell?: readonly [column: number, row: number]): void;
  onPick(column: number, row: number): void;
}

/** A picture of PPU memory in cells that tell about themselves. It keeps its shape in any panel. */
export function CellCanvas(props: CellCanvasProps) {
  const { label, width, height, columns, rows, inputs, onPoint, onPick } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<PixelCanvas | undefined>(undefined);
  const draw = (snapshot: MachineSnapshot): void => {
    if (snapshot.video === undefined) return;
    painter.current ??= new PixelCanvas(canvas.current!, width, height);
    props.draw(painter.current, snapshot.video, snapshot);
  };
  useSnapshots(snapshots, draw, inputs);
  const cellOf = (event: MouseEvent) => pointedCell(canvas.current!, event, columns, rows);
  return (
    <div class="fit">
      <canvas
        ref={canvas}
        style={{ "--ratio": width / height }}
        width={width}
        height={height}
        aria-label={label}
        onMouseMove={(event) => onPoint(cellOf(event))}
        onMouseLeave={() => onPoint()}
        onClick={(event) => onPick(...cellOf(event))}
      />
    </div>
  );
}
