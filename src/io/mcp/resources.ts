import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { InputError } from "../../emu/input-error.ts";
import { readFileCapped } from "../files/read-file.ts";
import { hex } from "../library/place-map.ts";
import type { McpSession } from "./session.ts";
import { gameFacts } from "./tools/game-tools.ts";

const MAX_PAGE_BYTES = 1024 * 1024;
/** The folder of the package's documents. An executable has none. */
const DOCS = join(import.meta.dir, "../../../docs");
const MAX_SYMBOLS = 5000;

/** The CPU's address space. https://www.nesdev.org/wiki/CPU_memory_map */
const MEMORY_MAP = `$0000-$07FF work RAM; $0000-$00FF zero page, $0100-$01FF stack
$0800-$1FFF mirrors of work RAM
$2000-$3FFF PPU registers: $2000 PPUCTRL, $2001 PPUMASK, $2002 PPUSTATUS, $2003 OAMADDR, $2004 OAMDATA, $2005 PPUSCROLL, $2006 PPUADDR, $2007 PPUDATA
$4000-$4017 APU and controllers: $4014 OAM DMA, $4015 sound status, $4016 and $4017 controllers
$4020-$5FFF cartridge
$6000-$7FFF cartridge RAM, if there is any
$8000-$FFFF PRG ROM; vectors: $FFFA NMI, $FFFC reset, $FFFE IRQ

PPU: $0000-$1FFF pattern tables, $2000-$2FFF nametables, $3F00-$3F1F palettes`;

/** Adds the game's header, the memory map, the symbols and the documents. */
export function addResources(server: McpServer, session: McpSession): void {
  const text = (uri: string, mimeType: string, contents: string) => ({
    contents: [{ uri, mimeType, text: contents }],
  });
  server.registerResource(
    "game",
    "emu://game",
    { title: "The loaded game", description: "Facts of its header and file", mimeType: "application/json" },
    async () => text("emu://game", "application/json", JSON.stringify(gameFacts(session), null, 1)),
  );
  server.registerResource(
    "memory-map",
    "emu://memory-map",
    {
      title: "Memory map",
      description: "The address spaces of CPU and PPU, and the banks of the cartridge",
      mimeType: "text/plain",
    },
    async () => text("emu://memory-map", "text/plain", `${MEMORY_MAP}\n\n${banksText(session)}`),
  );
  server.registerResource(
    "symbols",
    "emu://symbols",
    { title: "Symbols", description: "The names of the game's addresses", mimeType: "text/plain" },
    async () => text("emu://symbols", "text/plain", symbolsText(session)),
  );
  const pages = documentNames();
  if (pages.length === 0) return;
  const template = new ResourceTemplate("emu://docs/{page}", {
    list: async () => ({
      resources: pages.map((page) => ({ name: page, uri: `emu://docs/${page}`, mimeType: "text/markdown" })),
    }),
    complete: { page: (value) => pages.filter((page) => page.startsWith(value)) },
  });
  server.registerResource(
    "docs",
    template,
    { title: "Documentation of emu", mimeType: "text/markdown" },
    async (uri, { page }) => {
      // Only names from the list are accepted, so that no path leads out of the folder.
      if (typeof page !== "string" || !pages.includes(page))
        throw new InputError("missing", "no such page", uri.href.slice(0, 200), `one of ${pages.join(", ")}`);
      const bytes = await readFileCapped(join(DOCS, page), MAX_PAGE_BYTES);
      return text(uri.href, "text/markdown", new TextDecoder().decode(bytes));
    },
  );
}

function documentNames(): string[] {
  try {
    return readdirSync(DOCS)
      .filter((name) => name.endsWith(".md"))
      .sort();
  } catch {
    return [];
  }
}

/** The part of PRG ROM that each 8 KiB of the CPU's space shows now, as text. */
function banksText(session: McpSession): string {
  const { game } = session;
  const banks: string[] = [];
  for (let address = 0x6000; address < 0x10000; address += 0x2000) {
    const offset = game.places.prgOffsetAt(address);
    banks.push(`${hex(address, 4)}: ${offset < 0 ? "not ROM" : `PRG ROM offset ${hex(offset, 5)}`}`);
  }
  return `Banks now:\n${banks.join("\n")}`;
}

function symbolsText(session: McpSession): string {
  const { symbols } = session.game.symbols;
  if (symbols.length === 0) return "The game has no symbols.";
  const lines = symbols
    .slice(0, MAX_SYMBOLS)
    .map(({ name, address }) => `${address < 0 ? "(bank)" : hex(address, 4)} ${name}`);
  return lines.join("\n");
}
