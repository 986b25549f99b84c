/** A ROM imported with `{ type: "file" }` is its path, inside a compiled executable too. */
declare module "*.nes" {
  const path: string;
  export default path;
}
