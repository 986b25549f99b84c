import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The output of ca65 and ld65 2.19 for a small program, reduced to the relevant parts. */
export const DBG = readFileSync(join(import.meta.dir, "../fixtures/symbols/small.dbg"), "utf8");
/** The linker's only output file begins with the iNES header. */
export const OUTPUT = new Map([[/oname="([^"]*)"/.exec(DBG)?.[1] ?? "", -16]]);
