/**
 * `text` from a file or an archive, made safe to print on a terminal: control and direction characters
 * become `?`, and long names lose their middle.
 */
export function printable(text: string, maxLength = 120): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal
  const safe = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "?");
  if (safe.length <= maxLength) return safe;
  const half = Math.floor((maxLength - 1) / 2);
  return `${safe.slice(0, half)}…${safe.slice(safe.length - half)}`;
}
