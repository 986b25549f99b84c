import { InputError } from "../../../emu/input-error.ts";
import type { RequestArguments } from "../dap/request-arguments.ts";

/** Returns the argument "space", a memory of `sizes`. Throws `InputError` if it is not one of these. */
export function memoryName<Name extends string>(
  args: RequestArguments,
  sizes: Readonly<Record<Name, number>>,
): Name {
  const space = args.text("space");
  if (Object.hasOwn(sizes, space)) return space as Name;
  const names = Object.keys(sizes).join(", ");
  throw new InputError("usage", `there is no memory ${space.slice(0, 40)}`, "space", `one of ${names}`);
}
