import { z } from "zod";
import { InputError } from "../../../emu/input-error.ts";
import { hex } from "../../library/place-map.ts";
import { NO_PRG_OFFSET } from "../../symbols/symbols.ts";
import { answer, placeText, situation } from "../answer.ts";
import { disassemble } from "../disassembler.ts";
import type { McpSession } from "../session.ts";
import { addressOrSymbol, addTool, place, type Toolbox } from "./tool.ts";

const MAX_LINES = 200;
const MAX_TRACE = 500;
const MAX_FRAMES = 3600;
const MAX_SYMBOLS = 100;
const PAGE_BYTES = 0x100;

/** Adds tools that show the program. */
export function addDebugTools(box: Toolbox): void {
  addDisassemble(box);
  addTrace(box);
  addProfile(box);
  addSymbols(box);
}

function registersText(session: McpSession): string {
  const registers = Object.entries(session.game.machine.registers());
  return registers.map(([name, value]) => `${name}=${name === "cycle" ? value : hex(value, 2)}`).join(" ");
}

function addDisassemble(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "disassemble",
    {
      title: "Disassemble",
      description:
        "Instructions as text, with names and source lines; registers and the call stack. By default from the next one.",
      readOnly: true,
      input: { place: place.optional(), count: z.int().min(1).max(MAX_LINES).default(16) },
    },
    async ({ place: given, count }) => {
      const { game } = session;
      let address = given === undefined ? game.pc : game.places.resolve(addressOrSymbol(given)).address;
      const lines: string[] = [];
      for (let i = 0; i < count; i++) {
        const line = disassemble(game, address);
        lines.push(line.text);
        address = (address + line.lengthBytes) & 0xffff;
      }
      return answer({ registers: registersText(session), callers: game.callers, lines });
    },
  );
}

function addTrace(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "trace",
    {
      title: "Step and trace",
      description: "Execute instructions one by one, and list them with the registers before each.",
      input: { instructions: z.int().min(1).max(MAX_TRACE).default(20) },
    },
    async ({ instructions }) => {
      const { game } = session;
      const mask = game.machine.latchedButtons >>> 0;
      const lines: string[] = [];
      const note = (): void => {
        lines.push(`${disassemble(game, game.pc).text}   ${registersText(session)}`);
      };
      note();
      const afterInstruction = (): string | undefined => {
        if (lines.length === instructions) return "done";
        note();
        return undefined;
      };
      // A frame has fewer than 30,000 instructions; a jammed CPU executes none.
      await session.run(mask, 2, { afterInstruction });
      return answer({ ...situation(session), lines });
    },
  );
}

function addProfile(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "profile",
    {
      title: "Profile and coverage",
      description:
        "Run frames on a second machine, with the buttons that are held now, and count what is executed: the busiest places, " +
        "and how much of the ROM was executed. The game itself does not move.",
      readOnly: true,
      input: { frames: z.int().min(1).max(MAX_FRAMES).default(60), top: z.int().min(1).max(100).default(20) },
    },
    async ({ frames, top }) => {
      session.requireFrameEnd();
      const twin = session.twin();
      twin.load(session.game.save());
      const size = twin.rom.image.prgRom.length;
      const cycles = new Float64Array(size);
      let elsewhere = 0;
      let before = 0;
      let at = NO_PRG_OFFSET;
      twin.spy({
        before: (pc) => {
          before = twin.cycles;
          at = twin.places.prgOffsetAt(pc);
        },
        after: () => {
          if (at === NO_PRG_OFFSET) elsewhere += twin.cycles - before;
          else cycles[at]! += twin.cycles - before;
        },
      });
      const mask = session.game.machine.latchedButtons >>> 0;
      for (let frame = 0; frame < frames; frame++) {
        twin.step(mask, 1);
        await new Promise(setImmediate);
      }
      return answer({ frames, ...busiest(session, cycles, elsewhere, top) });
    },
  );
}

/** Cycles by symbol, or by page of the ROM where there are no symbols. */
function busiest(session: McpSession, cycles: Float64Array, elsewhere: number, top: number) {
  const { symbols } = session.game;
  const sums = new Map<string, number>();
  let executed = 0;
  for (let offset = 0; offset < cycles.length; offset++) {
    const spent = cycles[offset]!;
    if (spent === 0) continue;
    executed++;
    const name = symbols.nameOf(-1, offset)?.replace(/\+\d+$/, "");
    const place = name ?? `PRG ${hex(offset - (offset % PAGE_BYTES), 5)}`;
    sums.set(place, (sums.get(place) ?? 0) + spent);
  }
  if (elsewhere > 0) sums.set("outside of ROM", elsewhere);
  const total = [...sums.values()].reduce((sum, spent) => sum + spent, 0);
  const share = (spent: number) => `${((100 * spent) / Math.max(1, total)).toFixed(1)} %`;
  const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, top);
  return {
    executedInstructions: `${executed} places of ${cycles.length} bytes of PRG ROM`,
    busiest: Object.fromEntries(sorted.map(([name, spent]) => [name, share(spent)])),
  };
}

function addSymbols(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "symbols",
    {
      title: "Find symbols",
      description: "Find symbols of the game by a part of their name, or the name of an address.",
      readOnly: true,
      input: { query: z.string().max(200).default(""), address: place.optional() },
    },
    async ({ query, address }) => {
      const { symbols } = session.game;
      if (address !== undefined) {
        const resolved = session.game.places.resolve(addressOrSymbol(address));
        return answer({ place: placeText(session, resolved.address) });
      }
      if (symbols.symbols.length === 0)
        throw new InputError(
          "missing",
          "the game has no symbols",
          "",
          "build it with debug info (ld65 --dbgfile), and keep the file beside the ROM",
        );
      const fitting = symbols.symbols.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
      const listed = fitting
        .slice(0, MAX_SYMBOLS)
        .map(({ name, address: at }) => [name, at < 0 ? "in a bank" : hex(at, 4)]);
      return answer({ found: fitting.length, symbols: Object.fromEntries(listed) });
    },
  );
}
