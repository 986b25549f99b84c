import { InputError } from "../../emu/input-error.ts";
import type { Machine } from "../../emu/machine.ts";
import { arcadeSwitches } from "../../emu/nes/arcade-switches.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import type { Movie } from "./movie.ts";
import { isArcadeEvent } from "./movie-events.ts";

const ARCADE_ACTS: Readonly<Record<string, string>> = {
  coin: "inserts a coin",
  service: "presses the service button",
  dip: "sets DIP switches",
};

/**
 * Copies the battery RAM of a movie into a machine that has just been powered on. Throws `InputError`
 * ("data") if the sizes differ. Does nothing to a cartridge without a battery: see `movieCautions`.
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
 * Reasons why a movie may play differently with this ROM, as sentences without a full stop.
 */
export function movieCautions(movie: Movie, image: CartridgeImage): string[] {
  const cautions = [...(movie.warnings ?? [])];
  const events = movie.events ?? [];
  const arcade = arcadeSwitches(image) === undefined ? events.find(isArcadeEvent) : undefined;
  if (arcade !== undefined) {
    const line = "line" in arcade ? arcade.line : undefined;
    const where = line === undefined ? `frame ${arcade.frame}` : `line ${line}`;
    cautions.push(`${where}: the movie ${ARCADE_ACTS[arcade.kind]}, which does nothing on this console`);
  }
  const disk = events.find((event) => !isArcadeEvent(event));
  if (disk !== undefined && image.format !== "fds") {
    cautions.push(`frame ${disk.frame}: the movie changes the disk, but the game has none`);
  }
  if (movie.rom.md5 !== undefined && image.format === "fds") {
    cautions.push(
      "cannot check that the movie was made with this disk: its MD5 is for FCEUX's form of a disk",
    );
  }
  const hasBattery = image.battery || image.prgNvramBytes > 0;
  if (movie.battery !== undefined && !hasBattery) {
    cautions.push("the movie starts from saved RAM, but the cartridge has no battery: it was ignored");
  }
  return cautions;
}
