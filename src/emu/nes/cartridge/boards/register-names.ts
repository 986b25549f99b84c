import type { RegisterNames } from "../register-names.ts";
import { FCG_REGISTERS } from "./bandai/fcg.ts";
import { ACTION53_REGISTERS } from "./homebrew/action-53.ts";
import { GTROM_REGISTERS } from "./homebrew/gtrom.ts";
import { UNROM512_REGISTERS } from "./homebrew/unrom-512.ts";
import { G101_REGISTERS, H3001_REGISTERS } from "./irem/g101-h3001.ts";
import { JF17_REGISTERS } from "./jaleco/jf17-jf19.ts";
import { SS88006_REGISTERS } from "./jaleco/ss88006.ts";
import { VRC1_REGISTERS } from "./konami/vrc1.ts";
import { VRC4_REGISTERS } from "./konami/vrc2-vrc4.ts";
import { VRC3_REGISTERS } from "./konami/vrc3.ts";
import { VRC6_REGISTERS } from "./konami/vrc6.ts";
import { VRC7_REGISTERS } from "./konami/vrc7.ts";
import { NAMCO108_REGISTERS } from "./namco/namco-108.ts";
import { NAMCO163_REGISTERS, NAMCO175_REGISTERS } from "./namco/namco-163.ts";
import { FDS_REGISTERS } from "./nintendo/fds.ts";
import { MMC1_REGISTERS } from "./nintendo/mmc1.ts";
import { MMC2_REGISTERS } from "./nintendo/mmc2-mmc4.ts";
import { MMC3_REGISTERS } from "./nintendo/mmc3.ts";
import { MMC5_REGISTERS } from "./nintendo/mmc5.ts";
import { NES_EVENT_REGISTERS } from "./nintendo/nes-event.ts";
import { LATCH_REGISTERS } from "./parts/latch.ts";
import { VRC_IRQ_REGISTERS } from "./parts/vrc-irq.ts";
import { FME7_REGISTERS } from "./sunsoft/fme7.ts";
import { SUNSOFT3_REGISTERS, SUNSOFT4_REGISTERS } from "./sunsoft/sunsoft-3-4.ts";
import { TC0190_REGISTERS, TC0690_REGISTERS, X1_005_REGISTERS } from "./taito/taito.ts";
import { X1_017_REGISTERS } from "./taito/x1-017.ts";
import { BF909X_REGISTERS } from "./unlicensed/camerica.ts";
import { JY_REGISTERS } from "./unlicensed/jy-asic.ts";
import { RAMBO1_REGISTERS } from "./unlicensed/rambo-1.ts";

/** The names of the registers of all boards that have some, for debuggers. */
export const REGISTER_NAMES: readonly RegisterNames[] = [
  MMC1_REGISTERS,
  MMC2_REGISTERS,
  MMC3_REGISTERS,
  MMC5_REGISTERS,
  NES_EVENT_REGISTERS,
  FDS_REGISTERS,
  VRC1_REGISTERS,
  VRC4_REGISTERS,
  VRC3_REGISTERS,
  VRC6_REGISTERS,
  VRC7_REGISTERS,
  VRC_IRQ_REGISTERS,
  LATCH_REGISTERS,
  FME7_REGISTERS,
  SUNSOFT3_REGISTERS,
  SUNSOFT4_REGISTERS,
  NAMCO163_REGISTERS,
  NAMCO175_REGISTERS,
  NAMCO108_REGISTERS,
  FCG_REGISTERS,
  G101_REGISTERS,
  H3001_REGISTERS,
  SS88006_REGISTERS,
  JF17_REGISTERS,
  TC0190_REGISTERS,
  TC0690_REGISTERS,
  X1_005_REGISTERS,
  X1_017_REGISTERS,
  ACTION53_REGISTERS,
  GTROM_REGISTERS,
  UNROM512_REGISTERS,
  BF909X_REGISTERS,
  RAMBO1_REGISTERS,
  JY_REGISTERS,
];
