import { JSR, OPCODES } from "../../emu/nes/cpu/opcodes.ts";
import { DebugSession, type SessionEvents } from "./session.ts";
import type { DebugTarget, LoadedTarget } from "./target.ts";

const STACK_PAGE = 0x100;
const ROM_START = 0x8000;
/** Offset of the return address that JSR pushes, which is that of its last byte. */
const RETURN_OFFSET = 2;

/** A session of a rebuilt ROM. */
export interface Reloaded {
  readonly session: DebugSession;
  /** The reason why the game was restarted; undefined if its state was kept. */
  readonly restarted: string | undefined;
}

/** A word to write to the machine: an address on the stack, or PC. */
interface Move {
  readonly stack: number | undefined;
  readonly to: number;
}

/**
 * Starts a session of a rebuilt ROM. It keeps the state of the game if only code has changed: the cartridge
 * has the same board and memories, no variable has moved, and each running routine has the same instructions
 * up to the current one. PC and the return addresses on the stack are moved with their routines. The history
 * starts again, because the old one belongs to the old program.
 */
export function reload(old: DebugSession, target: DebugTarget, events: SessionEvents): Reloaded {
  old.view.leave();
  const session = new DebugSession(target, events);
  const moves = moveCode(old, session.target);
  const restarted = difference(old.target, session.target) ?? (typeof moves === "string" ? moves : undefined);
  if (restarted !== undefined || typeof moves === "string") return { session, restarted };
  const state = new Uint8Array(old.nes.stateBytes);
  old.nes.save(state);
  session.edit(() => {
    const { nes, probe } = session;
    nes.restore(state);
    for (const { stack, to } of moves) {
      if (stack === undefined) nes.cpu.pc = to;
      else {
        nes.poke("cpu", stack, to & 0xff);
        nes.poke("cpu", stack + 1, to >> 8);
      }
    }
    probe.calls.restore(old.probe.calls.save());
    probe.marks.restore(old.probe.marks.save());
  });
  session.hold(old.timeline.held);
  return { session, restarted: undefined };
}

function difference(before: LoadedTarget, after: LoadedTarget): string | undefined {
  const [a, b] = [before.rom.image, after.rom.image];
  if (a.mapper !== b.mapper || a.submapper !== b.submapper || a.mirroring !== b.mirroring) {
    return "the cartridge has another board";
  }
  if (before.nes.stateBytes !== after.nes.stateBytes || a.prgRom.length !== b.prgRom.length) {
    return "the memories of the cartridge have other sizes";
  }
  const moved = after.symbols.symbols.find(({ name, module, address, isLabel, prgOffset }) => {
    if (!isLabel || prgOffset >= 0 || address >= ROM_START) return false;
    const [known, more] = before.symbols.find(module === "" ? name : `${module}:${name}`);
    return known !== undefined && more === undefined && known.address !== address;
  });
  return moved === undefined ? undefined : `the variable ${moved.name} has moved`;
}

/** The new values of PC and of the return addresses, or the reason why they are unknown. */
function moveCode({ target, nes, probe }: DebugSession, after: LoadedTarget): readonly Move[] | string {
  const moves: Move[] = [];
  const place = (address: number, stack: number | undefined, plus: number): string | undefined => {
    const to = movedAddress(target, after, address);
    // A return address must still follow a JSR.
    const isLost = plus > 0 && to !== undefined && after.nes.peek("cpu", to) !== JSR;
    if (to === undefined || isLost) return `the code has changed before ${target.places.describe(address)}`;
    moves.push({ stack, to: to + plus });
    return undefined;
  };
  const failure = place(nes.cpu.pc, undefined, 0);
  if (failure !== undefined) return failure;
  for (let index = 0; ; index++) {
    const call = probe.calls.call(index);
    if (call === undefined) return moves;
    const isCall = call.kind === "call" && nes.peek("cpu", call.site) === JSR;
    const plus = isCall ? RETURN_OFFSET : 0;
    // JSR pushes two bytes. Interrupts push three, P last, so the return address is above it.
    const stack = STACK_PAGE | ((call.stack - 1) & 0xff);
    const problem = place(call.site, stack, plus);
    if (problem !== undefined) return problem;
  }
}

/**
 * The address of the instruction at `address` in the new program; undefined if its routine differs up to
 * there.
 */
function movedAddress(before: LoadedTarget, after: LoadedTarget, address: number): number | undefined {
  const offset = before.places.prgOffsetAt(address);
  if (offset < 0) return address;
  const label = before.symbols.nameOf(address, offset)?.replace(/\+\d+$/, "");
  const [from] = label === undefined ? [] : before.symbols.find(label);
  const [to, more] = label === undefined ? [] : after.symbols.find(label);
  const [old, now] = [before.rom.image.prgRom, after.rom.image.prgRom];
  if (from === undefined || from.prgOffset < 0) return old[offset] === now[offset] ? address : undefined;
  if (to === undefined || more !== undefined || to.prgOffset < 0) return undefined;
  let at = 0;
  // Operands may differ, because code and data have moved; the instructions must be the same.
  for (; from.prgOffset + at < offset; at += OPCODES[old[from.prgOffset + at]!]!.lengthBytes) {
    if (old[from.prgOffset + at] !== now[to.prgOffset + at]) return undefined;
  }
  return (address + (to.prgOffset - from.prgOffset)) & 0xffff;
}
