import type { CartridgeImage, Mirroring } from "./image.ts";

/** What a UNIF board name stands for. */
export interface UnifBoard {
  readonly mapper: number;
  readonly submapper: number;
  /** Wired on the board, whatever the MIRR chunk says. */
  readonly mirroring?: Mirroring;
}

/**
 * UNIF board names without their maker's prefix (NES-, HVC-, UNL-, BMC-, BTL-, AVE-), by mapper number and,
 * behind a point, submapper.
 * https://www.nesdev.org/wiki/UNIF_to_NES_2.0_Mapping and https://www.nesdev.org/wiki/List_of_PCBs
 */
const NAMES: Readonly<Record<string, string>> = {
  "0": "NROM NROM-128 NROM-256 RROM RROM-128 HROM FAMILYBASIC",
  "1": "SAROM SBROM SCROM SC1ROM SFROM SGROM SIROM SJROM SKROM SLROM SL1ROM SL2ROM SL3ROM SLRROM SMROM SNROM SNWEPROM SOROM SUROM SXROM SZROM",
  "1.5": "SEROM SHROM SH1ROM",
  "2": "UNROM UOROM UXROM",
  "3": "CNROM CXROM",
  "4": "TBROM TEROM TFROM TGROM TKROM TKEPROM TLROM TL1ROM TL2ROM TNROM TSROM B4",
  "4.1": "HKROM",
  "5": "EKROM ELROM ETROM EWROM EXROM",
  "7": "AMROM ANROM AN1ROM AOROM AXROM",
  "9": "PNROM PEEOROM",
  "10": "FJROM FKROM",
  "11": "COLORDREAMS-74*377",
  "13": "CPROM",
  "14": "SL1632",
  "21.1": "KONAMI-VRC4A",
  "22": "KONAMI-VRC2A",
  "23.3": "KONAMI-VRC2B",
  "30": "UNROM-512-8 UNROM-512-16 UNROM-512-32",
  "34": "BNROM",
  "34.1": "NINA-001 NINA-01",
  "36": "TXC-22000 01-22000-400",
  "37": "PAL-ZZ",
  "41": "CALTRON6IN1",
  "45": "SUPERHIK8IN1",
  "47": "QJ",
  "52": "MARIOPARTY7IN1",
  "53": "SUPERVISION16IN1",
  "60": "RESETBASED4IN1",
  "64": "TENGEN-800032 RAMBO-1",
  "66": "GNROM MHROM GXROM",
  "67": "SUNSOFT-3",
  "68": "NTBROM SUNSOFT-4",
  "69": "JLROM JSROM BTR SUNSOFT-FME-7",
  "71": "CAMERICA-BF9093 BF9093",
  "71.1": "CAMERICA-BF9097 BF9097",
  "73": "KONAMI-VRC3",
  "75": "KONAMI-VRC1",
  "79": "NINA-003 NINA-006 NINA-03 NINA-06",
  "90": "TEK90",
  "105": "EVENT",
  "111": "GTROM CHEAPOCABRA",
  "113": "HES NTD-8",
  "118": "TKSROM TLSROM",
  "119": "TQROM",
  "123": "H2288",
  "132": "22211",
  "133": "SA-72008",
  "136": "TCU02",
  "137": "SACHEN-8259D",
  "138": "SACHEN-8259B",
  "139": "SACHEN-8259C",
  "140": "JALECO-JF-11 JALECO-JF-14 JF-11 JF-14",
  "141": "SACHEN-8259A",
  "142": "KS7032",
  "143": "SA-NROM SACHEN-TCA01",
  "144": "AGCI-50282",
  "145": "SA-72007",
  "146": "SA-016-1M",
  "147": "TC-U01-1.5M",
  "148": "SA-0037",
  "149": "SA-0036",
  "150": "SACHEN-74LS374N",
  "155": "SJROM-MMC1A",
  "173": "22211C",
  "180": "UNROM-180",
  "185": "CNROM-185",
  "189": "TXC-22018 01-22018-400",
  "201": "NOVELDIAMOND9999999IN1 21IN1",
  "205": "JC-016-2",
  "206": "DE1ROM DEROM DEIROM",
  "215": "8237",
  "221": "N625092",
  "225": "MULTI64IN1",
  "226": "42IN1RESETSWITCH GHOSTBUSTERS63IN1",
  "228": "ACTION52 MLT-ACTION52",
  "232": "CAMERICA-ALGQ BF9096",
  "234": "MAXI15",
  "235": "GOLDENGAME150IN1",
  "238": "603-5052",
};

/** Boards whose wiring decides the mirroring. */
const WIRED: Readonly<Record<string, UnifBoard>> = {
  TVROM: { mapper: 4, submapper: 0, mirroring: "four-screen" },
  TR1ROM: { mapper: 4, submapper: 0, mirroring: "four-screen" },
  DRROM: { mapper: 206, submapper: 0, mirroring: "four-screen" },
};

let index: Map<string, UnifBoard> | undefined;

/** The board that a MAPR chunk names, or undefined when the name is not known. */
export function findUnifBoard(name: string): UnifBoard | undefined {
  index ??= buildIndex();
  const plain = name.toUpperCase().replace(/^(NES|HVC|UNL|BMC|BTL|AVE|NINTENDO)-/, "");
  return index.get(plain) ?? index.get(plain.replaceAll("-IN-", "IN"));
}

function buildIndex(): Map<string, UnifBoard> {
  const boards = new Map<string, UnifBoard>();
  for (const [number, names] of Object.entries(NAMES)) {
    const [mapper = 0, submapper = 0] = number.split(".").map(Number);
    for (const name of names.split(" ")) boards.set(name, { mapper, submapper });
  }
  for (const [name, board] of Object.entries(WIRED)) boards.set(name, board);
  return boards;
}

/** The MIRR chunk's byte; 5 leaves it to the board. */
export const UNIF_MIRRORING: readonly CartridgeImage["mirroring"][] = [
  "horizontal",
  "vertical",
  "single-0",
  "single-1",
  "four-screen",
  "horizontal",
];
