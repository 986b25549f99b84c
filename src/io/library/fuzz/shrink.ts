/** Buttons held for some frames. */
export interface Hold {
  readonly mask: number;
  readonly frames: number;
}

/**
 * Makes a failing script as small as `budget` trials allow: fewer holds, fewer buttons, less time. `fails`
 * returns true if a script still fails. The result fails too and, if the budget was enough, no single step
 * makes it smaller.
 */
export function shrinkScript(
  script: readonly Hold[],
  fails: (script: readonly Hold[]) => boolean,
  budget: number,
): readonly Hold[] {
  let best = merged(script);
  let left = budget;
  const attempt = (candidate: readonly Hold[]): boolean => {
    if (left <= 0) return false;
    left--;
    const smaller = merged(candidate);
    if (!fails(smaller)) return false;
    best = smaller;
    return true;
  };
  const attemptSmaller = (candidates: readonly (readonly Hold[])[]): boolean =>
    candidates.some((candidate) => size(merged(candidate)) < size(best) && attempt(candidate));
  for (let before = -1; before !== size(best) && left > 0; ) {
    before = size(best);
    // Remove large parts first, in halves, quarters and so on, since most holds do not matter.
    for (let count = best.length >> 1; count >= 1; count >>= 1) {
      for (let at = 0; at + count <= best.length; ) {
        const without = [...best.slice(0, at), ...best.slice(at + count)];
        const silent = best.map((hold, i) => (i >= at && i < at + count ? { ...hold, mask: 0 } : hold));
        if (!attempt(without) && !(size(silent) < size(best) && attempt(silent))) at += count;
      }
    }
    for (let at = 0; at < best.length; at++) {
      for (let bit = 0; bit < 32; bit++) {
        const hold = best[at];
        if (hold === undefined || ((hold.mask >>> bit) & 1) === 0) continue;
        attempt(best.with(at, { ...hold, mask: (hold.mask & ~(1 << bit)) >>> 0 }));
      }
      for (let hold = best[at]; hold !== undefined && hold.frames > 1; hold = best[at]) {
        const isShorter =
          attempt(best.with(at, { ...hold, frames: hold.frames >> 1 })) ||
          attempt(best.with(at, { ...hold, frames: hold.frames - 1 }));
        if (!isShorter) break;
      }
      while (attemptSmaller(pressedLess(best, at))) {}
    }
  }
  return best;
}

/** The script with hold `at` pressed later or released earlier, by half of its time and by a frame. */
function pressedLess(script: readonly Hold[], at: number): Hold[][] {
  const hold = script[at];
  if (hold === undefined || hold.mask === 0) return [];
  const { mask, frames } = hold;
  return [frames >> 1, 1].flatMap((silent) => {
    if (silent === 0 || silent >= frames) return [];
    const [silence, rest] = [
      { mask: 0, frames: silent },
      { mask, frames: frames - silent },
    ];
    return [script.toSpliced(at, 1, silence, rest), script.toSpliced(at, 1, rest, silence)];
  });
}

/** Presses, the frames of presses, and frames, which every step must reduce. */
function size(script: readonly Hold[]): number {
  return script.reduce((sum, { mask, frames }) => sum + frames + 1 + popCount(mask) * (1000 + 2 * frames), 0);
}

/** Merges neighbours with the same buttons, and drops a hold without buttons at the end. */
function merged(script: readonly Hold[]): Hold[] {
  const result: Hold[] = [];
  for (const hold of script) {
    const last = result.at(-1);
    if (hold.frames === 0) continue;
    if (last !== undefined && last.mask === hold.mask) {
      result[result.length - 1] = { mask: hold.mask, frames: last.frames + hold.frames };
    } else result.push(hold);
  }
  return result;
}

function popCount(mask: number): number {
  let count = 0;
  for (let left = mask >>> 0; left !== 0; left &= left - 1) count++;
  return count;
}
