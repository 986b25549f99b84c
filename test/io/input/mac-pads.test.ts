import { dlopen } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { openHid } from "../../../src/io/ffi/pad-libraries.ts";
import { BUTTON_BITS } from "../../../src/io/input/bindings.ts";
import { Gamepads } from "../../../src/io/input/gamepads.ts";
import { MacPads } from "../../../src/io/input/mac-pads.ts";
import { FakeLibrary, HAS_COMPILER } from "../../support/fake-library.ts";

const { a, b, left, up } = BUTTON_BITS;

/**
 * A device with two axes, a hat and ten buttons, and the functions of IOKit and Core Foundation that are
 * called. Every object is counted when it is created and released.
 */
const SOURCE = `
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#define ELEMENTS 15
typedef struct { uint32_t page, usage; int64_t minimum, maximum, value; } Element;
static Element elements[ELEMENTS];
static int is_there, is_open, objects;
static char matching[512], asked[64];
static int device, manager, set, array, text, vendor = 0x0079;
__attribute__((constructor)) static void begin(void) {
  elements[0] = (Element){1, 0x30, 0, 255, 128};
  elements[1] = (Element){1, 0x31, 0, 255, 128};
  elements[2] = (Element){1, 0x39, 0, 7, 15};
  elements[3] = (Element){1, 0x32, 0, 255, 0};
  elements[4] = (Element){0xff00, 0x20, 0, 255, 7};
  for (int i = 0; i < 10; i++) elements[5 + i] = (Element){9, i + 1, 0, 1, 0};
}
void plug(int there) { is_there = there; }
void put(uint32_t at, int64_t value) { elements[at].value = value; }
int32_t object_count(void) { return objects; }
int32_t has_matching(void) { return strstr(matching, "DeviceUsagePage") && strstr(matching, ">5<") && strstr(matching, "</array>"); }

void *IOHIDManagerCreate(void *allocator, uint32_t options) { objects++; return &manager; }
void *IOCFUnserialize(const char *xml, void *a, uint64_t o, void **e) { objects++; snprintf(matching, sizeof matching, "%s", xml); return matching; }
void IOHIDManagerSetDeviceMatchingMultiple(void *m, void *array) {}
void *IOHIDManagerCopyDevices(void *m) { if (!is_there) return 0; objects++; return &set; }
int64_t CFSetGetCount(void *s) { return 1; }
void CFSetGetValues(void *s, void **values) { values[0] = &device; }
void CFRelease(void *object) { objects--; }
uint32_t IOHIDDeviceGetService(void *d) { return 77; }
int IORegistryEntryGetRegistryEntryID(uint32_t service, uint64_t *id) { *id = 0x100000000 + service; return 0; }
int IOHIDDeviceOpen(void *d, uint32_t options) { is_open = 1; return 0; }
int IOHIDDeviceClose(void *d, uint32_t options) { is_open = 0; return 0; }
void *IOHIDDeviceCopyMatchingElements(void *d, void *m, uint32_t o) { objects++; return &array; }
int64_t CFArrayGetCount(void *x) { return ELEMENTS; }
void *CFArrayGetValueAtIndex(void *x, int64_t index) { return &elements[index]; }
uint32_t IOHIDElementGetUsagePage(Element *e) { return e->page; }
uint32_t IOHIDElementGetUsage(Element *e) { return e->usage; }
int64_t IOHIDElementGetLogicalMin(Element *e) { return e->minimum; }
int64_t IOHIDElementGetLogicalMax(Element *e) { return e->maximum; }
int IOHIDDeviceGetValue(void *d, Element *e, void **value) { if (!is_open || !is_there) return 0xe00002c0; *value = e; return 0; }
int64_t IOHIDValueGetIntegerValue(Element *value) { return value->value; }
void *CFStringCreateWithCString(void *a, const char *s, uint32_t encoding) { objects++; snprintf(asked, sizeof asked, "%s", s); return &text; }
void *IOHIDDeviceGetProperty(void *d, void *key) { return !strcmp(asked, "Product") ? (void *)&text : !strcmp(asked, "VendorID") ? (void *)&vendor : 0; }
unsigned char CFNumberGetValue(int *number, int64_t type, int *into) { *into = *number; return 1; }
unsigned char CFStringGetCString(void *s, char *into, int64_t size, uint32_t encoding) { return snprintf(into, size, "USB Gamepad") < size; }
`;

describe.skipIf(!HAS_COMPILER)("macOS' pads, by a library that stands in for IOKit", () => {
  test("are found, play, and leave no objects when they go", () => {
    using fake = new FakeLibrary(SOURCE);
    const { plug, put, object_count, has_matching } = dlopen(fake.path, {
      plug: { args: ["i32"], returns: "void" },
      put: { args: ["u32", "i64"], returns: "void" },
      object_count: { args: [], returns: "i32" },
      has_matching: { args: [], returns: "i32" },
    }).symbols;
    const pads = new Gamepads(new MacPads(openHid(fake.path, fake.path)));
    let words: number[] = [0, 0];
    pads.onButtons = (...both) => {
      words = both;
    };
    pads.scan();
    expect(pads.names[0]).toBeUndefined();
    expect(has_matching()).not.toBe(0);
    expect(object_count()).toBe(0);
    plug(1);
    pads.scan();
    expect(pads.names[0]).toBe("USB Gamepad");
    // The second and third of ten buttons are A and B.
    put(6, 1);
    put(7, 1);
    pads.poll();
    expect(words).toEqual([a | b, 0]);
    put(6, 0);
    put(7, 0);
    put(0, 0);
    put(2, 0);
    pads.poll();
    expect(words).toEqual([left | up, 0]);
    pads.scan();
    // The manager that the open device belongs to.
    expect(object_count()).toBe(1);
    plug(0);
    pads.poll();
    expect(words).toEqual([0, 0]);
    expect(pads.names[0]).toBeUndefined();
    pads.scan();
    pads.stop();
    expect(object_count()).toBe(0);
  });

  test("do not exist without the library", () => {
    expect(openHid("/nowhere/IOKit", "/nowhere/CoreFoundation")).toBeUndefined();
    expect(new MacPads(undefined).list()).toEqual([]);
    expect(new MacPads(undefined).open("1")).toBe("later");
  });
});
