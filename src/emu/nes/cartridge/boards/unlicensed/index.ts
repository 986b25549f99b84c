import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as camerica } from "./camerica.ts";
import { BOARDS as counters } from "./counters.ts";
import { BOARDS as dance2000 } from "./dance-2000.ts";
import { BOARDS as diskConversions } from "./disk-conversions.ts";
import { BOARDS as futureMedia } from "./future-media.ts";
import { BOARDS as jyAsic } from "./jy-asic.ts";
import { BOARDS as kaiser } from "./kaiser.ts";
import { BOARDS as kaiserDiskGames } from "./kaiser-disk-games.ts";
import { BOARDS as magicCard } from "./magic-card.ts";
import { BOARDS as mapper91 } from "./mapper-91.ts";
import { BOARDS as namcoBootlegs } from "./namco-bootlegs.ts";
import { BOARDS as nanjing } from "./nanjing.ts";
import { BOARDS as nina001 } from "./nina-001.ts";
import { BOARDS as ntdec } from "./ntdec.ts";
import { BOARDS as pec9588 } from "./pec-9588.ts";
import { BOARDS as racermate } from "./racermate.ts";
import { BOARDS as rambo1 } from "./rambo-1.ts";
import { BOARDS as rt01 } from "./rt-01.ts";
import { BOARDS as sachen8259 } from "./sachen-8259.ts";
import { BOARDS as sb5013 } from "./sb-5013.ts";
import { BOARDS as shuiGuanPipe } from "./shui-guan-pipe.ts";
import { BOARDS as studyBox } from "./study-box.ts";
import { BOARDS as txc22000 } from "./txc-22000.ts";
import { BOARDS as txcJv001 } from "./txc-jv001.ts";
import { BOARDS as vrc2Counters } from "./vrc2-counters.ts";
import { BOARDS as vrc4Clones } from "./vrc4-clones.ts";
import { BOARDS as waixing } from "./waixing.ts";
import { BOARDS as whirlwindManu } from "./whirlwind-manu.ts";
import { BOARDS as yung08 } from "./yung-08.ts";

/** Boards of this family. */
export const UNLICENSED: readonly BoardDescriptor[] = [
  ...camerica,
  ...counters,
  ...dance2000,
  ...diskConversions,
  ...futureMedia,
  ...jyAsic,
  ...kaiser,
  ...kaiserDiskGames,
  ...magicCard,
  ...mapper91,
  ...namcoBootlegs,
  ...nanjing,
  ...nina001,
  ...ntdec,
  ...pec9588,
  ...racermate,
  ...rambo1,
  ...rt01,
  ...sachen8259,
  ...sb5013,
  ...shuiGuanPipe,
  ...studyBox,
  ...txc22000,
  ...txcJv001,
  ...vrc2Counters,
  ...vrc4Clones,
  ...waixing,
  ...whirlwindManu,
  ...yung08,
];
