/** Drawings on a grid of 16 × 16. */
const PATHS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  playBack: "M12 2.5v11L3 8z",
  over: "M2 9a6 5 0 0 1 11-2.5V4h1.5v5H9.5V7.5h2.3A4.5 3.8 0 0 0 3.5 9zM8 11a1.7 1.7 0 1 1 0 3.4A1.7 1.7 0 0 1 8 11z",
  into: "M7.2 1.5h1.6v5h2.7L8 10 4.5 6.5h2.7zM8 11a1.7 1.7 0 1 1 0 3.4A1.7 1.7 0 0 1 8 11z",
  out: "M7.2 10h1.6V5h2.7L8 1.5 4.5 5h2.7zM8 11a1.7 1.7 0 1 1 0 3.4A1.7 1.7 0 0 1 8 11z",
  overBack:
    "M14 9A6 5 0 0 0 3 6.5V4H1.5v5h5V7.5H4.2A4.5 3.8 0 0 1 12.5 9zM8 11a1.7 1.7 0 1 1 0 3.4A1.7 1.7 0 0 1 8 11z",
  frame: "M2 3h12v10H2zM3.5 4.5v7h9v-7zM6.5 6v4L10 8z",
  frameBack: "M2 3h12v10H2zM3.5 4.5v7h9v-7zM9.5 6v4L6 8z",
  nmi: "M9 1 3.5 9H7l-1 6 6.5-8.5H9z",
  reset: "M8 2.5a5.5 5.5 0 1 1-5.3 4h1.6A4 4 0 1 0 8 4v2.2L4.5 3.3 8 .3z",
  close: "m4 3 4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z",
  add: "M7.2 3h1.6v4.2H13v1.6H8.8V13H7.2V8.8H3V7.2h4.2z",
  sun: "M8 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM7.3 1h1.4v2H7.3zM7.3 13h1.4v2H7.3zM1 7.3h2v1.4H1zM13 7.3h2v1.4h-2zM3 4l1-1 1.4 1.4-1 1zM10.6 11.6l1-1L13 12l-1 1zM3 12l1.4-1.4 1 1L4 13zM10.6 4.4 12 3l1 1-1.4 1.4z",
  moon: "M6.5 1.5a6.5 6.5 0 1 0 8 8 5.5 5.5 0 0 1-8-8z",
  auto: "M8 1.5a6.5 6.5 0 1 1 0 13zM8 1.5a6.5 6.5 0 1 0 0 13v-1.4A5.1 5.1 0 0 1 8 2.9z",
  help: "M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2zm0 1.4a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 0 0 8 2.6zM7.2 11h1.6v1.5H7.2zM5.6 6.4a2.4 2.4 0 1 1 3.7 2c-.4.3-.5.5-.5 1.4H7.2c0-1.5.3-2.1 1.1-2.7a.9.9 0 1 0-1.3-.7z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
