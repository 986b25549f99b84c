import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as famicomNetwork } from "./famicom-network.ts";

/** The Famicom Network System, a console of its own. `emuterm/core` and its variants leave it out. */
export const NETWORK: readonly BoardDescriptor[] = [...famicomNetwork];
