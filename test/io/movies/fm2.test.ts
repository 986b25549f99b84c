import { describe, expect, test } from "bun:test";
import { parseFm2 } from "../../../src/io/movies/fm2.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { masksOf } from "../../support/movies.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The header of FCEUX 2.6. */
const HEADER = `version 3
emuVersion 20604
rerecordCount 12
palFlag 0
romFilename game
romChecksum base64:jjYwGG411HcjG/j9UOVM3Q==
guid 61F8FE1B-E5C5-4A14-9B6C-8B7A6A0A3D5C
fourscore 0
microphone 0
port0 1
port1 0
port2 0
FDS 0
NewPPU 0
comment author somebody | with a bar
`;

describe("FM2 movies", () => {
  test("a text log", () => {
    const movie = parseFm2(
      encode(`${HEADER}|2|........|||\n|0|R......A|||\r\n|1|....T.B.|||\n|0|       x|||`),
    );
    expect(masksOf(movie)).toEqual([0, 0x81, 0x0a, 0x01]);
    expect(movie.resets).toEqual([{ frame: 2, kind: "reset" }]);
    expect(movie.rom).toEqual({ name: "game", md5: "8e363018" + "6e35d477231bf8fd50e54cdd" });
    expect([movie.frames, movie.region, movie.fourScore]).toEqual([4, "ntsc", false]);
  });

  test("two controllers, and four", () => {
    const two = parseFm2(encode("version 3\nport0 1\nport1 1\n|0|.......A|......B.||\n"));
    expect(masksOf(two)).toEqual([0x0201]);
    const four = parseFm2(encode("version 3\nfourscore 1\n|0|.......A|......B.|.....S..|R.......|\n"));
    expect(masksOf(four)).toEqual([0x80040201]);
  });

  test("a binary log, cut at its length", () => {
    const header = encode("version 3\nport0 1\nport1 1\nbinary 1\nlength 2\n|");
    const bytes = new Uint8Array([...header, 0, 0x81, 0, 1, 0x0a, 0x01, 0, 0xff, 0xff]);
    const movie = parseFm2(bytes);
    expect(masksOf(movie)).toEqual([0x81, 0x010a]);
    expect(movie.resets).toEqual([{ frame: 1, kind: "reset" }]);
  });

  test.each([
    ["", 'not an FM2 movie: "version 3" was expected', "line 1, column 1"],
    ["version 2\n", 'not an FM2 movie: "version 3" was expected', "line 1, column 1"],
    [
      "version 3\nport0 1\n\u0007\n",
      '"?" is not a key: a key, a space and a value were expected',
      "line 3, column 1",
    ],
    ["version 3\nport0 3\n", "FM2 movies do not record the device 3 in port 1", "line 2, column 1"],
    ["version 3\nport0 x\n", "port0 x: a whole number was expected", "line 2, column 1"],
    ["version 3\nRAMInitOption 4\n", "RAMInitOption 4: 0 to 3 was expected", "line 2, column 1"],
    [
      "version 3\n\nsavestate base64:AA\n",
      "the movie starts from a save state of FCEUX: emu plays movies from power-on only",
      "line 3, column 1",
    ],
    [
      "version 3\nsaveram base64:*\n",
      "saveram: bytes in base64 or hexadecimal were expected",
      "line 2, column 1",
    ],
    [
      "version 3\nport1 2\n|0|........|1 2 3||\n",
      "five numbers of the zapper in port 2 were expected",
      "line 3, column 18",
    ],
    [
      "version 3\nport1 0\n|0|....|\n",
      "the eight buttons RLDUTSBA of controller 1 were expected",
      "line 3, column 8",
    ],
    [
      "version 3\n|0|........|\n",
      "the eight buttons RLDUTSBA of controller 2 were expected",
      "line 2, column 13",
    ],
    ["version 3\n|0|.........|........||\n", "a | was expected after controller 1", "line 2, column 12"],
    ["version 3\n|x|", "commands as a number were expected", "line 2, column 2"],
    ["version 3\n|0", "a | was expected after the commands", "line 2, column 3"],
    [
      "version 3\n|0|........|........||\nend\n",
      "a record that begins with | was expected, not e",
      "line 3, column 1",
    ],
    ["version 3\n|128|........|........||\n", "commands 128: 128 is not played", "line 2, column 2"],
    [
      "version 3\ncomment emu-hash 60 123\n",
      "a frame and one or two hashes of 8 hexadecimal digits were expected",
      "line 2, column 18",
    ],
  ])("%j is rejected", (text, message, where) => {
    const error = inputErrorOf(() => parseFm2(encode(text)));
    expect([error.kind, error.message, error.where]).toEqual(["data", message, where]);
  });
});
