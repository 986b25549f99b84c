import { BarcodeBattler, DatachReader } from "./barcode-readers.ts";
import type { ExpansionDeviceName, PortDevice, PortDeviceName } from "./devices.ts";
import {
  ExcitingBoxing,
  FamilyTrainer,
  KonamiHyperShot,
  MahjongController,
  OekaKidsTablet,
  PartyTap,
} from "./famicom-devices.ts";
import { FAMILY_BASIC_KEYBOARD, MatrixKeyboard, SUBOR_KEYBOARD } from "./keyboard.ts";
import {
  BandaiHyperShot,
  HoriTrack,
  NetworkController,
  PachinkoController,
  SnesPad,
  VirtualBoyPad,
} from "./pad-devices.ts";
import { PecKeyboard } from "./pec-keyboard.ts";
import { PowerGlove } from "./power-glove.ts";
import { Robot } from "./robot.ts";
import {
  ArkanoidPaddle,
  ExpansionPads,
  FamicomArkanoidPaddle,
  type PadParts,
  PowerPad,
  SnesMouse,
  SuborByteMouse,
  SuborMouse,
  TopRider,
} from "./serial-devices.ts";
import { BattleBox, TurboFile } from "./storage-devices.ts";
import { TapeAtKeyboard } from "./tape-at-keyboard.ts";
import { ExpansionZapper, VsZapper, Zapper } from "./zapper.ts";

/** An empty port: its lines stay low. */
class Nothing implements PortDevice {
  write(): void {}

  load(): void {}

  read(): number {
    return 0;
  }
}

const NOTHING = new Nothing();

/** Builds the device of a controller port. */
export function portDevice(name: PortDeviceName, parts: PadParts): PortDevice {
  switch (name) {
    case "zapper":
      return new Zapper(parts);
    case "vs-zapper":
      return new VsZapper(parts);
    case "power-pad":
      return new PowerPad(parts);
    case "arkanoid":
      return new ArkanoidPaddle(parts);
    case "snes-mouse":
      return new SnesMouse(parts);
    case "snes-pad":
      return new SnesPad(parts);
    case "virtual-boy-pad":
      return new VirtualBoyPad(parts);
    case "subor-mouse":
      return new SuborMouse(parts);
    case "subor-byte-mouse":
      return new SuborByteMouse(parts);
    case "power-glove":
      return new PowerGlove(parts);
    case "rob":
    case "rob-blocks":
      return new Robot(parts, name === "rob");
    default:
      return NOTHING;
  }
}

/** Builds the device of the expansion port. */
export function expansionDevice(name: ExpansionDeviceName, parts: PadParts): PortDevice {
  switch (name) {
    case "pads":
      return new ExpansionPads(parts);
    case "arkanoid":
      return new FamicomArkanoidPaddle(parts);
    case "zapper":
      return new ExpansionZapper(parts);
    case "family-basic-keyboard":
      return new MatrixKeyboard(parts, FAMILY_BASIC_KEYBOARD);
    case "subor-keyboard":
      return new MatrixKeyboard(parts, SUBOR_KEYBOARD);
    case "pec-586-keyboard":
      return new PecKeyboard(parts);
    case "family-trainer":
      return new FamilyTrainer(parts);
    case "konami-hyper-shot":
      return new KonamiHyperShot(parts);
    case "bandai-hyper-shot":
      return new BandaiHyperShot(parts);
    case "party-tap":
      return new PartyTap(parts);
    case "exciting-boxing":
      return new ExcitingBoxing(parts);
    case "mahjong":
      return new MahjongController(parts);
    case "pachinko":
      return new PachinkoController(parts);
    case "hori-track":
      return new HoriTrack(parts);
    case "oeka-kids-tablet":
      return new OekaKidsTablet(parts);
    case "network-controller":
      return new NetworkController(parts);
    case "top-rider":
      return new TopRider(parts);
    case "turbo-file":
    case "turbo-file-2":
      return new TurboFile(parts);
    case "battle-box":
      return new BattleBox(parts);
    case "barcode-battler":
      return new BarcodeBattler(parts);
    case "datach-reader":
      return new DatachReader(parts);
    case "data-recorder":
    case "silent-data-recorder":
      return new TapeAtKeyboard(parts);
    default:
      return NOTHING;
  }
}
