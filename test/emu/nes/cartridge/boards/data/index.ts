import type { BoardCase } from "../board-case.ts";
import { ARCADE_AND_COMPUTERS } from "./arcade-and-computers.ts";
import { BANDAI } from "./bandai.ts";
import { BLAZEPRO } from "./blazepro.ts";
import { BLOCK_3D_BOARDS } from "./block-3d.ts";
import { BOOTLEGS } from "./bootlegs.ts";
import { COOLGIRL_BOARDS } from "./coolgirl.ts";
import { DISK_GAMES } from "./disk-games.ts";
import { FLASH_BOARDS } from "./flash-boards.ts";
import { HOMEBREW_BOARDS } from "./homebrew.ts";
import { JAPAN } from "./japan.ts";
import { JY_BOARDS } from "./jy.ts";
import { KONAMI } from "./konami.ts";
import { LATCH_MULTICARTS } from "./latch-multicarts.ts";
import { LATCHES } from "./latches.ts";
import { LOCKED_MULTICARTS } from "./locked-multicarts.ts";
import { LOCKING_REGISTERS } from "./locking-registers.ts";
import { MAGIC_CARDS } from "./magic-card.ts";
import { MMC3_VARIANTS } from "./mmc3.ts";
import { MMC3_CLONES } from "./mmc3-clones.ts";
import { MMC3_MULTICARTS } from "./mmc3-multicarts.ts";
import { MMC3_NROM_MULTICARTS } from "./mmc3-nrom-multicarts.ts";
import { MMC3_REGISTERS } from "./mmc3-registers.ts";
import { MODE_LATCHES } from "./mode-latches.ts";
import { NEW_MULTICARTS } from "./new-multicarts.ts";
import { NINTENDO } from "./nintendo.ts";
import { NROM_MULTICARTS } from "./nrom-multicarts.ts";
import { NROM_REGISTERS } from "./nrom-registers.ts";
import { OTHERS } from "./others.ts";
import { PEC_COMPUTERS } from "./pec-computers.ts";
import { PLAIN_REGISTERS } from "./plain-registers.ts";
import { RAINBOW_BOARDS } from "./rainbow.ts";
import { RARE_HARDWARE } from "./rare-hardware.ts";
import { SACHEN } from "./sachen.ts";
import { SINGLE_BOARDS } from "./single-boards.ts";
import { SINGLE_GAMES } from "./single-games.ts";
import { SIZED_BLOCKS } from "./sized-blocks.ts";
import { SMD172B_FPGA } from "./smd172b-fpga.ts";
import { SWITCHED_BOARDS } from "./switched-boards.ts";
import { UNIF_BOARDS } from "./unif-boards.ts";
import { UNIF_MULTICARTS } from "./unif-multicarts.ts";
import { UNLICENSED_BOARDS } from "./unlicensed.ts";
import { UNNUMBERED } from "./unnumbered.ts";

/** Every case of every board. */
export const CASES: readonly BoardCase[] = [
  ...MODE_LATCHES,
  ...NEW_MULTICARTS,
  ...NINTENDO,
  ...LATCHES,
  ...KONAMI,
  ...MMC3_VARIANTS,
  ...MAGIC_CARDS,
  ...MMC3_CLONES,
  ...MMC3_MULTICARTS,
  ...MMC3_NROM_MULTICARTS,
  ...MMC3_REGISTERS,
  ...BLAZEPRO,
  ...ARCADE_AND_COMPUTERS,
  ...BLOCK_3D_BOARDS,
  ...BOOTLEGS,
  ...COOLGIRL_BOARDS,
  ...SMD172B_FPGA,
  ...FLASH_BOARDS,
  ...HOMEBREW_BOARDS,
  ...JAPAN,
  ...BANDAI,
  ...NROM_REGISTERS,
  ...OTHERS,
  ...PEC_COMPUTERS,
  ...PLAIN_REGISTERS,
  ...LOCKING_REGISTERS,
  ...JY_BOARDS,
  ...NROM_MULTICARTS,
  ...LATCH_MULTICARTS,
  ...RAINBOW_BOARDS,
  ...RARE_HARDWARE,
  ...SACHEN,
  ...SINGLE_BOARDS,
  ...SINGLE_GAMES,
  ...DISK_GAMES,
  ...LOCKED_MULTICARTS,
  ...SIZED_BLOCKS,
  ...SWITCHED_BOARDS,
  ...UNIF_BOARDS,
  ...UNIF_MULTICARTS,
  ...UNLICENSED_BOARDS,
  ...UNNUMBERED,
];
