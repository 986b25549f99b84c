/** Lists why tests were skipped: the conditions beside them in their sources. */

const CONDITION = /\.(skipIf|if|todoIf)\(/;

/**
 * The condition that skips the test at `line` (from 1) of a source: that of the test itself, or of the
 * conditional group around it. Undefined if there is none, as for `test.skip`.
 */
export function skipCondition(source: string, line: number): string | undefined {
  const lines = source.split("\n");
  // Bun reports the line of the name, which follows a condition that ends its line.
  const own = conditionAt(lines, line - 1) ?? conditionAbove(lines, line - 1);
  if (own !== undefined || /\.(skip|todo)\(/.test(lines[line - 1] ?? "")) return own;
  let indent = indentOf(lines[line - 1] ?? "");
  for (let at = line - 2; at >= 0; at--) {
    const text = lines[at]!;
    if (text.trim() === "" || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    if (/\bdescribe\.(skipIf|if)\(/.test(text)) return conditionAt(lines, at);
  }
  return undefined;
}

/** The condition of a call whose name is on the line `at`. */
function conditionAbove(lines: readonly string[], at: number): string | undefined {
  return lines[at - 1]?.endsWith(")(") ? conditionAt(lines, at - 1) : undefined;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** The text between the parentheses of `skipIf(…)` in a line. */
function conditionAt(lines: readonly string[], at: number): string | undefined {
  const text = lines[at] ?? "";
  const match = CONDITION.exec(text);
  if (match === null) return undefined;
  const start = match.index + match[0].length;
  let depth = 1;
  let end = start;
  for (; end < text.length && depth > 0; end++) {
    if (text[end] === "(") depth++;
    else if (text[end] === ")") depth--;
  }
  const condition = text.slice(start, depth === 0 ? end - 1 : end);
  return match[1] === "if" ? `not ${condition}` : condition;
}
