/**
 * Compares the async runtime with Bun and Node, with every comparison interleaved in one run, and checks its
 * requirements:
 *
 *   bun bench/runtime.ts [files|degraded|mixed|post|accept|echo …] [--rounds N] [--json]
 */
import { parseArgs } from "node:util";
import { echo } from "./runtime/echo.ts";
import { degraded, files, mixed } from "./runtime/files.ts";
import type { Bar, Section } from "./runtime/measure.ts";
import { accept, post } from "./runtime/waits.ts";

const SECTIONS: Record<string, (rounds: number) => Promise<Section>> = {
  files,
  degraded,
  mixed,
  post,
  accept,
  echo,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "100" }, json: { type: "boolean", default: false } },
});
const results: Record<string, Section> = {};
const bars: Bar[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(SECTIONS)) {
  const section = await SECTIONS[name]?.(Number(values.rounds));
  if (section === undefined) throw new Error(`no section ${name}`);
  results[name] = section;
  bars.push(...section.bars);
  if (!values.json) console.table(section.rows);
}
if (values.json) console.log(JSON.stringify(results));
else console.table(bars);
process.exit(0);
