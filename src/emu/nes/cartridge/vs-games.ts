import type { DipSwitch } from "../../machine.ts";
import type { RgbPpu } from "../revisions.ts";

/** Copy protection on the game's board. https://www.nesdev.org/wiki/NES_2.0#Vs._System_Type */
export type VsProtection = "none" | "rbi-baseball" | "tko-boxing" | "super-xevious" | "ice-climber";

/** Facts about a game for the VS. System. */
interface VsGame {
  /** The CRC-32s of PRG and CHR ROM of its versions, 8 hexadecimal digits each. */
  readonly crcs: string;
  readonly title: string;
  readonly ppu: RgbPpu;
  /** What each switch means, for `dip`; undefined in emuterm/core. */
  readonly dips?: readonly string[];
  /** The mask and the choices of the switches that tell the game which PPU is installed. */
  readonly ppuSwitches?: string;
  readonly defaultDips?: number;
  readonly protection?: VsProtection;
  readonly isDual?: boolean;
  readonly usesLeftStick?: boolean;
  readonly hasGun?: boolean;
}

/**
 * Reads a switch: its name, its mask in hexadecimal and its choices. "lives 18 3=0 4=10" has the labels 3
 * and 4, and their values in hexadecimal. Masks have switch 1 in bit 0; switch 1 of the sub side of a
 * DualSystem is bit 8. Labels have "_" for a space.
 */
function dip(text: string): DipSwitch {
  const [name = "", mask = "", ...choices] = text.split(" ");
  return {
    name,
    mask: Number.parseInt(mask, 16),
    choices: choices.map((choice) => {
      const [label = "", value = ""] = choice.split("=");
      return { label: label.replace(/_/g, " "), value: Number.parseInt(value, 16) };
    }),
  };
}

/** Prices as coins:credits. */
const NINTENDO_COINS = "coins 7 1:1=0 1:2=4 1:3=2 1:4=6 2:1=1 3:1=5 4:1=3 free=7";
const KONAMI_COINS = "coins 7 1:1=0 1:2=4 1:3=2 2:1=6 3:1=1 4:1=5 5:1=3 free=7";
const NAMCO_COINS = "coins 3 1:1=0 1:2=1 2:1=2 3:1=3";
const DEMO_SOUNDS = "demo-sounds 80 on=80 off=0";
const KONAMI_BONUS = "bonus 30 100k=0 200k=20 300k=10 400k=30";
const DUAL_SERVICE = "service-mode 100 off=0 on=100";
const DUAL_COINS = "coins 600 1:1=0 1:2=400 2:1=200 free=600";
const DUAL_DEMO_SOUNDS = "demo-sounds 8000 on=8000 off=0";
/** Without the right choice, the colours of a game are wrong. */
const THREE_PPU_SWITCHES = "e0 2C04-0001=0 2C03=20 2C04-0002=40 2C04-0003=80 2C04-0004=c0";
const TWO_PPU_SWITCHES = "c0 2C04-0001=0 2C04-0002=40 2C04-0003=80 2C04-0004=c0";
const TKO_PPU_SWITCHES = "e0 2C04-0003=0 2C03=e0";
const RBI_DIPS = [
  NAMCO_COINS,
  "innings-and-minutes c 3_2_6=0 2_1_3=4 4_3_7=8 2_2_4=c",
  "demo-sounds 10 on=0 off=10",
];
const TKO_DIPS = [NAMCO_COINS, "difficulty c easy=0 normal=4 hard=8 hardest=c"];
const XEVIOUS_DIPS = [
  "bonus 1 50k_150k_and_every_150k=0 70k_200k_and_every_200k=1",
  "lives 2 3=0 5=2",
  "password-screen 8 on=0 off=8",
  "coins 30 1:1=0 1:2=10 2:1=20 3:1=30",
];
const JAJAMARU_DIPS = [NINTENDO_COINS, "lives 18 3=0 4=10 5=8 6=18", DEMO_SOUNDS];
const TOP_GUN_DIPS = [
  KONAMI_COINS,
  "lives 8 3=0 2=8",
  "bonus 30 30k_and_every_50k=0 50k_and_every_100k=20 100k_and_every_150k=10 200k_and_every_200k=30",
  "difficulty 40 easy=0 hard=40",
  DEMO_SOUNDS,
];
const EXCITEBIKE_DIPS = [
  NINTENDO_COINS,
  "bonus-bike 18 100k_and_every_50k=0 100k=8 every_100k=10 none=18",
  "first-qualifying-time 20 easy=0 hard=20",
  "second-qualifying-time 40 easy=0 hard=40",
];
const FREE_AT_0_COINS = "coins 7 1:1=1 1:2=6 1:3=2 1:4=4 2:1=5 3:1=3 4:1=7 free=0";
const PINBALL_DIPS = [
  FREE_AT_0_COINS,
  "side-drain-walls 8 high=0 low=8",
  "bonus 10 50000=0 70000=10",
  "balls 60 3=0 4=40 5=20 2=60",
  "ball-speed 80 slow=0 fast=80",
];
const GOLF_DIPS = [
  FREE_AT_0_COINS,
  "hole 8 large=0 small=8",
  "points-per-stroke 10 easier=0 harder=10",
  "difficulty 80 easy=0 hard=80",
];
const GUN_LEVEL = "difficulty 18 easy=0 normal=8 medium=10 hard=18";
const GUN_MISSES = "misses 20 3=0 5=20";
const GUN_BONUS = "bonus c0 30000=0 50000=40 80000=80 100000=c0";

/**
 * The games that are known by their checksums. iNES 1.0 headers do not contain the PPU or the cabinet, and no
 * header contains the meaning of the DIP switches. The facts are from MAME's driver,
 * whose DIP switches agree with the manuals, and from the lists of FCEUX, Nestopia and Nintendulator.
 */
const GAMES: readonly VsGame[] = [
  // In DualSystem games the switches of the main side mostly set the game, those of the sub side the prices.
  {
    crcs: "44691677",
    title: "VS. Baseball",
    ppu: "2C04-0001",
    isDual: true,
    defaultDips: 0x80aa,
    dips: [
      "player-defense 3 weak=0 normal=2 medium=1 strong=3",
      "player-offense c weak=0 normal=8 medium=4 strong=c",
      "computer-defense 30 weak=0 normal=20 medium=10 strong=30",
      "computer-offense c0 weak=0 normal=80 medium=40 strong=c0",
      DUAL_SERVICE,
      DUAL_COINS,
      "starting-points 3800 80=0 100=2000 150=1000 200=3000 250=800 300=2800 350=1800 400=3800",
      "bonus-play 4000 on=0 off=4000",
      DUAL_DEMO_SOUNDS,
    ],
  },
  {
    crcs: "9213a19e",
    title: "VS. Balloon Fight",
    ppu: "2C04-0003",
    isDual: true,
    defaultDips: 0x4800,
    dips: [
      NINTENDO_COINS,
      "service-mode 80 off=0 on=80",
      "lives 300 3=0 4=200 5=100 6=300",
      "difficulty c00 easy=0 normal=800 medium=400 hard=c00",
      "enemies-return 1000 seldom=0 often=1000",
      "bonus 6000 10000=0 20000=4000 40000=2000 none=6000",
    ],
  },
  {
    crcs: "d46b8c5f",
    title: "VS. Tennis",
    ppu: "2C03",
    isDual: true,
    defaultDips: 0x8800,
    dips: [
      "difficulty-against-computer 3 easy=0 normal=2 medium=1 hard=3",
      "difficulty-against-player c easy=0 normal=8 medium=4 hard=c",
      "racket 10 large=0 small=10",
      "extra-score 20 1_set=0 1_game=20",
      "court 40 green=0 blue=40",
      "copyright 80 japan=0 usa=80",
      DUAL_SERVICE,
      DUAL_COINS,
      "credits 1800 1/1/2/2=0 1/2/2/2=1000 1/1/2/4=800 1/2/2/4=1800",
      "rackets 6000 2=6000 3=0 4=4000 5=2000",
      DUAL_DEMO_SOUNDS,
    ],
  },
  {
    crcs: "12b36f73",
    title: "VS. Wrecking Crew",
    ppu: "2C04-0002",
    isDual: true,
    defaultDips: 0x09f8,
    dips: [
      "lives 3 3=0 4=2 5=1 6=3",
      "first-bonus 1c 20000=0 30000=10 40000=8 50000=18 70000=4 80000=14 100000=c none=1c",
      "more-bonuses e0 20000=0 30000=80 40000=40 50000=c0 70000=20 80000=60 100000=a0 none=e0",
      "coins 700 1:1=100 1:2=600 1:3=200 1:4=400 2:1=500 3:1=300 4:1=700 free=0",
      "difficulty 1800 easy=0 normal=800 medium=1000 hard=1800",
      "copyright 2000 japan=0 usa=2000",
    ],
  },
  {
    crcs: "99fb3b3b",
    title: "VS. Raid on Bungeling Bay",
    ppu: "2C04-0002",
    isDual: true,
    protection: "ice-climber",
    dips: [NINTENDO_COINS, "lives 8 3=0 4=8", "difficulty 60 easy=0 normal=40 medium=20 hard=60"],
  },
  {
    crcs: "01357944 70433f2c",
    title: "VS. Battle City",
    ppu: "2C04-0001",
    dips: ["credits-for-2-players 1 1=0 2=1", "lives 2 3=0 5=2", "demo-sounds 4 on=0 off=4"],
    ppuSwitches: TWO_PPU_SWITCHES,
  },
  {
    crcs: "52c501d0 eb2dba63",
    title: "VS. T.K.O. Boxing",
    ppu: "2C04-0003",
    protection: "tko-boxing",
    dips: TKO_DIPS,
  },
  {
    crcs: "12012cd9 f9d3b0a3",
    title: "VS. Super Xevious",
    ppu: "2C04-0001",
    protection: "super-xevious",
    dips: XEVIOUS_DIPS,
  },
  {
    crcs: "ffbef374",
    title: "VS. Castlevania",
    ppu: "2C04-0002",
    dips: [
      KONAMI_COINS,
      "lives 8 3=0 2=8",
      "bonus-points 30 timer_4_hearts_40=0 timer_6_hearts_60=20 timer_8_hearts_80=10 timer_9_hearts_90=30",
      "difficulty 40 normal=0 hard=40",
    ],
  },
  {
    crcs: "07138c06",
    title: "VS. Clu Clu Land",
    ppu: "2C04-0004",
    usesLeftStick: true,
    dips: [NINTENDO_COINS, "credits-for-2-players 10 1=0 2=10", "lives 60 3=0 4=40 5=20 2=60"],
  },
  {
    crcs: "d5d7eac4",
    title: "VS. Dr. Mario",
    ppu: "2C04-0003",
    usesLeftStick: true,
    dips: [
      "speed-up-after 3 7_pills=0 8_pills=1 9_pills=2 10_pills=3",
      "virus-level c 1=0 3=4 5=8 7=c",
      "speed 30 slow=0 medium=10 fast=20 fastest=30",
      "free-play 40 off=0 on=40",
      "demo-sounds 80 on=0 off=80",
    ],
  },
  {
    crcs: "ed588f00",
    title: "VS. Duck Hunt",
    ppu: "2C03",
    hasGun: true,
    dips: [KONAMI_COINS, GUN_LEVEL, GUN_MISSES, GUN_BONUS],
  },
  { crcs: "e4407db3 cbe85490", title: "VS. Excitebike", ppu: "2C04-0003", dips: EXCITEBIKE_DIPS },
  { crcs: "29155e0c", title: "VS. Excitebike", ppu: "2C04-0004", dips: EXCITEBIKE_DIPS },
  {
    crcs: "17ae56be",
    title: "VS. Freedom Force",
    ppu: "2C04-0001",
    hasGun: true,
    dips: [
      KONAMI_COINS,
      "health-at 18 20k_60k=0 20k_60k_and_every_60k=8 10k_50k=10 10k_50k_and_every_50k=18",
      "damage 60 normal=0 hard=20 easy=40 hardest=60",
      "enemies 80 normal=0 hard=80",
    ],
  },
  {
    crcs: "1e438d52 bf88fd7b",
    title: "VS. The Goonies",
    ppu: "2C04-0003",
    dips: [
      KONAMI_COINS,
      "lives 8 4=0 3=8",
      "bonus 30 40000=0 50000=20 60000=10 70000=30",
      "timer 40 slow=0 fast=40",
      DEMO_SOUNDS,
    ],
  },
  {
    crcs: "d99a2087 f0632142",
    title: "VS. Gradius",
    ppu: "2C04-0001",
    usesLeftStick: true,
    dips: [KONAMI_COINS, "lives 8 4=0 3=8", KONAMI_BONUS, "difficulty 40 normal=0 hard=40", DEMO_SOUNDS],
  },
  {
    crcs: "fe446787 e2a5a4cc bbcb8236",
    title: "VS. Gumshoe",
    ppu: "2C05-03",
    hasGun: true,
    dips: [
      KONAMI_COINS,
      "difficulty 18 easy=0 normal=8 hard=10 hardest=18",
      "lives 20 5=0 3=20",
      "bullets-per-balloon 40 3=0 2=40",
      "bonus-at-50000 80 on=0 off=80",
    ],
  },
  {
    crcs: "ff5135a3",
    title: "VS. Hogan's Alley",
    ppu: "2C04-0001",
    hasGun: true,
    dips: [KONAMI_COINS, GUN_LEVEL, GUN_MISSES, GUN_BONUS],
  },
  {
    crcs: "43a357ef d4eb5923",
    title: "VS. Ice Climber",
    ppu: "2C04-0004",
    usesLeftStick: true,
    dips: [
      NINTENDO_COINS,
      "lives 18 3=0 4=10 5=8 7=18",
      "difficulty 20 easy=0 hard=20",
      "bear-appears 40 late=0 soon=40",
    ],
  },
  {
    crcs: "0b65a917 8a6a9848",
    title: "VS. Mach Rider",
    ppu: "2C04-0002",
    dips: [NINTENDO_COINS, "time 18 280=0 250=10 220=8 200=18", "enemies 40 few=0 many=40"],
  },
  {
    crcs: "ae8063ef",
    title: "VS. Mach Rider (Fighting Course)",
    ppu: "2C04-0001",
    dips: [NINTENDO_COINS, "lives-after-level-1 18 4=0 5=10 6=8 3=18", "enemies 40 few=0 many=40"],
  },
  {
    crcs: "ca85e56d",
    title: "VS. Mighty Bomb Jack",
    ppu: "2C05-02",
    dips: ["coins 7 1:1=0 1:2=4 1:3=2 1:4=6 2:1=1 3:1=5 4:1=3 5:1=7", "lives 18 3=0 4=8 2=10 5=18"],
  },
  { crcs: "ec461db9", title: "VS. Pinball", ppu: "2C04-0001", defaultDips: 0x01, dips: PINBALL_DIPS },
  { crcs: "e528f651", title: "VS. Pinball", ppu: "2C03", defaultDips: 0x01, dips: PINBALL_DIPS },
  {
    crcs: "e2c0a2be 2019fe65",
    title: "VS. Platoon",
    ppu: "2C04-0001",
    dips: [
      "demo-sounds 4 on=0 off=4",
      "difficulty 18 easy=0 normal=8 medium=10 hard=18",
      "coins e0 1:1=0 1:2=20 1:3=40 2:1=60 3:1=80 4:1=a0 5:1=c0 free=e0",
    ],
  },
  {
    crcs: "70901b25 9ae2baa0",
    title: "VS. Slalom",
    ppu: "2C04-0002",
    dips: [
      KONAMI_COINS,
      "freestyle-points 8 left_right=0 hold_time=8",
      "difficulty 30 easy=0 normal=10 medium=20 hard=30",
      "continue 40 on=0 off=40",
      "inverted-stick 80 off=0 on=80",
    ],
  },
  {
    crcs: "46914e3e",
    title: "VS. Soccer",
    ppu: "2C04-0003",
    usesLeftStick: true,
    dips: [
      NINTENDO_COINS,
      "points-timer 18 600=0 1000=8 800=10 1200=18",
      "difficulty 60 easy=0 medium=20 normal=40 hard=60",
    ],
  },
  {
    crcs: "cc2c4b5d 86167220",
    title: "VS. Stroke & Match Golf",
    ppu: "2C04-0002",
    usesLeftStick: true,
    defaultDips: 0x01,
    dips: [...GOLF_DIPS, "starting-points 60 10=0 13=40 16=20 20=60"],
  },
  {
    crcs: "a93a5aee",
    title: "VS. Stroke & Match Golf",
    ppu: "2C03",
    usesLeftStick: true,
    defaultDips: 0x01,
    dips: [...GOLF_DIPS, "starting-points 60 300=0 400=40 500=20 600=60"],
  },
  {
    crcs: "135adf7c",
    title: "VS. Atari R.B.I. Baseball",
    ppu: "2C04-0001",
    protection: "rbi-baseball",
    usesLeftStick: true,
    dips: RBI_DIPS,
  },
  {
    crcs: "cf36261e",
    title: "VS. Super Sky Kid",
    ppu: "2C04-0001",
    usesLeftStick: true,
    dips: [
      "difficulty 3 easy=0 normal=1 medium=2 hard=3",
      "lives 4 2=0 3=4",
      "coins 18 1:1=0 1:2=8 2:1=10 3:1=18",
    ],
    ppuSwitches: THREE_PPU_SWITCHES,
  },
  {
    crcs: "e1aa8214",
    title: "VS. Star Luster",
    ppu: "2C03",
    dips: ["coins 3 1:1=0 1:2=2 2:1=1 3:1=3"],
    ppuSwitches: "e0 2C03=0 2C04-0001=20 2C04-0002=60 2C04-0003=a0 2C04-0004=e0",
  },
  {
    crcs: "8850924b",
    title: "VS. Tetris",
    ppu: "2C04-0001",
    dips: ["difficulty c easy=0 normal=4 medium=8 hard=c"],
    ppuSwitches: THREE_PPU_SWITCHES,
  },
  {
    crcs: "16d3f469",
    title: "VS. Ninja Jajamaru-kun",
    ppu: "2C05-01",
    usesLeftStick: true,
    dips: JAJAMARU_DIPS,
  },
  { crcs: "8c0c2df5", title: "VS. Top Gun", ppu: "2C05-04", dips: TOP_GUN_DIPS },
  {
    crcs: "8b60cc58 737dd1bf 0d184485 4bf3972d",
    title: "VS. Super Mario Bros.",
    ppu: "2C04-0004",
    dips: [
      "coins 7 1:1=0 1:2=6 1:3=1 1:4=5 1:5=3 2:1=4 3:1=2 free=7",
      "lives 8 3=0 2=8",
      "coins-for-a-life 30 100=0 150=20 200=10 250=30",
      "timer 40 slow=0 fast=40",
      "continue-lives 80 4=0 3=80",
    ],
  },
];

/** Returns the game whose PRG and CHR ROM have this CRC-32. */
export function findVsGame(crc: number): VsGame | undefined {
  const key = (crc >>> 0).toString(16).padStart(8, "0");
  return GAMES.find(({ crcs }) => crcs.includes(key));
}

/**
 * Returns how the switches that tell the game's PPU are set if it is `ppu`: 0 if the game has none. Some
 * games run with several PPUs.
 */
export function ppuSetting(
  game: Pick<VsGame, "ppuSwitches"> | undefined,
  protection: VsProtection,
  ppu: RgbPpu,
): number {
  const texts = game?.ppuSwitches ?? PROTECTED_PPU_SWITCHES[protection] ?? "";
  const value = texts.split(`${ppu}=`)[1];
  return value === undefined ? 0 : Number.parseInt(value, 16);
}

/** Returns what the switches of a game mean; of a game that is unknown, by its protection and its PPU. */
export function switchesOf(
  game: Pick<VsGame, "dips" | "ppuSwitches"> | undefined,
  protection: VsProtection,
  ppu: RgbPpu,
): DipSwitch[] {
  const texts = game?.dips ?? PROTECTED_DIPS[protection] ?? PPU_DIPS[ppu] ?? [];
  const ppuSwitches = game?.ppuSwitches ?? PROTECTED_PPU_SWITCHES[protection];
  return [...texts, ...(ppuSwitches === undefined ? [] : [`ppu ${ppuSwitches}`])].map(dip);
}

/** Switches of Namco's boards. Their games are recognized by the header alone. */
const PROTECTED_DIPS: Readonly<Partial<Record<VsProtection, readonly string[]>>> = {
  "rbi-baseball": RBI_DIPS,
  "tko-boxing": TKO_DIPS,
  "super-xevious": XEVIOUS_DIPS,
};

const PROTECTED_PPU_SWITCHES: Readonly<Partial<Record<VsProtection, string>>> = {
  "rbi-baseball": THREE_PPU_SWITCHES,
  "tko-boxing": TKO_PPU_SWITCHES,
  "super-xevious": TWO_PPU_SWITCHES,
};

/** Switches of the only games with these PPUs: Ninja Jajamaru-kun and Top Gun. */
const PPU_DIPS: Readonly<Partial<Record<RgbPpu, readonly string[]>>> = {
  "2C05-01": JAJAMARU_DIPS,
  "2C05-04": TOP_GUN_DIPS,
};
