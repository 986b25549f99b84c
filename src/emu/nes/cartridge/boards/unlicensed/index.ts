import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as camerica } from "./camerica.ts";
import { BOARDS as diskConversions } from "./disk-conversions.ts";
import { BOARDS as mapper91 } from "./mapper-91.ts";
import { BOARDS as nanjing } from "./nanjing.ts";
import { BOARDS as nina001 } from "./nina-001.ts";
import { BOARDS as ntdec } from "./ntdec.ts";
import { BOARDS as rambo1 } from "./rambo-1.ts";
import { BOARDS as txc22000 } from "./txc-22000.ts";

/** Boards of this family. */
export const UNLICENSED: readonly BoardDescriptor[] = [
  ...camerica,
  ...diskConversions,
  ...mapper91,
  ...nanjing,
  ...nina001,
  ...ntdec,
  ...rambo1,
  ...txc22000,
];
