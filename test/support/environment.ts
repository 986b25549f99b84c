/**
 * Changes variables of this process, such as `{ CI: undefined, TERM: "xterm" }`; undefined removes one. They
 * have their values again when the result is disposed of: `using _variables = changedVariables(…)`. Other
 * test files run in the same process, so none may leave a change.
 */
export function changedVariables(values: Readonly<Record<string, string | undefined>>): Disposable {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  for (const [name, value] of Object.entries(values)) set(name, value);
  return {
    [Symbol.dispose]: () => {
      for (const [name, value] of before) set(name, value);
    },
  };
}

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
