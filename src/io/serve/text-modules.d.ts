/** A page imported with `{ type: "text" }` is its text. */
declare module "*.html" {
  const text: string;
  export default text;
}
