/** A page imported with `{ type: "text" }` is a string. */
declare module "*.html" {
  const text: string;
  export default text;
}
