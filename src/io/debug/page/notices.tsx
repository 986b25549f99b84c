import { Icon } from "./controls/icon.tsx";
import { dismiss, store } from "./state/model.ts";
import { useStore } from "./state/store.ts";

export function Notices() {
  const notices = useStore(store, (page) => page.notices);
  return (
    <div class="notices" role="log" aria-label="Messages">
      {notices.map(({ id, kind, text, action }) => (
        <div key={id} class="notice" data-kind={kind}>
          <span>{text}</span>
          {action !== undefined && (
            <button
              type="button"
              onClick={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" class="small" aria-label="Close this message" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
