/** Recorded events of pads, written as the kernel's header names them: "KEY 0x130 1" or "ABS 0x00 -32768". */
const TYPES: Readonly<Record<string, number>> = { SYN: 0, KEY: 1, ABS: 3, MSC: 4 };

/** Events in the form of a read of the device, each line followed by a SYN_REPORT. */
export function padEvents(...lines: readonly string[]): Uint8Array {
  const events = lines.flatMap((line) => {
    const [type = "", code = "0", value = "0"] = line.split(" ");
    const event = [TYPES[type]!, Number(code), Number(value)] as const;
    return type === "SYN" ? [event] : [event, [0, 0, 0] as const];
  });
  const bytes = new Uint8Array(24 * events.length);
  const view = new DataView(bytes.buffer);
  events.forEach(([type, code, value], index) => {
    view.setBigInt64(24 * index, 1_700_000_000n, true);
    view.setUint16(24 * index + 16, type, true);
    view.setUint16(24 * index + 18, code, true);
    view.setInt32(24 * index + 20, value, true);
  });
  return bytes;
}
