import { InputError } from "../../emu/input-error.ts";
import type { Machine } from "../../emu/machine.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import type { Movie } from "./movie.ts";

/**
 * Gives a machine that has just been powered on the battery's memory that a movie starts with. Throws `InputError`
 * ("data") when it does not fit. A cartridge without a battery is left alone: see `movieCautions`.
 */
export function startMovie(machine: Machine, movie: Movie): void {
  const { battery } = movie;
  if (battery === undefined || machine.batteryRam.length === 0) return;
  if (battery.length !== machine.batteryRam.length) {
    const what = `the movie starts from ${battery.length} bytes of saved RAM, the cartridge has ${machine.batteryRam.length}`;
    throw new InputError("data", what);
  }
  machine.batteryRam.set(battery);
}

/**
 * What keeps a movie from being played as it was made with this ROM: sentences without a full stop. Throws
 * `InputError` ("data") when it puts coins into a VS. System, which emu cannot be.
 */
export function movieCautions(movie: Movie, image: CartridgeImage): string[] {
  const cautions = [...(movie.warnings ?? [])];
  const events = movie.events ?? [];
  const coin = events.find(({ kind }) => kind === "coin");
  if (coin?.kind === "coin") {
    const where = coin.line === undefined ? `frame ${coin.frame}` : `line ${coin.line}`;
    if (image.console === "vs") {
      throw new InputError(
        "data",
        "the movie inserts a coin, and emu's VS. System has no coin slots yet",
        where,
      );
    }
    cautions.push(`${where}: the movie inserts a coin, which does nothing on this console`);
  }
  const disk = events.find(({ kind }) => kind !== "coin");
  if (disk !== undefined && image.format !== "fds") {
    cautions.push(`frame ${disk.frame}: the movie changes the disk, but the game has none`);
  }
  if (movie.rom.md5 !== undefined && image.format === "fds") {
    cautions.push(
      "whether the movie was made with this disk is not known: its MD5 is of FCEUX's form of a disk",
    );
  }
  const hasBattery = image.battery || image.prgNvramBytes > 0;
  if (movie.battery !== undefined && !hasBattery) {
    cautions.push("the movie starts from saved RAM, but the cartridge has no battery: it was ignored");
  }
  return cautions;
}
