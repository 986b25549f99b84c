import { KIB } from "../../units.ts";
import type { CartridgeImage } from "./image.ts";

/** Fields of a header that the database can correct. */
export type Corrections = Partial<
  Pick<
    CartridgeImage,
    | "mapper"
    | "submapper"
    | "mirroring"
    | "battery"
    | "region"
    | "console"
    | "prgRamBytes"
    | "prgNvramBytes"
    | "chrRamBytes"
  >
>;

/** Games on one kind of board, and the facts that all of them share. */
export interface GameGroup {
  /** Why headers are wrong, or cannot describe the board. */
  readonly why: string;
  readonly is: Corrections;
  /** The games' names by the CRC-32 of PRG ROM followed by CHR ROM, eight lower-case hex digits. */
  readonly games: Readonly<Record<string, string>>;
}

/**
 * Games whose iNES headers are often wrong, or cannot express a needed fact, and that `emuterm/core` corrects
 * too. database-more-games.ts and dump-facts.ts have what only the commands know. Sources are the boards that
 * the games were sold on (https://nescartdb.com, https://www.nesdev.org/wiki/NES_2.0_submappers and the pages
 * of the mappers). Checksums are of the released ROMs. Ordered by mapper number.
 */
export const KNOWN_GAMES: readonly GameGroup[] = [
  {
    why: "on NROM",
    is: { mapper: 0, mirroring: "horizontal" },
    games: {
      "43d30c2f": "Ms. Pac-Man (USA, Tengen)",
      e492d45a: "Zippy Race (Japan)",
      fcdaca80: "Elevator Action",
      c4c3949a: "Mario Bros.",
    },
  },
  {
    why: "on NROM",
    is: { mapper: 0, mirroring: "vertical" },
    games: { "24598791": "Duck Hunt", "49aeb3a6": "Excitebike (Japan, USA)" },
  },
  {
    why: "which has a battery",
    is: { battery: true },
    games: {
      "3fe272fb": "The Legend of Zelda (USA)",
      eaf7ed72: "The Legend of Zelda (USA, Rev A)",
      "3b3f88f0": "Dragon Warrior (USA)",
      "2545214c": "Dragon Warrior (USA, Rev A)",
      "8c5a784e": "Dragon Warrior II (USA)",
      a86a5318: "Dragon Warrior III (USA)",
      "506e259d": "Dragon Warrior IV (USA)",
      cebd2a31: "Final Fantasy (USA)",
      "45f03d2e": "Faria (USA)",
      b17574f3: "AD&D Heroes of the Lance (USA)",
      "5de61639": "AD&D Hillsfar (USA)",
      "25952141": "AD&D Pool of Radiance (USA)",
      "1335cb05": "Crystalis (USA)",
      e1383deb: "Mouryou Senki Madara (Japan)",
    },
  },
  {
    why: "on SOROM: 8 KiB of plain and 8 KiB of battery RAM",
    is: { mapper: 1, battery: true, prgRamBytes: 8 * KIB, prgNvramBytes: 8 * KIB },
    games: {
      c6182024: "Romance of the Three Kingdoms (USA)",
      "2225c20f": "Genghis Khan (USA)",
      "4642dda6": "Nobunaga's Ambition (USA)",
      "2b11e0b0": "Nobunaga no Yabou - Zenkoku Ban (Japan)",
      fb69743a: "Aoki Ookami to Shiroki Mejika - Genghis Khan (Japan)",
    },
  },
  {
    why: "on SXROM with 32 KiB of battery RAM",
    is: { mapper: 1, battery: true, prgRamBytes: 0, prgNvramBytes: 32 * KIB },
    games: {
      b8747abf: "Best Play Pro Yakyuu Special (Japan)",
      c3de7c69: "Best Play Pro Yakyuu Special (Japan, Rev A)",
      c9556b36: "Final Fantasy I, II (Japan)",
    },
  },
  {
    why: "on UNROM",
    is: { mapper: 2, mirroring: "horizontal" },
    games: { "9ea1dc76": "Rainbow Islands (USA)", "6d65cac6": "Terra Cresta (USA)" },
  },
  {
    why: "on UNROM",
    is: { mapper: 2, mirroring: "vertical" },
    games: { e1b260da: "Argos no Senshi (Japan)" },
  },
  {
    why: "on CNROM",
    is: { mapper: 3, mirroring: "vertical" },
    games: {
      "9bde3267": "Adventures of Dino Riki (USA)",
      b5d28ea2: "Mystery Quest (USA)",
      bc065fc3: "Pipe Dream (USA)",
    },
  },
  { why: "on CNROM", is: { mapper: 3 }, games: { "02cc3973": "Ninja Kid (USA)" } },
  {
    why: "on CNROM with bus conflicts that the game relies on",
    is: { mapper: 3, submapper: 2 },
    games: { ac8dcdea: "Cybernoid (USA)" },
  },
  {
    why: "on HKROM: an MMC6 with 1 KiB of battery RAM inside",
    is: { mapper: 4, submapper: 1, battery: true, prgRamBytes: 0, prgNvramBytes: KIB },
    games: {
      "889129cb": "StarTropics (USA)",
      "998422fc": "StarTropics (Europe)",
      d054ffb0: "Zoda's Revenge - StarTropics II (USA)",
    },
  },
  {
    why: "on Acclaim's MC-ACC, whose counter is clocked by the other edge of A12",
    is: { mapper: 4, submapper: 3 },
    games: {
      a80a0f01: "The Incredible Crash Dummies (USA)",
      "982dfb38": "Mickey's Safari in Letterland (USA)",
    },
  },
  {
    why: "which has no PRG RAM and reads open bus there",
    is: { mapper: 4, prgRamBytes: 0, prgNvramBytes: 0 },
    games: { "93991433": "Low G Man (USA)" },
  },
  {
    why: "on TVROM with four screens",
    is: { mapper: 4, mirroring: "four-screen" },
    games: { "404b2e8b": "Rad Racer II (USA)" },
  },
  {
    why: "on PNROM",
    is: { mapper: 9 },
    games: { be939fce: "Punch-Out!! (USA)", "84382231": "Punch-Out!! (Japan)" },
  },
  {
    why: "on CPROM with 16 KiB of CHR RAM",
    is: { mapper: 13, mirroring: "vertical", chrRamBytes: 16 * KIB },
    games: { "5e66eaea": "Videomation (USA)" },
  },
  {
    why: "on an FCG-1 or FCG-2, whose registers are at $6000",
    is: { mapper: 16, submapper: 4, prgRamBytes: 0, prgNvramBytes: 0 },
    games: {
      "33b899c9": "Dragon Ball - Daimaou Fukkatsu (Japan)",
      "6e68e31a": "Dragon Ball 3 - Gokuu Den (Japan)",
      d343c66a: "Famicom Jump - Eiyuu Retsuden (Japan)",
    },
  },
  {
    why: "on a VRC4c with battery RAM",
    is: { mapper: 21, battery: true },
    games: { "286fcd20": "Ganbare Goemon Gaiden 2 (Japan)" },
  },
  {
    why: "on a VRC2b, which has no interrupt",
    is: { mapper: 23, submapper: 3 },
    games: { b27b8cf4: "Contra (Japan)", "8a96e00d": "Wai Wai World (Japan)" },
  },
  {
    why: "on a G-101 that is wired for one screen and no PRG mode",
    is: { mapper: 32, submapper: 1, mirroring: "single-0" },
    games: { "243a8735": "Major League (Japan)" },
  },
  { why: "on a G-101", is: { mapper: 32 }, games: { "283ad224": "Ai Sensei no Oshiete (Japan)" } },
  {
    why: "on BNROM",
    is: { mapper: 34 },
    games: { c2730c30: "Deadly Towers (USA)", a21e675c: "Mashou (Japan)" },
  },
  {
    why: "on GNROM",
    is: { mapper: 66, mirroring: "vertical" },
    games: {
      "811f06d9": "Dragon Power (USA)",
      d26efd78: "Super Mario Bros. + Duck Hunt (USA)",
    },
  },
  {
    why: "on a BF9097, which switches one screen",
    is: { mapper: 71, submapper: 1, mirroring: "single-0" },
    games: { "1bc686a8": "Fire Hawk (USA)" },
  },
  {
    why: "on JF-16, which switches one screen",
    is: { mapper: 78, submapper: 1, mirroring: "single-0" },
    games: { "3d1c3137": "Uchuusen Cosmo Carrier (Japan)" },
  },
  {
    why: "on Irem's 74161/32, which switches between horizontal and vertical mirroring",
    is: { mapper: 78, submapper: 3, mirroring: "horizontal" },
    games: { ba51ac6f: "Holy Diver (Japan)" },
  },
  { why: "on NAMCOT-3433", is: { mapper: 88 }, games: { d2699893: "Dragon Spirit (Japan)" } },
  { why: "on a Sunsoft-2", is: { mapper: 89 }, games: { bb7c5f7a: "Mito Koumon (Japan)" } },
  { why: "on a Sunsoft-2", is: { mapper: 93 }, games: { "10119e6b": "Fantasy Zone (Japan)" } },
  {
    why: "on TKSROM or TLSROM",
    is: { mapper: 118 },
    games: {
      "90c773c1": "Goal! Two (USA)",
      b9b4d9e0: "NES Play Action Football (USA)",
      "78b657ac": "Armadillo (Japan)",
      "37b62d04": "Ys III (Japan)",
      "07d92c31": "RPG Jinsei Game (Japan)",
    },
  },
  {
    why: "which switches one screen with bit 7",
    is: { mapper: 152 },
    games: {
      bda8f8e4: "Gegege no Kitarou 2 (Japan)",
      "026c5fca": "Saint Seiya - Ougon Densetsu (Japan)",
      "0f141525": "Arkanoid II (Japan)",
      b1a94b82: "Pocket Zaurus (Japan)",
    },
  },
  {
    why: "on an LZ93D50 with 8 KiB of battery RAM",
    is: { mapper: 153, battery: true, prgRamBytes: 0, prgNvramBytes: 8 * KIB },
    games: { "3f15d20d": "Famicom Jump II (Japan)" },
  },
  {
    why: "on an LZ93D50 with a 24C01",
    is: { mapper: 159, battery: true, prgRamBytes: 0, prgNvramBytes: 128 },
    games: {
      "183859d2": "Dragon Ball Z - Kyoushuu! Saiya Jin (Japan)",
      "0cf42e69": "Magical Taruruuto-kun (Japan)",
      "276ac722": "SD Gundam Gaiden - Knight Gundam Monogatari (Japan, Rev A)",
      b7f28915: "Magical Taruruuto-kun 2 (Japan)",
      dcb972ce: "Magical Taruruuto-kun (Japan, Rev A)",
      e170404c: "SD Gundam Gaiden - Knight Gundam Monogatari (Japan)",
    },
  },
  {
    why: "on UNROM with the first bank fixed",
    is: { mapper: 180 },
    games: { c68363f6: "Crazy Climber (Japan)" },
  },
  {
    why: "on a Namco 108 with mirroring that is soldered",
    is: { mapper: 206, mirroring: "vertical" },
    games: {
      "22d6d5bd": "Jikuu Yuuden Debias (Japan)",
      "2a01f9d1": "Wagyan Land (Japan)",
      "4f2f1846": "Famista '89 (Japan)",
      "96dfc776": "R.B.I. Baseball 2 (USA)",
      "9d21fe96": "Lupin Sansei - Pandora no Isan (Japan)",
      fd63e7ac: "R.B.I. Baseball 3 (USA)",
      a5e6baf9: "Dragon Slayer IV - Drasle Family (Japan)",
      e40b4973: "Metro-Cross (Japan)",
      ae321339: "Pro Yakyuu Family Stadium '88 (Japan)",
      e1526228: "The Quest of Ki (Japan)",
    },
  },
  {
    why: "on a Namco 108 with mirroring that is soldered",
    is: { mapper: 206, mirroring: "horizontal" },
    games: { "276237b3": "Karnov (Japan)", "4e1c1e3c": "Karnov (USA)" },
  },
  {
    why: "on a Namco 108 clone with four screens",
    is: { mapper: 206, mirroring: "four-screen" },
    games: { ec968c51: "Gauntlet (USA)", cd50a092: "Gauntlet (USA, unlicensed)" },
  },
  {
    why: "on an X1-005 whose CHR registers drive the nametables",
    is: { mapper: 207 },
    games: { "7678f1d5": "Fudou Myouou Den (Japan)" },
  },
  {
    why: "on the Aladdin Deck Enhancer, whose blocks have another order",
    is: { mapper: 232, submapper: 1 },
    games: { "62ef6c79": "Quattro Sports (USA, Aladdin Deck Enhancer)" },
  },
];
