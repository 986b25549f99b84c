import type { DipSwitch } from "../../machine.ts";
import type { RgbPpu } from "../revisions.ts";

/** Copy protection on the game's board. https://www.nesdev.org/wiki/NES_2.0#Vs._System_Type */
export type VsProtection = "none" | "rbi-baseball" | "tko-boxing" | "super-xevious" | "ice-climber";

/** Facts about a game for the VS. System. */
export interface VsGame {
  readonly title: string;
  readonly ppu: RgbPpu;
  readonly dips: readonly DipSwitch[];
  readonly defaultDips?: number;
  readonly protection?: VsProtection;
  readonly isDual?: boolean;
  readonly usesLeftStick?: boolean;
  readonly hasGun?: boolean;
}

/**
 * Masks have switch 1 in bit 0; switch 1 of the sub side of a DualSystem is bit 8. `choices` lists labels
 * and hexadecimal values: "3=00 4=10". Labels have "_" for a space.
 */
function dip(name: string, mask: number, choices: string): DipSwitch {
  const list = choices.split(/\s+/).map((choice) => {
    const [label = "", value = "0"] = choice.split("=");
    return { label: label.replace(/_/g, " "), value: Number.parseInt(value, 16) };
  });
  return { name, mask, choices: list };
}

/** Prices as coins:credits. */
const NINTENDO_COINS = dip("coins", 0x07, "1:1=0 1:2=4 1:3=2 1:4=6 2:1=1 3:1=5 4:1=3 free=7");
const KONAMI_COINS = dip("coins", 0x07, "1:1=0 1:2=4 1:3=2 2:1=6 3:1=1 4:1=5 5:1=3 free=7");
const NAMCO_COINS = dip("coins", 0x03, "1:1=0 1:2=1 2:1=2 3:1=3");
const DEMO_SOUNDS = dip("demo-sounds", 0x80, "on=80 off=0");
const KONAMI_BONUS = dip("bonus", 0x30, "100k=0 200k=20 300k=10 400k=30");
const DUAL_SERVICE = dip("service-mode", 0x0100, "off=0 on=100");
const DUAL_COINS = dip("coins", 0x0600, "1:1=0 1:2=400 2:1=200 free=600");
const DUAL_DEMO_SOUNDS = dip("demo-sounds", 0x8000, "on=8000 off=0");
const RBI_DIPS = [
  NAMCO_COINS,
  dip("innings-and-minutes", 0x0c, "3_2_6=0 2_1_3=4 4_3_7=8 2_2_4=c"),
  dip("demo-sounds", 0x10, "on=0 off=10"),
];
const TKO_DIPS = [NAMCO_COINS, dip("difficulty", 0x0c, "easy=0 normal=4 hard=8 hardest=c")];
const XEVIOUS_DIPS = [dip("coins", 0x30, "1:1=0 1:2=10 2:1=20 3:1=30")];
const GUN_LEVEL = dip("difficulty", 0x18, "easy=0 normal=8 hard=10 hardest=18");
const GUN_MISSES = dip("misses", 0x20, "3=0 5=20");
const GUN_BONUS = dip("bonus", 0xc0, "30000=0 50000=40 80000=80 100000=c0");

/**
 * The games by the CRC-32 of PRG and CHR ROM. iNES 1.0 headers do not contain the PPU or the cabinet, and no
 * header contains the meaning of the DIP switches. The facts are from MAME's and FCEUX's lists of games.
 */
const GAMES: Readonly<Record<string, VsGame>> = {
  // In DualSystem games the switches of the main side mostly set the game, those of the sub side the prices.
  "44691677": {
    title: "VS. Baseball",
    ppu: "2C04-0001",
    isDual: true,
    defaultDips: 0x80aa,
    dips: [
      dip("player-defense", 0x03, "weak=0 normal=2 medium=1 strong=3"),
      dip("player-offense", 0x0c, "weak=0 normal=8 medium=4 strong=c"),
      dip("computer-defense", 0x30, "weak=0 normal=20 medium=10 strong=30"),
      dip("computer-offense", 0xc0, "weak=0 normal=80 medium=40 strong=c0"),
      DUAL_SERVICE,
      DUAL_COINS,
      dip("starting-points", 0x3800, "80=0 100=2000 150=1000 200=3000 250=800 300=2800 350=1800 400=3800"),
      dip("bonus-play", 0x4000, "on=0 off=4000"),
      DUAL_DEMO_SOUNDS,
    ],
  },
  "9213a19e": {
    title: "VS. Balloon Fight",
    ppu: "2C04-0003",
    isDual: true,
    defaultDips: 0x4800,
    dips: [
      NINTENDO_COINS,
      dip("service-mode", 0x80, "off=0 on=80"),
      dip("lives", 0x0300, "3=0 4=200 5=100 6=300"),
      dip("difficulty", 0x0c00, "easy=0 normal=800 medium=400 hard=c00"),
      dip("enemies-return", 0x1000, "seldom=0 often=1000"),
      dip("bonus", 0x6000, "10000=0 20000=4000 40000=2000 none=6000"),
    ],
  },
  d46b8c5f: {
    title: "VS. Tennis",
    ppu: "2C03",
    isDual: true,
    defaultDips: 0x8800,
    dips: [
      dip("difficulty-against-computer", 0x03, "easy=0 normal=2 medium=1 hard=3"),
      dip("difficulty-against-player", 0x0c, "easy=0 normal=8 medium=4 hard=c"),
      dip("racket", 0x10, "large=0 small=10"),
      dip("extra-score", 0x20, "1_set=0 1_game=20"),
      dip("court", 0x40, "green=0 blue=40"),
      dip("copyright", 0x80, "japan=0 usa=80"),
      DUAL_SERVICE,
      DUAL_COINS,
      dip("credits", 0x1800, "1/1/2/2=0 1/2/2/2=1000 1/1/2/4=800 1/2/2/4=1800"),
      dip("rackets", 0x6000, "2=6000 3=0 4=4000 5=2000"),
      DUAL_DEMO_SOUNDS,
    ],
  },
  "12b36f73": {
    title: "VS. Wrecking Crew",
    ppu: "2C04-0002",
    isDual: true,
    defaultDips: 0x09f8,
    dips: [
      dip("lives", 0x03, "3=0 4=2 5=1 6=3"),
      dip("first-bonus", 0x1c, "20000=0 30000=10 40000=8 50000=18 70000=4 80000=14 100000=c none=1c"),
      dip("more-bonuses", 0xe0, "20000=0 30000=80 40000=40 50000=c0 70000=20 80000=60 100000=a0 none=e0"),
      dip("coins", 0x0700, "1:1=100 1:2=600 1:3=200 1:4=400 2:1=500 3:1=300 4:1=700 free=0"),
      dip("difficulty", 0x1800, "easy=0 normal=800 medium=1000 hard=1800"),
      dip("copyright", 0x2000, "japan=0 usa=2000"),
    ],
  },
  "99fb3b3b": {
    title: "VS. Raid on Bungeling Bay",
    ppu: "2C04-0002",
    isDual: true,
    protection: "ice-climber",
    dips: [],
  },
  "01357944": {
    title: "VS. Battle City",
    ppu: "2C04-0001",
    dips: [
      dip("credits-per-coin", 0x01, "1=0 2=1"),
      dip("lives", 0x02, "3=0 5=2"),
      dip("demo-sounds", 0x04, "on=0 off=4"),
    ],
  },
  "52c501d0": {
    title: "VS. T.K.O. Boxing",
    ppu: "2C04-0003",
    protection: "tko-boxing",
    usesLeftStick: true,
    dips: TKO_DIPS,
  },
  "12012cd9": {
    title: "VS. Super Xevious",
    ppu: "2C04-0001",
    protection: "super-xevious",
    dips: XEVIOUS_DIPS,
  },
  ffbef374: {
    title: "VS. Castlevania",
    ppu: "2C04-0002",
    dips: [
      KONAMI_COINS,
      dip("lives", 0x08, "3=0 2=8"),
      KONAMI_BONUS,
      dip("difficulty", 0x40, "normal=0 hard=40"),
    ],
  },
  "07138c06": {
    title: "VS. Clu Clu Land",
    ppu: "2C04-0004",
    usesLeftStick: true,
    dips: [NINTENDO_COINS, dip("lives", 0x60, "3=0 4=40 5=20 2=60")],
  },
  d5d7eac4: {
    title: "VS. Dr. Mario",
    ppu: "2C04-0003",
    usesLeftStick: true,
    dips: [
      dip("speed-up-after", 0x03, "7_pills=0 8_pills=1 9_pills=2 10_pills=3"),
      dip("virus-level", 0x0c, "1=0 3=4 5=8 7=c"),
      dip("speed", 0x30, "slow=0 medium=10 fast=20 fastest=30"),
      dip("free-play", 0x40, "off=0 on=40"),
      dip("demo-sounds", 0x80, "on=0 off=80"),
    ],
  },
  ed588f00: {
    title: "VS. Duck Hunt",
    ppu: "2C03",
    hasGun: true,
    dips: [KONAMI_COINS, dip("difficulty", 0x18, "easy=0 normal=8 medium=10 hard=18"), GUN_MISSES, GUN_BONUS],
  },
  ...same(["e4407db3", "cbe85490", "29155e0c"], {
    title: "VS. Excitebike",
    ppu: "2C04-0003",
    dips: [
      NINTENDO_COINS,
      dip("bonus-bike", 0x18, "100k_and_every_50k=0 100k=8 every_100k=10 none=18"),
      dip("first-qualifying-time", 0x20, "easy=0 hard=20"),
      dip("second-qualifying-time", 0x40, "easy=0 hard=40"),
    ],
  }),
  "17ae56be": {
    title: "VS. Freedom Force",
    ppu: "2C04-0001",
    hasGun: true,
    dips: [
      KONAMI_COINS,
      dip("health-at", 0x18, "20k_60k=0 20k_60k_and_every_60k=8 10k_50k=10 10k_50k_and_every_50k=18"),
      dip("damage", 0x60, "normal=0 hard=20 easy=40 hardest=60"),
      dip("enemies", 0x80, "hard=0 normal=80"),
    ],
  },
  "1e438d52": {
    title: "VS. The Goonies",
    ppu: "2C04-0003",
    dips: [
      KONAMI_COINS,
      dip("lives", 0x08, "4=0 3=8"),
      dip("bonus", 0x30, "40000=0 50000=20 60000=10 70000=30"),
      dip("timer", 0x40, "slow=0 fast=40"),
      DEMO_SOUNDS,
    ],
  },
  d99a2087: {
    title: "VS. Gradius",
    ppu: "2C04-0001",
    usesLeftStick: true,
    dips: [
      KONAMI_COINS,
      dip("lives", 0x08, "4=0 3=8"),
      KONAMI_BONUS,
      dip("difficulty", 0x40, "normal=0 hard=40"),
      DEMO_SOUNDS,
    ],
  },
  fe446787: {
    title: "VS. Gumshoe",
    ppu: "2C05-03",
    hasGun: true,
    dips: [
      KONAMI_COINS,
      GUN_LEVEL,
      dip("lives", 0x20, "5=0 3=20"),
      dip("bullets-per-balloon", 0x40, "3=0 2=40"),
      dip("bonus-at-50000", 0x80, "on=0 off=80"),
    ],
  },
  ff5135a3: {
    title: "VS. Hogan's Alley",
    ppu: "2C04-0001",
    hasGun: true,
    dips: [KONAMI_COINS, GUN_LEVEL, GUN_MISSES, GUN_BONUS],
  },
  ...same(["43a357ef", "d4eb5923"], {
    title: "VS. Ice Climber",
    ppu: "2C04-0004",
    usesLeftStick: true,
    dips: [
      NINTENDO_COINS,
      dip("lives", 0x18, "3=0 4=10 5=8 7=18"),
      dip("difficulty", 0x20, "easy=0 hard=20"),
      dip("bear-appears", 0x40, "late=0 soon=40"),
    ],
  }),
  ...same(["0b65a917", "ae8063ef"], {
    title: "VS. Mach Rider",
    ppu: "2C04-0002",
    dips: [
      NINTENDO_COINS,
      dip("time", 0x18, "280=0 250=10 220=8 200=18"),
      dip("enemies", 0x40, "few=0 many=40"),
    ],
  }),
  ca85e56d: {
    title: "VS. Mighty Bomb Jack",
    ppu: "2C05-02",
    dips: [
      dip("coins", 0x07, "1:1=0 1:2=4 1:3=2 1:4=6 2:1=1 3:1=5 4:1=3 5:1=7"),
      dip("lives", 0x18, "3=0 4=8 2=10 5=18"),
    ],
  },
  ec461db9: {
    title: "VS. Pinball",
    ppu: "2C04-0001",
    defaultDips: 0x01,
    dips: [
      dip("coins", 0x07, "1:1=1 1:2=6 1:3=2 1:4=4 2:1=5 3:1=3 4:1=7 free=0"),
      dip("side-drain-walls", 0x08, "high=0 low=8"),
      dip("bonus", 0x10, "50000=0 70000=10"),
      dip("balls", 0x60, "3=0 4=40 5=20 2=60"),
      dip("ball-speed", 0x80, "slow=0 fast=80"),
    ],
  },
  ...same(["e2c0a2be", "2019fe65"], {
    title: "VS. Platoon",
    ppu: "2C04-0001",
    dips: [
      dip("demo-sounds", 0x04, "on=0 off=4"),
      dip("difficulty", 0x18, "easy=0 normal=8 medium=10 hard=18"),
      dip("coins", 0xe0, "1:1=0 1:2=20 1:3=40 2:1=60 3:1=80 4:1=a0 5:1=c0 free=e0"),
    ],
  }),
  ...same(["70901b25", "9ae2baa0"], {
    title: "VS. Slalom",
    ppu: "2C04-0002",
    dips: [
      KONAMI_COINS,
      dip("freestyle-points", 0x08, "left_right=0 hold_time=8"),
      dip("difficulty", 0x30, "easy=0 normal=10 medium=20 hard=30"),
      dip("continue", 0x40, "on=0 off=40"),
      dip("inverted-stick", 0x80, "off=0 on=80"),
    ],
  }),
  "46914e3e": {
    title: "VS. Soccer",
    ppu: "2C04-0003",
    usesLeftStick: true,
    dips: [
      NINTENDO_COINS,
      dip("points-timer", 0x18, "600=0 1000=8 800=10 1200=18"),
      dip("difficulty", 0x60, "easy=0 medium=20 normal=40 hard=60"),
    ],
  },
  cc2c4b5d: {
    title: "VS. Stroke & Match Golf",
    ppu: "2C04-0002",
    usesLeftStick: true,
    defaultDips: 0x01,
    dips: [],
  },
  "8b60cc58": {
    title: "VS. Super Mario Bros.",
    ppu: "2C04-0004",
    dips: [
      dip("coins", 0x07, "1:1=0 1:2=6 1:3=1 1:4=5 1:5=3 2:1=4 3:1=2 free=7"),
      dip("lives", 0x08, "3=0 2=8"),
      dip("coins-for-a-life", 0x30, "100=0 150=20 200=10 250=30"),
      dip("timer", 0x40, "slow=0 fast=40"),
      dip("continue-lives", 0x80, "4=0 3=80"),
    ],
  },
};

function same(crcs: readonly string[], game: VsGame): Record<string, VsGame> {
  return Object.fromEntries(crcs.map((crc) => [crc, game]));
}

/** Returns the game whose PRG and CHR ROM have this CRC-32. */
export function findVsGame(crc: number): VsGame | undefined {
  return GAMES[(crc >>> 0).toString(16).padStart(8, "0")];
}

/** Switches of Namco's boards. Their games are recognized by the header alone. */
export const PROTECTED_DIPS: Readonly<Partial<Record<VsProtection, readonly DipSwitch[]>>> = {
  "rbi-baseball": RBI_DIPS,
  "tko-boxing": TKO_DIPS,
  "super-xevious": XEVIOUS_DIPS,
};

/** Switches of the only games with these PPUs: Ninja Jajamaru-kun and Top Gun. */
export const PPU_DIPS: Readonly<Partial<Record<RgbPpu, readonly DipSwitch[]>>> = {
  "2C05-01": [NINTENDO_COINS, dip("lives", 0x18, "3=0 4=10 5=8"), DEMO_SOUNDS],
  "2C05-04": [
    dip("coins", 0x07, "1:1=0 1:2=4 1:3=2 2:1=1 3:1=5 4:1=6 5:1=3 free=7"),
    dip("lives", 0x08, "3=0 2=8"),
    dip(
      "bonus",
      0x30,
      "30k_and_every_50k=0 50k_and_every_100k=20 100k_and_every_150k=10 200k_and_every_200k=30",
    ),
    dip("difficulty", 0x40, "easy=0 hard=40"),
    DEMO_SOUNDS,
  ],
};

/** All games in the list, for tests. @public */
export const KNOWN_VS_GAMES: readonly VsGame[] = Object.values(GAMES);
