import { InputError } from "../../../input-error.ts";
import type { Board, BoardClass, BoardParts } from "../board.ts";
import type { CartridgeImage } from "../image.ts";
import type { BoardChips } from "../memory.ts";
import { Nrom } from "./000-nrom.ts";
import { Mmc1, Mmc1A } from "./001-mmc1.ts";
import { Uxrom } from "./002-uxrom.ts";
import { Cnrom } from "./003-cnrom.ts";
import { TxRom } from "./004-mmc3.ts";
import { Mmc6 } from "./004-mmc6.ts";
import { Axrom } from "./007-axrom.ts";
import { Action53 } from "./action-53.ts";
import { BandaiFcg } from "./bandai-fcg.ts";
import { Bf909x, Bf9096 } from "./camerica.ts";
import { DiskConversion42, N32, Ntdec2722 } from "./disk-conversions.ts";
import { Fds } from "./fds.ts";
import { Gtrom } from "./gtrom.ts";
import { IremG101, IremH3001 } from "./irem.ts";
import { Jf17, Jf19 } from "./jaleco-jf17.ts";
import { JalecoSs88006 } from "./jaleco-ss88006.ts";
import { KaraokeStudio } from "./karaoke-studio.ts";
import { Vrc1 } from "./konami-vrc1.ts";
import { Vrc2And4 } from "./konami-vrc2-4.ts";
import { Vrc3 } from "./konami-vrc3.ts";
import { Vrc6 } from "./konami-vrc6.ts";
import { Vrc7 } from "./konami-vrc7.ts";
import {
  Contra100In1,
  Multicart58,
  Multicart61,
  Multicart62,
  Multicart200,
  Multicart201,
  Multicart202,
  Multicart227,
  Multicart229,
  Multicart231,
  Waixing242,
} from "./latches-address.ts";
import {
  Bandai70,
  Bandai152,
  Bnrom,
  Cnrom185,
  Cprom,
  Gxrom,
  IremLrog017,
  IremTamS1,
  Jaleco78,
  Jaleco86,
  Jaleco87,
  Jaleco101,
  Jaleco140,
  Sunsoft89,
  Sunsoft93,
  Sunsoft184,
  Un1rom,
  Unrom180,
} from "./latches-licensed.ts";
import {
  BitCorp38,
  Bxrom241,
  CAndE240,
  ColorDreams,
  DeathRace,
  Henggedianzi177,
  Hes113,
  Magicseries107,
  Multicart203,
  Nina03,
  RetCufrom,
  Sachen133,
  Sachen145,
  Sachen148,
  Sachen149,
  Subor39,
} from "./latches-unlicensed.ts";
import { MagicFloor } from "./magic-floor.ts";
import { Mapper91 } from "./mapper-91.ts";
import { McAcc } from "./mc-acc.ts";
import { Mmc2, Mmc4 } from "./mmc2-mmc4.ts";
import { MarioParty7In1, Sl5020b, SuperBig7In1, SuperHik4In1 } from "./mmc3-multicarts.ts";
import {
  Jc016,
  Mmc3ChrRam,
  Mmc3Scrambled,
  NesQj,
  Nitra,
  PalZz,
  Txc189,
  Txsrom,
  Waixing245,
} from "./mmc3-variants.ts";
import { Mmc5 } from "./mmc5.ts";
import { ActionEnterprises, FongShenBang, Maxi15, Multicart225, Multicart226 } from "./multicarts.ts";
import { Namco108, Namcot3425, Namcot3433, Namcot3446, Namcot3453 } from "./namco-108.ts";
import { Namco163, Namco175And340 } from "./namco-163.ts";
import { Nanjing } from "./nanjing.ts";
import { NesEvent } from "./nes-event.ts";
import { Nina001 } from "./nina-001.ts";
import { Nsf31 } from "./nsf-31.ts";
import { NtdecAsder, NtdecTc112 } from "./ntdec.ts";
import { OekaKids } from "./oeka-kids.ts";
import { Rambo1, Tengen800037 } from "./rambo-1.ts";
import { Rumblestation } from "./rumblestation.ts";
import { Sunsoft3, Sunsoft4 } from "./sunsoft.ts";
import { Fme7 } from "./sunsoft-fme7.ts";
import { TaitoTc0190, TaitoTc0690, TaitoX1005, TaitoX1017 } from "./taito.ts";
import { Txc22000 } from "./txc-22000.ts";
import { Unrom512 } from "./unrom-512.ts";
import { VsSystem } from "./vs-system.ts";

/** A board for a mapper number, or one for each submapper; `other` serves those that are not named. */
type Entry = BoardClass | { readonly other: BoardClass; readonly [submapper: number]: BoardClass };

/** Every supported mapper number and the board that answers to it. */
const BOARDS: Readonly<Record<number, Entry>> = {
  0: Nrom,
  1: Mmc1,
  2: Uxrom,
  3: Cnrom,
  4: { other: TxRom, 1: Mmc6, 3: McAcc },
  5: Mmc5,
  7: Axrom,
  9: Mmc2,
  10: Mmc4,
  11: ColorDreams,
  12: Sl5020b,
  13: Cprom,
  15: Contra100In1,
  16: BandaiFcg,
  18: JalecoSs88006,
  19: Namco163,
  20: Fds,
  21: Vrc2And4,
  22: Vrc2And4,
  23: Vrc2And4,
  24: Vrc6,
  25: Vrc2And4,
  26: Vrc6,
  27: Vrc2And4,
  28: Action53,
  29: RetCufrom,
  30: Unrom512,
  31: Nsf31,
  32: IremG101,
  33: TaitoTc0190,
  34: { other: Bnrom, 1: Nina001 },
  36: Txc22000,
  37: PalZz,
  38: BitCorp38,
  39: Subor39,
  40: Ntdec2722,
  42: DiskConversion42,
  44: SuperBig7In1,
  46: Rumblestation,
  47: NesQj,
  48: TaitoTc0690,
  49: SuperHik4In1,
  50: N32,
  52: MarioParty7In1,
  58: Multicart58,
  61: Multicart61,
  62: Multicart62,
  64: Rambo1,
  65: IremH3001,
  66: Gxrom,
  67: Sunsoft3,
  68: Sunsoft4,
  69: Fme7,
  70: Bandai70,
  71: Bf909x,
  72: Jf17,
  73: Vrc3,
  74: Mmc3ChrRam,
  75: Vrc1,
  76: Namcot3446,
  77: IremLrog017,
  78: Jaleco78,
  79: Nina03,
  80: TaitoX1005,
  82: TaitoX1017,
  85: Vrc7,
  86: Jaleco86,
  87: Jaleco87,
  88: Namcot3433,
  89: Sunsoft89,
  91: Mapper91,
  92: Jf19,
  93: Sunsoft93,
  94: Un1rom,
  95: Namcot3425,
  96: OekaKids,
  97: IremTamS1,
  99: VsSystem,
  101: Jaleco101,
  105: NesEvent,
  107: Magicseries107,
  111: Gtrom,
  112: NtdecAsder,
  113: Hes113,
  114: Mmc3Scrambled,
  115: Mmc3Scrambled,
  118: Txsrom,
  119: Mmc3ChrRam,
  133: Sachen133,
  140: Jaleco140,
  144: DeathRace,
  145: Sachen145,
  146: Nina03,
  148: Sachen148,
  149: Sachen149,
  151: Vrc1,
  152: Bandai152,
  153: BandaiFcg,
  154: Namcot3453,
  155: Mmc1A,
  157: BandaiFcg,
  158: Tengen800037,
  159: BandaiFcg,
  163: Nanjing,
  177: Henggedianzi177,
  180: Unrom180,
  182: Mmc3Scrambled,
  184: Sunsoft184,
  185: Cnrom185,
  188: KaraokeStudio,
  189: Txc189,
  191: Mmc3ChrRam,
  192: Mmc3ChrRam,
  193: NtdecTc112,
  194: Mmc3ChrRam,
  195: Mmc3ChrRam,
  200: Multicart200,
  201: Multicart201,
  202: Multicart202,
  203: Multicart203,
  205: Jc016,
  206: Namco108,
  207: TaitoX1005,
  210: Namco175And340,
  218: MagicFloor,
  225: Multicart225,
  226: Multicart226,
  227: Multicart227,
  228: ActionEnterprises,
  229: Multicart229,
  231: Multicart231,
  232: Bf9096,
  234: Maxi15,
  240: CAndE240,
  241: Bxrom241,
  242: Waixing242,
  245: Waixing245,
  246: FongShenBang,
  250: Nitra,
  255: Multicart225,
};

/** Builds the board of an image. Throws `InputError` ("data") naming a mapper that is not supported. */
export function createBoard(parts: BoardParts): Board {
  return new (boardClass(parts.image))(parts);
}

/** The chips that the image's board has beyond its header: for `CartridgeMemory`. Throws as `createBoard`. */
export function boardChips(image: CartridgeImage): BoardChips {
  return boardClass(image).chips(image);
}

/** Mapper numbers that `createBoard` knows. */
export function supportedMappers(): number[] {
  return Object.keys(BOARDS).map(Number);
}

function boardClass(image: CartridgeImage): BoardClass {
  const entry = BOARDS[image.mapper];
  if (entry === undefined) {
    const name = image.submapper === 0 ? `${image.mapper}` : `${image.mapper} submapper ${image.submapper}`;
    throw new InputError(
      "data",
      `mapper ${name} is not supported`,
      "header",
      "emu info --boards lists what is",
    );
  }
  if (typeof entry === "function") return entry;
  // Submapper 0 of 34 says which board only by CHR: BNROM has no banks of it.
  if (image.mapper === 34 && image.submapper === 0 && image.chrRom.length > 8192) return entry[1];
  return entry[image.submapper] ?? entry.other;
}
