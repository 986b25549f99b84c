import { useEffect, useRef, useState } from "preact/hooks";

interface EditableTextProps {
  readonly text: string;
  /** What it is, for screen readers. */
  readonly label: string;
  readonly placeholder?: string;
  /** Called with a new text. */
  onChange(text: string): unknown;
}

/** A text that becomes an input when it is clicked. Enter accepts the change, Escape does not. */
export function EditableText({ text, label, placeholder = "", onChange }: EditableTextProps) {
  const [isOpen, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (isOpen) input.current?.select();
    else if (wasOpen.current) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (!isOpen) {
    return (
      <button
        ref={button}
        type="button"
        class={text === "" ? "editable empty" : "editable"}
        title={`${label}: click to change`}
        aria-label={`${label}: ${text === "" ? "none" : text}`}
        onClick={() => setOpen(true)}
      >
        {text === "" ? placeholder : text}
      </button>
    );
  }
  const accept = (): void => {
    const { value } = input.current!;
    setOpen(false);
    if (value !== text) onChange(value);
  };
  return (
    <input
      ref={input}
      class="editable"
      aria-label={label}
      defaultValue={text}
      spellcheck={false}
      autocomplete="off"
      onBlur={() => setOpen(false)}
      onKeyDown={(event) => {
        if (event.key === "Enter") accept();
        else if (event.key === "Escape") setOpen(false);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
