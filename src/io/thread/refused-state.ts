import { InputError } from "../../emu/input-error.ts";

/** A machine that cannot save its state at this moment, though it has states. */
export class RefusedState extends InputError {
  constructor() {
    super("unavailable", "the core cannot save a state at this moment", "", "try again a moment later");
  }
}

export function isRefusedState(error: unknown): boolean {
  return error instanceof RefusedState;
}
