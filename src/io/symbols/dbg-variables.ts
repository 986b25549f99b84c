import { type DbgRecord, type DbgRecords, id, number, textOf } from "./dbg-records.ts";
import type { CVariable } from "./symbols.ts";

/** Variables of C functions. Their types are not read: cc65 writes "no type" for all of them. */
export function readVariables(
  records: DbgRecords,
  scopes: ReadonlyMap<number, { readonly name: string }>,
): CVariable[] {
  const symbols = new Map((records.get("sym") ?? []).map((record) => [id(record), record]));
  const functions = new Set([...scopes.values()].map((scope) => scope.name));
  const variables: CVariable[] = [];
  for (const record of records.get("csym") ?? []) {
    const name = textOf(record, "name");
    const scope = scopes.get(number(record, "scope"));
    const storageClass = textOf(record, "sc");
    const base = { name, routine: scope?.name ?? "", address: 0, offset: 0 };
    const offset = record.values.has("offs") ? number(record, "offs") : 0;
    if (storageClass === "auto") variables.push({ ...base, storage: "stack", offset });
    else if (storageClass === "reg") variables.push({ ...base, storage: "register", offset });
    else {
      const symbol = record.values.has("sym") ? symbols.get(number(record, "sym")) : undefined;
      const address = symbol === undefined ? undefined : addressOf(symbol, symbols);
      if (address === undefined || functions.has(`_${name}`)) continue;
      variables.push({ ...base, storage: "memory", address });
    }
  }
  return variables;
}

/** The value of a symbol; of an import, that of what it imports. */
function addressOf(record: DbgRecord, symbols: ReadonlyMap<number, DbgRecord>): number | undefined {
  const exported = record.values.has("exp") ? symbols.get(number(record, "exp")) : undefined;
  const holder = record.values.has("val") ? record : exported;
  return holder?.values.has("val") === true ? number(holder, "val") : undefined;
}
