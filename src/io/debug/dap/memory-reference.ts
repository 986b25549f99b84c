import { InputError } from "../../../emu/input-error.ts";
import type { Nes } from "../../../emu/nes/nes.ts";

const SPACES = ["cpu", "ppu", "oam", "prg", "chr"] as const;
export type ReferencedSpace = (typeof SPACES)[number];

/** A byte of a memory, in the form that clients use: `0x0300` in the CPU's memory, `ppu:0x2000` in others. */
export interface MemoryReference {
  readonly space: ReferencedSpace;
  readonly address: number;
}

/** Throws `InputError` ("usage") for anything else. */
export function parseReference(text: string): MemoryReference {
  const match = /^(?:(cpu|ppu|oam|prg|chr):)?(?:0x|\$)?([0-9a-f]{1,8})$/i.exec(text.trim());
  if (match === null) {
    throw new InputError(
      "usage",
      `memory reference ${text.slice(0, 40)}`,
      "",
      "such as 0x0300 or ppu:0x2000",
    );
  }
  const space = (match[1]?.toLowerCase() ?? "cpu") as ReferencedSpace;
  return { space, address: Number.parseInt(match[2]!, 16) };
}

export function referenceText(address: number, space: ReferencedSpace = "cpu"): string {
  const digits = `0x${address.toString(16).padStart(4, "0")}`;
  return space === "cpu" ? digits : `${space}:${digits}`;
}

/** Size of a memory in bytes. */
export function spaceBytes({ memory }: Nes, space: ReferencedSpace): number {
  return { cpu: 0x10000, ppu: 0x4000, oam: 0x100, prg: memory.prgRom.bytes, chr: memory.chr.bytes }[space];
}
