import { KIB } from "../../emu/units.ts";

/** Peers that have not sent the token after this time are disconnected. */
export const STRANGER_MS = 10_000;
/** Limit on a message before the token is checked: enough for a token, and little memory for a stranger. */
export const STRANGER_BYTES = 4 * KIB;
