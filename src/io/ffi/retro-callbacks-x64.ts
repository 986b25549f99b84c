/**
 * Machine code for the callbacks that libretro cores call during a frame, on x86-64 with the System V calling
 * convention. Cores with coroutines (bsnes) call them on separate stacks. JavaScriptCore compares the stack
 * pointer with its thread's stack and would abort the process there. The code also avoids entering JavaScript
 * some fifty times per frame.
 *
 * Each function reads or writes one block of memory, which JavaScript fills before a frame and reads after
 * it.
 */
import type { Pointer } from "bun:ffi";
import { linuxIo } from "./libc.ts";
import type { CallbackAddresses, CallbackBlocks } from "./retro-blocks.ts";
import {
  AUDIO_SAMPLES_AT,
  INPUT_DEVICE_KINDS,
  INPUT_IDS,
  INPUT_INDEXES,
  INPUT_MASK_ID,
  INPUT_MASK_SLOT,
  INPUT_PORTS,
  VIDEO_BUFFER_AT,
  VIDEO_BYTES_PER_PIXEL_AT,
  VIDEO_CALLS_AT,
  VIDEO_CAPACITY_AT,
  VIDEO_DATA_AT,
  VIDEO_HEIGHT_AT,
  VIDEO_PITCH_AT,
  VIDEO_WIDTH_AT,
} from "./retro-blocks.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MAP_FAILED = -1;
const PAGE_BYTES = 4096;
const ALIGN_BYTES = 16;

/** The code of one function, and the positions of jumps to its labels. */
class Code {
  readonly bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #jumps: [at: number, label: string][] = [];

  /** Appends bytes as they are. */
  op(...bytes: number[]): this {
    this.bytes.push(...bytes);
    return this;
  }

  /** Appends a 32-bit number. */
  word(value: number): this {
    for (let shift = 0; shift < 32; shift += 8) this.bytes.push((value >>> shift) & 0xff);
    return this;
  }

  /** movabs rax, address */
  loadAddress(address: number): this {
    const [low, high] = [address % 2 ** 32, Math.floor(address / 2 ** 32)];
    return this.op(0x48, 0xb8).word(low).word(high);
  }

  label(name: string): this {
    this.#labels.set(name, this.bytes.length);
    return this;
  }

  /** A short jump: an opcode of one byte, then the distance to the label. */
  jump(opcode: number, label: string): this {
    this.#jumps.push([this.bytes.length + 1, label]);
    return this.op(opcode, 0);
  }

  finish(): Uint8Array {
    for (const [at, label] of this.#jumps) this.bytes[at] = (this.#labels.get(label)! - at - 1) & 0xff;
    return Uint8Array.from(this.bytes);
  }
}

const JE = 0x74;
const JNE = 0x75;
const JA = 0x77;
const JAE = 0x73;
const JMP = 0xeb;
const RET = 0xc3;

/** int16_t input_state(edi port, esi device, edx index, ecx id): looks the value up in the table. */
function inputState(table: number): Uint8Array {
  const log2 = (value: number): number => 31 - Math.clz32(value);
  return new Code()
    .op(0x83, 0xff, INPUT_PORTS - 1) // cmp edi, ports - 1
    .jump(JA, "zero")
    .op(0x83, 0xfe, INPUT_DEVICE_KINDS - 1) // cmp esi, devices - 1
    .jump(JA, "zero")
    .op(0x83, 0xfa, INPUT_INDEXES - 1) // cmp edx, indexes - 1
    .jump(JA, "zero")
    .op(0x81, 0xf9)
    .word(INPUT_MASK_ID) // cmp ecx, mask id
    .jump(JNE, "plain")
    .op(0xb9)
    .word(INPUT_MASK_SLOT) // mov ecx, its slot
    .label("plain")
    .op(0x83, 0xf9, INPUT_IDS - 1) // cmp ecx, ids - 1
    .jump(JA, "zero")
    .op(0xc1, 0xe7, log2(INPUT_DEVICE_KINDS)) // shl edi
    .op(0x01, 0xf7) // add edi, esi
    .op(0xc1, 0xe7, log2(INPUT_INDEXES)) // shl edi
    .op(0x01, 0xd7) // add edi, edx
    .op(0xc1, 0xe7, log2(INPUT_IDS)) // shl edi
    .op(0x01, 0xcf) // add edi, ecx
    .loadAddress(table)
    .op(0x0f, 0xbf, 0x04, 0x78) // movsx eax, word [rax + 2 rdi]
    .op(RET)
    .label("zero")
    .op(0x31, 0xc0) // xor eax, eax
    .op(RET)
    .finish();
}

/** void audio_sample(di left, si right): appends a pair unless the block is full. */
function audioSample(block: number): Uint8Array {
  return new Code()
    .loadAddress(block)
    .op(0x8b, 0x08) // mov ecx, [rax]: pairs so far
    .op(0x3b, 0x48, 4) // cmp ecx, [rax + 4]: capacity
    .jump(JAE, "end")
    .op(0x66, 0x89, 0x7c, 0x88, AUDIO_SAMPLES_AT) // mov [rax + 4 rcx + samples], di
    .op(0x66, 0x89, 0x74, 0x88, AUDIO_SAMPLES_AT + 2) // mov [rax + 4 rcx + samples + 2], si
    .op(0xff, 0x00) // inc dword [rax]
    .label("end")
    .op(RET)
    .finish();
}

/** size_t audio_sample_batch(rdi data, rsi frames): appends pairs, and reports that it took all of them. */
function audioBatch(block: number): Uint8Array {
  return new Code()
    .loadAddress(block)
    .op(0x49, 0x89, 0xf0) // mov r8, rsi
    .op(0x8b, 0x08) // mov ecx, [rax]
    .label("next")
    .op(0x48, 0x85, 0xf6) // test rsi, rsi
    .jump(JE, "done")
    .op(0x3b, 0x48, 4) // cmp ecx, [rax + 4]
    .jump(JAE, "done")
    .op(0x8b, 0x17) // mov edx, [rdi]
    .op(0x89, 0x54, 0x88, AUDIO_SAMPLES_AT) // mov [rax + 4 rcx + samples], edx
    .op(0x48, 0x83, 0xc7, 4) // add rdi, 4
    .op(0xff, 0xc1) // inc ecx
    .op(0x48, 0xff, 0xce) // dec rsi
    .jump(JMP, "next")
    .label("done")
    .op(0x89, 0x08) // mov [rax], ecx
    .op(0x4c, 0x89, 0xc0) // mov rax, r8
    .op(RET)
    .finish();
}

/**
 * void video_refresh(rdi data, esi width, edx height, rcx pitch): stores the arguments and copies the
 * picture, because the core may reuse its memory afterwards. Null repeats the last picture; −1 is a picture
 * drawn by the GPU.
 */
function videoRefresh(block: number): Uint8Array {
  return new Code()
    .loadAddress(block)
    .op(0xff, 0x40, VIDEO_CALLS_AT) // inc dword [rax + calls]
    .op(0x48, 0x85, 0xff) // test rdi, rdi
    .jump(JE, "end")
    .op(0x48, 0x89, 0x78, VIDEO_DATA_AT) // mov [rax + data], rdi
    .op(0x48, 0x83, 0xff, 0xff) // cmp rdi, −1
    .jump(JE, "end")
    .op(0x89, 0x70, VIDEO_WIDTH_AT) // mov [rax + width], esi
    .op(0x89, 0x50, VIDEO_HEIGHT_AT) // mov [rax + height], edx
    .op(0x48, 0x89, 0x48, VIDEO_PITCH_AT) // mov [rax + pitch], rcx
    .op(0x85, 0xd2) // test edx, edx
    .jump(JE, "end")
    .op(0xff, 0xca) // dec edx: the last row may end before its pitch does
    .op(0x48, 0x0f, 0xaf, 0xca) // imul rcx, rdx
    .op(0x0f, 0xaf, 0x70, VIDEO_BYTES_PER_PIXEL_AT) // imul esi, [rax + bytes per pixel]
    .op(0x48, 0x01, 0xf1) // add rcx, rsi
    .op(0x48, 0x3b, 0x48, VIDEO_CAPACITY_AT) // cmp rcx, [rax + capacity]
    .jump(JA, "end")
    .op(0x48, 0x89, 0xfe) // mov rsi, rdi
    .op(0x48, 0x8b, 0x78, VIDEO_BUFFER_AT) // mov rdi, [rax + buffer]
    .op(0xfc) // cld
    .op(0xf3, 0xa4) // rep movsb
    .label("end")
    .op(RET)
    .finish();
}

/** Returns true if these callbacks work here. */
function hasX64Callbacks(): boolean {
  return process.arch === "x64" && process.platform === "linux";
}

/**
 * Writes the functions into executable memory. Returns undefined if the system does not permit it, as with
 * SELinux.
 */
export function x64Callbacks(blocks: CallbackBlocks): CallbackAddresses | undefined {
  const io = linuxIo();
  if (!hasX64Callbacks() || io === undefined) return undefined;
  const page = io.mmap(null, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  if (page === null || Number(page) === MAP_FAILED) return undefined;
  const parts = {
    inputPoll: Uint8Array.of(RET),
    inputState: inputState(blocks.inputAddress),
    audioSample: audioSample(blocks.audioAddress),
    audioBatch: audioBatch(blocks.audioAddress),
    videoRefresh: videoRefresh(blocks.videoAddress),
  };
  const bytes = blocks.viewAt(page as Pointer, PAGE_BYTES);
  const addresses: Record<string, number> = {};
  let at = 0;
  for (const [name, code] of Object.entries(parts)) {
    bytes.set(code, at);
    addresses[name] = Number(page) + at;
    at = Math.ceil((at + code.length) / ALIGN_BYTES) * ALIGN_BYTES;
  }
  if (io.mprotect(page as Pointer, PAGE_BYTES, PROT_READ | PROT_EXEC) !== 0) return undefined;
  return addresses as unknown as CallbackAddresses;
}
