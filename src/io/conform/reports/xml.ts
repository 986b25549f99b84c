const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * Text for XML and HTML, attributes included. Control characters and halves of surrogate pairs, which XML
 * cannot hold, become spaces.
 */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, " ")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are not allowed
      .replace(/[\u0000-\u001f\u007f\ufffe\uffff]/g, " ")
      .replace(/[&<>"]/g, (c) => ENTITIES[c]!)
  );
}
