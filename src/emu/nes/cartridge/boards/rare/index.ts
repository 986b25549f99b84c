import type { BoardDescriptor } from "../../descriptor.ts";
import { BOARDS as a12Falls } from "./a12-falls.ts";
import { BOARDS as batmapSrr } from "./batmap-srr.ts";
import { BOARDS as blazePro } from "./blazepro.ts";
import { BOARDS as blazeProCpld } from "./blazepro-cpld.ts";
import { BOARDS as block3d } from "./block-3d.ts";
import { BOARDS as campusChallenge } from "./campus-challenge.ts";
import { BOARDS as coolgirl } from "./coolgirl.ts";
import { BOARDS as coolXLite } from "./coolx-lite.ts";
import { BOARDS as cycleCounters } from "./cycle-counters.ts";
import { BOARDS as dataLatches } from "./data-latches.ts";
import { BOARDS as eh8813a } from "./eh8813a.ts";
import { BOARDS as famicomBox } from "./famicom-box.ts";
import { BOARDS as flashMmc3 } from "./flash-mmc3.ts";
import { BOARDS as gameDoctor } from "./game-doctor.ts";
import { BOARDS as karaoke } from "./karaoke.ts";
import { BOARDS as keyboardComputers } from "./keyboard-computers.ts";
import { BOARDS as konamiQt } from "./konami-qt.ts";
import { BOARDS as ks7021a } from "./ks-7021a.ts";
import { BOARDS as latchedNrom } from "./latched-nrom.ts";
import { BOARDS as lockingLatches } from "./locking-latches.ts";
import { BOARDS as mmc3AddressRegisters } from "./mmc3-address-registers.ts";
import { BOARDS as mmc3DataRegisters } from "./mmc3-data-registers.ts";
import { BOARDS as movedRegisters } from "./moved-registers.ts";
import { BOARDS as n32Multicart } from "./n32-multicart.ts";
import { BOARDS as outerMmc1 } from "./outer-mmc1.ts";
import { BOARDS as outerRegisters } from "./outer-registers.ts";
import { BOARDS as pecComputers } from "./pec-computers.ts";
import { BOARDS as plainRegisters } from "./plain-registers.ts";
import { BOARDS as savingBoards } from "./saving-boards.ts";
import { BOARDS as smallBoards } from "./small-boards.ts";
import { BOARDS as smd172bFpga } from "./smd172b-fpga.ts";
import { BOARDS as superGameMega } from "./super-game-mega.ts";
import { BOARDS as switchedChips } from "./switched-chips.ts";
import { BOARDS as switchedMulticarts } from "./switched-multicarts.ts";
import { BOARDS as talkman } from "./talkman.ts";
import { BOARDS as tileBanks } from "./tile-banks.ts";
import { BOARDS as unnumbered } from "./unnumbered.ts";
import { BOARDS as vrcBootlegs } from "./vrc-bootlegs.ts";
import { BOARDS as vrcMulticarts } from "./vrc-multicarts.ts";
import { BOARDS as vrc4Bootlegs } from "./vrc4-bootlegs.ts";

/**
 * Multicarts, conversions and bootlegs that few emulators have, because only one or a few images of each are
 * known: numbers above 405, 124, 351, 355, 365, 369 and 394; and boards without a number. COOLGIRL (342) is
 * here for its size. `emuterm/core` leaves them out; `emuterm/core/full` has them. No other folder has boards
 * of the same numbers: an image of a board that is left out would run on another one.
 */
export const RARE: readonly BoardDescriptor[] = [
  ...a12Falls,
  ...batmapSrr,
  ...blazePro,
  ...blazeProCpld,
  ...block3d,
  ...campusChallenge,
  ...coolgirl,
  ...coolXLite,
  ...cycleCounters,
  ...dataLatches,
  ...eh8813a,
  ...famicomBox,
  ...flashMmc3,
  ...gameDoctor,
  ...karaoke,
  ...keyboardComputers,
  ...konamiQt,
  ...ks7021a,
  ...latchedNrom,
  ...lockingLatches,
  ...mmc3AddressRegisters,
  ...mmc3DataRegisters,
  ...movedRegisters,
  ...n32Multicart,
  ...outerMmc1,
  ...outerRegisters,
  ...pecComputers,
  ...plainRegisters,
  ...savingBoards,
  ...smallBoards,
  ...smd172bFpga,
  ...superGameMega,
  ...switchedChips,
  ...switchedMulticarts,
  ...talkman,
  ...tileBanks,
  ...unnumbered,
  ...vrcBootlegs,
  ...vrcMulticarts,
  ...vrc4Bootlegs,
];
