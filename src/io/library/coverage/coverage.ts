import type { InstructionCounts, Interest } from "../../../emu/nes/cpu/fast/interests.ts";
import { interruptedPc } from "../../../emu/nes/cpu/instruction-facts.ts";
import { isBranch } from "../../../emu/nes/cpu/opcodes.ts";
import type { Nes } from "../../../emu/nes/nes.ts";
import type { LoadedRom } from "../../files/roms/rom-file.ts";
import { NO_PRG_OFFSET } from "../../symbols/symbols.ts";
import type { InstructionSpy } from "../observer.ts";
import type { PlaceMap } from "../place-map.ts";
import { methodsThrowAtCaller } from "../throw-at-caller.ts";
import { type CoverageFiles, writeCoverage } from "./files.ts";
import type { CoveredProgram } from "./program.ts";
import { type CoverageReport, reportCoverage } from "./report.ts";

/**
 * Collects which instructions games execute. Pass it to every `load` that should count, then write the
 * report:
 *
 * ```ts
 * const coverage = new Coverage();
 * const nes = await load("game.nes", { coverage });
 * afterAll(() => coverage.write({ lcov: "coverage/lcov.info", html: "coverage/index.html" }));
 * ```
 */
export class Coverage {
  /** By the SHA-1 of PRG and CHR ROM: all games with the same ROM are added up. */
  readonly #programs = new Map<string, CoveredProgram>();

  /** Called by `load`: starts to count the instructions of `nes`. */
  observe(nes: Nes, { image }: LoadedRom, places: PlaceMap): InstructionSpy {
    let program = this.#programs.get(image.sha1);
    if (program === undefined) {
      const size = image.prgRom.length;
      const counts = {
        executed: new Uint32Array(size),
        taken: new Uint32Array(size),
        passed: new Uint32Array(size),
      };
      program = { counts, prgRom: image.prgRom, symbols: places.symbols };
      this.#programs.set(image.sha1, program);
    }
    return new CoverageSpy(nes, places, program.counts);
  }

  /**
   * Returns the covered lines, branches and routines of all observed programs. Sources are searched for below
   * `folder` (the working folder by default) and by their full paths. Missing sources, such as a compiler's
   * own library, are omitted.
   */
  report(folder = process.cwd()): CoverageReport {
    return reportCoverage([...this.#programs.values()], folder);
  }

  /** Writes the report as lcov, as a page, or both. */
  async write(files: CoverageFiles, folder = process.cwd()): Promise<CoverageReport> {
    const report = this.report(folder);
    await writeCoverage(report, files);
    return report;
  }
}

methodsThrowAtCaller(Coverage);

/** Counts the instructions of one machine. */
export class CoverageSpy implements InstructionSpy {
  readonly #nes: Nes;
  readonly #places: PlaceMap;
  readonly #counts: InstructionCounts;
  readonly interests: readonly Interest[];

  constructor(nes: Nes, places: PlaceMap, counts: InstructionCounts) {
    this.#nes = nes;
    this.#places = places;
    this.#counts = counts;
    // Every instruction is counted, and none must be seen.
    this.interests = [{ counts }];
  }

  before(pc: number): void {
    const offset = this.#places.prgOffsetAt(pc);
    if (offset !== NO_PRG_OFFSET) this.#counts.executed[offset]!++;
  }

  after(pc: number, opcode: number, _stackBefore: number, interrupted: boolean): void {
    if (!isBranch(opcode)) return;
    const offset = this.#places.prgOffsetAt(pc);
    if (offset === NO_PRG_OFFSET) return;
    const { cpu } = this.#nes;
    const next = interrupted ? interruptedPc(cpu) : cpu.pc;
    if (next === ((pc + 2) & 0xffff)) this.#counts.passed[offset]!++;
    else this.#counts.taken[offset]!++;
  }
}
