import { InputError } from "../../../emu/input-error.ts";
import type { CartridgeImage } from "../../../emu/nes/cartridge/image.ts";
import { findSymbolFiles, loadSymbols } from "../../symbols/symbol-files.ts";
import { NO_ADDRESS, type Symbols } from "../../symbols/symbols.ts";
import type { TestSpec } from "../types.ts";
import type { Expectation, MemoryRule, Rules, SymbolPlace } from "./types.ts";

/** A test with all names replaced by addresses, and what was skipped in its symbol files. */
export interface ResolvedTest {
  readonly spec: TestSpec;
  readonly warnings: readonly string[];
}

/**
 * Resolves all symbol names in the expectations of a test. Throws `InputError` ("data") with the place in the
 * manifest for unknown names, and for symbol files that cannot be read.
 */
export async function resolveSymbols(spec: TestSpec, image: CartridgeImage): Promise<ResolvedTest> {
  const { expect = [] } = spec;
  const rules = expect.flatMap(({ rules, when }) => [rules, ...(when === undefined ? [] : [when])]);
  const isUsed = rules.some(({ memory }) => memory.some(({ symbol }) => symbol !== undefined));
  if (!isUsed) return { spec, warnings: [] };
  const files = spec.symbolFiles ?? (await findSymbolFiles(spec.romFile));
  const symbols = await loadSymbols(files, image);
  const resolved = expect.map((one): Expectation => {
    const when = one.when === undefined ? {} : { when: resolveRules(one.when, symbols, files) };
    return { ...one, rules: resolveRules(one.rules, symbols, files), ...when };
  });
  return { spec: { ...spec, expect: resolved }, warnings: symbols.warnings };
}

function resolveRules(rules: Rules, symbols: Symbols, files: readonly string[]): Rules {
  const memory = rules.memory.map((rule): MemoryRule => {
    return rule.symbol === undefined ? rule : { ...rule, address: addressOf(rule.symbol, symbols, files) };
  });
  return { ...rules, memory };
}

function addressOf({ name, offset, where }: SymbolPlace, symbols: Symbols, files: readonly string[]): number {
  const found = symbols.find(name);
  const [symbol] = found;
  if (found.length === 1 && symbol !== undefined && symbol.address !== NO_ADDRESS) {
    return (symbol.address + offset) & 0xffff;
  }
  if (files.length === 0) {
    const what = `"${name}" is not an address, and there are no symbols`;
    throw new InputError("data", what, where, 'name a symbol file with "symbols", or give the address');
  }
  if (symbol === undefined) {
    const near = symbols.suggest(name);
    const hint = near.length === 0 ? "" : `: did you mean ${near.join(", ")}?`;
    throw new InputError("data", `there is no symbol "${name}"${hint}`, where);
  }
  const what = found.length > 1 ? `"${name}" is ${found.length} symbols` : `"${name}" has no address in RAM`;
  throw new InputError("data", what, where, "name its scope or module, as in module:name");
}
