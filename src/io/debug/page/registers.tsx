import { useState } from "preact/hooks";
import type { RegisterFacts, RegisterGroupFacts } from "../web/protocol.ts";
import { EditableText } from "./controls/editable-text.tsx";
import { hexText } from "./state/format.ts";
import { ask, store } from "./state/model.ts";
import { useStore } from "./state/store.ts";

const NO_GROUPS: readonly RegisterGroupFacts[] = [];

export function RegistersPanel() {
  const groups = useStore(store, (page) => page.state?.registers ?? NO_GROUPS);
  const [open, setOpen] = useState("PPU");
  const cpu = groups.find(({ name }) => name === "CPU");
  const flags = groups.find(({ name }) => name === "Flags");
  const others = groups.filter((group) => group !== cpu && group !== flags);
  const shown = others.find(({ name }) => name === open);
  return (
    <section class="panel registers" aria-label="Registers">
      <div class="cpu">
        {cpu?.registers.map((register) => (
          <Value key={register.name} register={register} />
        ))}
      </div>
      <fieldset class="flags" aria-label="Flags">
        {flags?.registers.map((flag) => (
          <Flag key={flag.name} flag={flag} />
        ))}
      </fieldset>
      <div class="tabs" role="tablist" aria-label="Other registers">
        {others.map(({ name }) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={name === open}
            onClick={() => setOpen(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="others" role="tabpanel" aria-label={open}>
        {shown?.registers.map((register) => (
          <Value key={register.name} register={register} />
        ))}
      </div>
    </section>
  );
}

function Value({ register }: { register: RegisterFacts }) {
  const { name, value, digits, isEditable } = register;
  const label = name.replace(/^(ppu|apu|board)\./, "");
  const text = digits === 0 ? String(value) : hexText(value, digits);
  return (
    <div class="register">
      <span class="name" title={name}>
        {label}
      </span>
      {isEditable ? (
        <EditableText text={text} label={name} onChange={(value) => ask("assign", { place: name, value })} />
      ) : (
        <span class="value">{text}</span>
      )}
    </div>
  );
}

function Flag({ flag: { name, value } }: { flag: RegisterFacts }) {
  const letter = name.replace("p.", "").toUpperCase();
  return (
    <button
      type="button"
      class="flag"
      aria-pressed={value === 1}
      title={`Flag ${letter}`}
      onClick={() => void ask("assign", { place: name, value: String(1 - value) })}
    >
      {letter}
    </button>
  );
}
