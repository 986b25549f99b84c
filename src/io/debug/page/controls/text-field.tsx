/** A line of text; Escape leaves it. */
export function TextField(props: {
  readonly id?: string;
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  onText(text: string): void;
}) {
  return (
    <input
      id={props.id}
      aria-label={props.label}
      placeholder={props.placeholder}
      value={props.text}
      spellcheck={false}
      autocomplete="off"
      onInput={(event) => props.onText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
