import { useState } from "preact/hooks";
import type { FlameNode, ProfileFacts } from "../../web/protocol.ts";
import { percent } from "../state/format.ts";
import { ask, goTo } from "../state/model.ts";

const FRAMES = [1, 10, 60, 300];
const MAX_DEPTH = 16;
/** Parts that are narrower than this share are not drawn. */
const MIN_SHARE = 0.002;

/** Where the last frames spent their time: as a table and as a flame graph. */
export function ProfilePanel() {
  const [frames, setFrames] = useState(60);
  const [facts, setFacts] = useState<ProfileFacts>();
  const [root, setRoot] = useState<FlameNode>();
  const measure = async (): Promise<void> => {
    const result = await ask<ProfileFacts>("profile", { frames });
    if (result === undefined) return;
    setFacts(result);
    setRoot(undefined);
  };
  return (
    <>
      <form
        class="head"
        onSubmit={(event) => {
          event.preventDefault();
          void measure();
        }}
      >
        <select
          aria-label="Frames to measure"
          value={String(frames)}
          onChange={(event) => setFrames(Number(event.currentTarget.value))}
        >
          {FRAMES.map((count) => (
            <option key={count} value={String(count)}>
              {count === 1 ? "last frame" : `last ${count} frames`}
            </option>
          ))}
        </select>
        <button type="submit">Measure</button>
        {root !== undefined && (
          <button type="button" onClick={() => setRoot(undefined)}>
            All
          </button>
        )}
        {facts !== undefined && <p class="details">{measured(facts)}</p>}
      </form>
      {facts === undefined && (
        <p class="details">Measure shows how much time each routine took in these frames.</p>
      )}
      {facts !== undefined && (
        <div class="profileBody">
          <div class="flame">
            <Flame node={root ?? facts.flame} whole={facts.cycles} depth={0} onChoose={setRoot} />
          </div>
          <table>
            <thead>
              <tr>
                <th>routine</th>
                <th>self</th>
                <th>with calls</th>
              </tr>
            </thead>
            <tbody>
              {facts.routines.map(({ name, self, total }) => (
                <tr key={name}>
                  <td>
                    <button type="button" class="link" onClick={() => void goTo(name)}>
                      {name}
                    </button>
                  </td>
                  <td>{percent(self, facts.cycles)}</td>
                  <td>{percent(total, facts.cycles)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function measured({ frames, cycles }: ProfileFacts): string {
  const counted = `${frames} ${frames === 1 ? "frame" : "frames"}, ${cycles.toLocaleString("en")} cycles`;
  return `${counted}. Click a bar to enlarge it.`;
}

interface FlameProps {
  readonly node: FlameNode;
  /** Cycles of the whole profile. */
  readonly whole: number;
  readonly depth: number;
  onChoose(node: FlameNode): void;
}

function Flame({ node, whole, depth, onChoose }: FlameProps) {
  const { name, cycles, children } = node;
  const shown = children.filter((child) => child.cycles / Math.max(1, cycles) >= MIN_SHARE);
  return (
    <div class="flameNode">
      <button
        type="button"
        title={`${name}: ${percent(cycles, whole)}, ${cycles.toLocaleString("en")} cycles`}
        style={{ "--hue": hueOf(name) }}
        onClick={() => onChoose(node)}
      >
        {name}
      </button>
      {depth < MAX_DEPTH && shown.length > 0 && (
        <div class="flameRow">
          {shown.map((child) => (
            <div key={child.name} style={{ width: `${(100 * child.cycles) / Math.max(1, cycles)}%` }}>
              <Flame node={child} whole={whole} depth={depth + 1} onChoose={onChoose} />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** A warm hue that is the same for the same name. */
function hueOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.charCodeAt(0)) % 997;
  return 5 + (hash % 50);
}
