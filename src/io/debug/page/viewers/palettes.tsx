import { useState } from "preact/hooks";
import { bareHex, hexText } from "../state/format.ts";
import { ask, snapshots } from "../state/model.ts";
import { useSnapshots } from "../state/snapshots.ts";
import { cssColor } from "./painter.ts";

const COLORS = 64;
const ROWS = ["Background", "Sprites"] as const;

/** The 32 entries of palette memory. An entry that is clicked gets a colour of the list below. */
export function Palettes() {
  const [entries, setEntries] = useState<readonly number[]>([]);
  const [chosen, setChosen] = useState<number>();
  useSnapshots(snapshots, ({ video }) => {
    if (video === undefined) return;
    const next = [...video.subarray(0x3f00, 0x3f20)].map((entry) => entry & 0x3f);
    setEntries((before) => (before.join() === next.join() ? before : next));
  });
  return (
    <div class="swatches">
      {ROWS.map((name, row) => (
        <div class="group" key={name}>
          <span>{name}</span>
          <div class="row">
            {entries.slice(16 * row, 16 * row + 16).map((color, index) => {
              const entry = 16 * row + index;
              return (
                <button
                  key={entry}
                  type="button"
                  class="swatch"
                  aria-pressed={entry === chosen}
                  style={{ background: cssColor(color) }}
                  title={`${hexText(0x3f00 + entry, 4)}: ${hexText(color, 2)}`}
                  aria-label={`Entry ${hexText(0x3f00 + entry, 4)}, colour ${hexText(color, 2)}`}
                  onClick={() => setChosen(entry === chosen ? undefined : entry)}
                >
                  {bareHex(color, 2)}
                </button>
              );
            })}
          </div>
        </div>
      ))}
      {chosen !== undefined && (
        <div class="group">
          <span>New colour of {hexText(0x3f00 + chosen, 4)}</span>
          <div class="row colors">
            {Array.from({ length: COLORS }, (_, color) => (
              <button
                key={bareHex(color, 2)}
                type="button"
                class="swatch"
                aria-pressed={entries[chosen] === color}
                style={{ background: cssColor(color) }}
                aria-label={`Colour ${hexText(color, 2)}`}
                title={hexText(color, 2)}
                onClick={() => void ask("write", { space: "palette", address: chosen, bytes: [color] })}
              />
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
