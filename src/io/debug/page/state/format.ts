/** `$0C` with two digits, `$C123` with four. */
export function hexText(value: number, digits: number): string {
  return `$${bareHex(value, digits)}`;
}

/** `0C` with two digits. */
export function bareHex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

export function percent(part: number, whole: number): string {
  return `${whole === 0 ? "0.0" : ((100 * part) / whole).toFixed(1)} %`;
}

/** Names of the PPU's registers and of those of the APU that are not channels. */
const REGISTER_NAMES: Readonly<Record<number, string>> = {
  8192: "PPUCTRL",
  8193: "PPUMASK",
  8194: "PPUSTATUS",
  8195: "OAMADDR",
  8196: "OAMDATA",
  8197: "PPUSCROLL",
  8198: "PPUADDR",
  8199: "PPUDATA",
  16404: "OAMDMA",
  16405: "APUSTATUS",
  16406: "JOY1",
  16407: "JOY2",
};

export function registerName(address: number): string {
  return REGISTER_NAMES[address] ?? (address < 0x4018 ? "APU" : "board");
}
