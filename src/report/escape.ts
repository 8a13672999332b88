const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe for an element's content and for a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/** JSON made safe inside a script element: with no '<' at all, no tag can end or open there. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

/**
 * JavaScript made safe inside a script element. Outside strings, regular expressions and comments
 * no sane source holds '</script' or '<!--', and \x3c means '<' in the first two. The source-map
 * comment goes too, lest the developer tools ask for a file that is not there.
 */
export function codeForScript(source: string): string {
  return source.replace(/<(?=\/script|!--)/gi, '\\x3c').replace(/^\/\/[#@] sourceMappingURL=.*$/gm, '');
}
