/** Names of boards whose mapper number is known, but which emu does not have. */
export const WITHOUT_BOARD: Readonly<Record<string, number>> = {
  CHINA_ER_SAN2: 532,
};

/** Names of boards without a usable number, and why they are rejected. */
export const REJECTED: Readonly<Record<string, string>> = {
  DANCE: "it is a VT02 console, which is not a NES (mapper 256)",
  ONEBUS: "it is a VT02 console, which is not a NES (mapper 256)",
  "SB-2000": "it is a VT03 console, which is not a NES",
};
