import { type BoardCase, chr8, HORIZONTAL } from "../board-case.ts";

const BLOCK_3D = { mapper: 355, chrRamKib: 8, mirroring: "horizontal" } as const;

/** Mapper 355. Its microcontroller is tested in `pic16c54.test.ts`. */
export const BLOCK_3D_BOARDS: readonly BoardCase[] = [undefined, 1024].map((miscBytes) => ({
  name: miscBytes === undefined ? "3D-BLOCK without the PIC" : "3D-BLOCK",
  cartridge: { ...BLOCK_3D, ...(miscBytes === undefined ? {} : { miscBytes }) },
  steps: [[0x4800, 0x32], [0x8000, 1], { prg: "- 0 1 2 3", chr: chr8(0, "r"), nt: HORIZONTAL }],
}));
