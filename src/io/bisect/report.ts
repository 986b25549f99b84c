import type {
  CpuDifference,
  Differences,
  DifferentAccess,
  Moment,
  PixelDifference,
  SoundDifference,
} from "./bisect.ts";
import type { BusAccess } from "./bus-tap.ts";

/** The output of `emu bisect --json`. `frame` and `cycle` are those of the very first difference. */
export function bisectJson(found: Differences): object {
  const { cpu, picture, sound, frames } = found;
  const first = [cpu, picture].filter((one) => one !== undefined).sort((a, b) => a.a.cycle - b.a.cycle)[0];
  const frame = Math.min(...[cpu, picture, sound].map((one) => one?.frame ?? Number.POSITIVE_INFINITY));
  return {
    frames,
    frame: Number.isFinite(frame) ? frame : null,
    cycle: first?.frame === frame ? first.a.cycle : null,
    cpu: cpu ?? null,
    picture: picture ?? null,
    sound: sound ?? null,
  };
}

/** The differences as text for people. */
export function bisectText(found: Differences): string {
  const { cpu, picture, sound, frames } = found;
  if (cpu === undefined && picture === undefined && sound === undefined) {
    return `no difference in ${frames} frames\n`;
  }
  const lines: string[] = [];
  if (cpu !== undefined) lines.push(...cpuLines(cpu));
  if (picture !== undefined) lines.push(...pictureLines(picture));
  if (sound !== undefined) lines.push(soundLine(sound));
  return `${lines.join("\n")}\n`;
}

function cpuLines({ frame, a, b, before }: CpuDifference): string[] {
  return [
    `CPU: first differs in frame ${frame}, cycle ${a.cycle}`,
    ...before.map((access) => `     both ${accessText(access)}`),
    `  A: ${differentText(a)}  ${momentText(a)}`,
    `  B: ${differentText(b)}  ${momentText(b)}`,
  ];
}

function differentText({ access, variable }: DifferentAccess): string {
  return `${accessText(access)}${variable === undefined ? "" : ` (${variable})`}`;
}

function pictureLines({ frame, x, y, pixels, a, b }: PixelDifference): string[] {
  const count = pixels === 1 ? "1 pixel" : `${pixels} pixels`;
  return [
    `picture: first differs in frame ${frame}, cycle ${a.cycle}: ${count}, the first at ${x},${y}`,
    `  A: colour ${hex(a.pixel, 2)}  ${momentText(a)}`,
    `  B: colour ${hex(b.pixel, 2)}  ${momentText(b)}`,
  ];
}

function soundLine({ frame, sample, a, b }: SoundDifference): string {
  return `sound: first differs in frame ${frame}, sample ${sample}: A ${a ?? "has none"}, B ${b ?? "has none"}`;
}

function accessText(access: BusAccess | undefined): string {
  if (access === undefined) return "no further access in the frame";
  const { kind, address, value } = access;
  return `${kind === "read" ? "reads " : "writes"} ${hex(address, 4)} ${hex(value, 2)}`;
}

function momentText({ cycle, line, dot, pc, a, x, y, s, p, place }: Moment): string {
  const registers = `PC:${hex(pc, 4)} A:${hex(a, 2)} X:${hex(x, 2)} Y:${hex(y, 2)} S:${hex(s, 2)} P:${hex(p, 2)}`;
  return `${registers}  line ${line}, dot ${dot}, cycle ${cycle}${place === undefined ? "" : `  ${place}`}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
