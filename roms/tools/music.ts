/**
 * Converts scores to data for the sound driver (`src/lib/sound.s`). A score is text:
 *
 *   instrument lead duty=2 vibrato env=9,8,7,6,5    volumes, one per frame; the last one holds
 *   drum h period=2 env=5,2                         a note of the noise channel (add `metal` for mode 1)
 *   hit K sample=kick                               a note of the DMC channel
 *   effect hop pulse duty=2 C5/10 E5/9*2 -          sound effects: note/volume[*frames], `-` is silence
 *   effect boom noise 12/15 13/12*3                 for noise: period/volume
 *   riff up: A2 A3 A2 A3                            a name for notes, used as $up
 *   song play speed=37                              256 × sixteenths a frame; `once` does not loop
 *   lead lead | E5 . . D5 | $up | ...               channel, instrument, bars
 *
 * Channels are lead (pulse 1), echo (pulse 2), bass (triangle), drums (noise), hits (DMC). A bar is 16
 * sixteenths, in 16, 8, 4, 2 or 1 tokens: a note (`F#4`), `.` holds the last one, `-` is silence.
 */

const CHANNELS = ["lead", "echo", "bass", "drums", "hits"] as const;
type Channel = (typeof CHANNELS)[number];
const SIXTEENTHS = 16;
const LOWEST_MIDI = 33; // A1: the lowest note whose period fits the pulse channels' 11 bits
const SEMITONE: Record<string, number> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** Stream bytes, as `src/lib/sound.s` reads them: below REST a note or drum. */
const REST = 0x60;
const LENGTH = 0x80;
const INSTRUMENT = 0xc0;
const LOOP = 0xfe;
const END = 0xff;

interface Song {
  readonly name: string;
  readonly speed: number;
  readonly once: boolean;
  readonly streams: Map<Channel, { bytes: number[]; steps: number }>;
}

/** Index into the driver's period table; the triangle sounds an octave lower for the same period. */
function noteIndex(token: string, channel: Channel | "effect", where: string): number {
  const match = /^([A-G])(#?)(\d)$/.exec(token);
  if (match === null) throw new Error(`${where}: '${token}' is no note`);
  const midi = 12 * (Number(match[3]) + 1) + SEMITONE[match[1]!]! + (match[2] ? 1 : 0);
  const index = midi - LOWEST_MIDI + (channel === "bass" ? 12 : 0);
  if (index < 0 || index >= REST) throw new Error(`${where}: ${token} is out of range`);
  return index;
}

function options(words: string[]): Map<string, string> {
  return new Map(words.map((word) => word.split("=", 2) as [string, string]));
}

const list = (bytes: readonly number[]) => bytes.map((b) => `$${b.toString(16).padStart(2, "0")}`).join(", ");

function lines(label: string, bytes: readonly number[]): string {
  let text = `${label}:\n`;
  for (let i = 0; i < bytes.length; i += 16) text += `    .byte ${list(bytes.slice(i, i + 16))}\n`;
  return text;
}

class Score {
  readonly instruments: { name: string; duty: number; env: number[] }[] = [];
  readonly drums: { name: string; period: number; env: number[] }[] = [];
  readonly hits: { name: string; sample: string }[] = [];
  readonly effects: { name: string; noise: boolean; bytes: number[] }[] = [];
  readonly songs: Song[] = [];
  readonly riffs = new Map<string, string[]>();

  line(text: string, where: string): void {
    const words = text.split("#!")[0]!.trim().split(/\s+/);
    const [verb, name = ""] = words as [string, string?];
    const rest = words.slice(2);
    const at = options(rest);
    const envelope = () => (at.get("env") ?? "0").split(",").map(Number);
    if (verb === "instrument") {
      const duty = (Number(at.get("duty") ?? 0) << 6) | (at.has("vibrato") ? 1 : 0);
      this.instruments.push({ name, duty, env: envelope() });
    } else if (verb === "drum") {
      const period = Number(at.get("period")) | (at.has("metal") ? 0x80 : 0);
      this.drums.push({ name, period, env: envelope() });
    } else if (verb === "hit") this.hits.push({ name, sample: at.get("sample")! });
    else if (verb === "riff") this.riffs.set(name.replace(":", ""), rest);
    else if (verb === "effect") this.#effect(name, rest, where);
    else if (verb === "song") {
      this.songs.push({ name, speed: Number(at.get("speed")), once: at.has("once"), streams: new Map() });
    } else if ((CHANNELS as readonly string[]).includes(verb)) this.#bars(verb as Channel, text, where);
    else throw new Error(`${where}: unknown word '${verb}'`);
  }

  #effect(name: string, words: string[], where: string): void {
    const noise = words[0] === "noise";
    const duty = Number(options(words).get("duty") ?? 0) << 6;
    const bytes: number[] = [];
    for (const word of words.slice(1).filter((w) => !w.startsWith("duty="))) {
      const [sound = "", times = "1"] = word.split("*");
      const [pitch = "", volume = "0"] = sound.split("/");
      const period = pitch === "-" ? 0 : noise ? Number(pitch) : noteIndex(pitch, "effect", where);
      for (let i = 0; i < Number(times); i++) bytes.push((noise ? 0 : duty) | 0x30 | Number(volume), period);
    }
    this.effects.push({ name, noise, bytes: [...bytes, END] });
  }

  #bars(channel: Channel, text: string, where: string): void {
    const song = this.songs.at(-1);
    if (song === undefined) throw new Error(`${where}: bars before a song`);
    const [head = "", ...bars] = text.split("|");
    const instrument = head.trim().split(/\s+/)[1];
    const stream = song.streams.get(channel) ?? { bytes: [], steps: 0 };
    song.streams.set(channel, stream);
    if (instrument !== undefined) {
      const index = this.instruments.findIndex((i) => i.name === instrument);
      if (index < 0) throw new Error(`${where}: no instrument '${instrument}'`);
      stream.bytes.push(INSTRUMENT | index);
    }
    let pending: number | undefined;
    let steps = 0;
    let length = 0; // each line begins with an explicit length
    const flush = () => {
      if (steps === 0) return;
      if (steps !== length) stream.bytes.push(LENGTH | (steps - 1));
      length = steps;
      stream.bytes.push(pending ?? REST);
      stream.steps += steps;
      steps = 0;
    };
    for (const bar of bars.map((b) => b.trim()).filter((b) => b !== "")) {
      const tokens = bar.split(/\s+/).flatMap((t) => (t.startsWith("$") ? this.#riff(t, where) : [t]));
      const each = SIXTEENTHS / tokens.length;
      if (!Number.isInteger(each)) throw new Error(`${where}: ${tokens.length} tokens do not fill a bar`);
      for (const token of tokens) {
        if (token !== ".") {
          flush();
          pending = this.#code(channel, token, where);
        }
        for (let i = 0; i < each; i++) {
          if (steps === 64) flush();
          steps++;
        }
      }
    }
    flush();
  }

  #riff(token: string, where: string): string[] {
    const riff = this.riffs.get(token.slice(1));
    if (riff === undefined) throw new Error(`${where}: no riff ${token}`);
    return riff;
  }

  #code(channel: Channel, token: string, where: string): number {
    if (token === "-") return REST;
    if (channel !== "drums" && channel !== "hits") return noteIndex(token, channel, where);
    const names: { name: string }[] = channel === "drums" ? this.drums : this.hits;
    const index = names.findIndex((d) => d.name === token);
    if (index < 0) throw new Error(`${where}: no ${channel} called '${token}'`);
    return index;
  }

  assembly(): { constants: string; data: string } {
    let data = '.segment "RODATA"\n';
    let constants = "";
    const table = (name: string, entries: readonly (string | number)[]) => {
      data += `.export ${name}\n${name}: .byte ${entries.length === 0 ? "0" : entries.join(", ")}\n`;
    };
    const pointers = (name: string, labels: string[]) => {
      table(
        `${name}_lo`,
        labels.map((l) => `<${l}`),
      );
      table(
        `${name}_hi`,
        labels.map((l) => `>${l}`),
      );
    };
    for (const [kind, voices] of [
      ["instrument", this.instruments],
      ["drum", this.drums],
    ] as const) {
      pointers(
        `${kind}_env`,
        voices.map((v) => `env_${kind}_${v.name}`),
      );
      for (const v of voices) data += lines(`env_${kind}_${v.name}`, [...v.env, END]);
    }
    table(
      "instrument_duty",
      this.instruments.map((i) => i.duty),
    );
    table(
      "drum_period",
      this.drums.map((d) => d.period),
    );
    for (const h of this.hits)
      data += `.import sample_${h.sample}\n.import sample_${h.sample}_LENGTH, sample_${h.sample}_RATE\n`;
    table(
      "hit_address",
      this.hits.map((h) => `<((sample_${h.sample} - $c000) / 64)`),
    );
    table(
      "hit_length",
      this.hits.map((h) => `<sample_${h.sample}_LENGTH`),
    );
    table(
      "hit_rate",
      this.hits.map((h) => `<sample_${h.sample}_RATE`),
    );
    this.hits.forEach((h, i) => {
      constants += `HIT_${h.sample} = ${i}\n`;
    });
    pointers(
      "effect",
      this.effects.map((e) => `effect_${e.name}`),
    );
    table(
      "effect_is_noise",
      this.effects.map((e) => Number(e.noise)),
    );
    this.effects.forEach((e, i) => {
      data += lines(`effect_${e.name}`, e.bytes);
      constants += `SFX_${e.name} = ${i}\n`;
    });
    this.songs.forEach((s, i) => {
      constants += `SONG_${s.name} = ${i}\n`;
    });
    table(
      "song_speed",
      this.songs.map((s) => s.speed),
    );
    for (const channel of CHANNELS)
      pointers(
        `song_${channel}`,
        this.songs.map((s) => `song_${s.name}_${channel}`),
      );
    for (const song of this.songs) data += this.#songData(song);
    return { constants, data };
  }

  #songData(song: Song): string {
    const steps = Math.max(...[...song.streams.values()].map((s) => s.steps));
    let data = "";
    for (const channel of CHANNELS) {
      const stream = song.streams.get(channel);
      if (stream !== undefined && stream.steps !== steps) {
        throw new Error(`song ${song.name}: ${channel} has ${stream.steps} sixteenths, the longest ${steps}`);
      }
      const body = stream?.bytes ?? [LENGTH | 63, REST];
      data += lines(`song_${song.name}_${channel}`, [...body, song.once ? END : LOOP]);
    }
    return data;
  }
}

/**
 * Turns a score into assembly text: `constants` (SONG_, SFX_, HIT_ numbers) to include, `data` to assemble.
 * Throws an Error that names file and line when the score is wrong.
 */
export function buildMusic(file: string, text: string): { constants: string; data: string } {
  const score = new Score();
  text.split("\n").forEach((line, index) => {
    if (line.trim() !== "" && !line.startsWith(";")) score.line(line, `${file}:${index + 1}`);
  });
  return score.assembly();
}
