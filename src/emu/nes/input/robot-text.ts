import { ROBOT_COMMANDS } from "./robot.ts";

/** A gyro of R.O.B.'s Gyro set. */
export interface GyroReport {
  /** The station where it stands, 1 to 5; 0 while R.O.B. holds it. */
  readonly station: number;
  readonly spins: boolean;
}

/** What R.O.B. shows to those who look at him. */
export interface RobotReport {
  /** 1 to 5, from his left to his right. */
  readonly station: number;
  /** The notch of his arms, 1 to 6, the top. */
  readonly height: number;
  readonly isOpen: boolean;
  /** True while he carries out `command`. */
  readonly isMoving: boolean;
  readonly isLampOn: boolean;
  /** The last command that he has understood; empty if there was none. */
  readonly command: string;
  /** Empty with the Block set. */
  readonly gyros: readonly GyroReport[];
}

/** Reads the status of a machine with R.O.B.; undefined for 0, which means that he is not there. */
export function robotReport(status: number): RobotReport | undefined {
  if (status === 0) return undefined;
  const gyros = (status >> 13) & 0x1ff;
  const gyro = (bits: number): GyroReport => ({ station: bits & 7, spins: (bits & 8) !== 0 });
  return {
    station: status & 7,
    height: (status >> 3) & 7,
    isOpen: (status & 0x40) !== 0,
    isMoving: (status & 0x80) !== 0,
    isLampOn: (status & 0x100) !== 0,
    command: ROBOT_COMMANDS[((status >> 9) & 0xf) - 1]?.name ?? "",
    gyros: gyros === 0 ? [] : [gyro(gyros & 0xf), gyro((gyros >> 4) & 0xf)],
  };
}

/** The status of R.O.B. for players: "R.O.B. station 3, notch 6, open; gyros at 4, 5 spinning". */
export function robotText(status: number): string {
  const report = robotReport(status);
  if (report === undefined) return "";
  const { station, height, isOpen, isMoving, command, gyros } = report;
  const arms = `R.O.B. station ${station}, notch ${height}, ${isOpen ? "open" : "closed"}`;
  const places = gyros.map(
    (gyro) => `${gyro.station === 0 ? "held" : gyro.station}${gyro.spins ? " spinning" : ""}`,
  );
  return `${arms}${isMoving ? `, moving: ${command}` : ""}${gyros.length === 0 ? "" : `; gyros at ${places.join(", ")}`}`;
}
