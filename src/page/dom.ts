/** Elements by what they are called, and new ones. */

/** The element of that id; index.html has them all. */
export function byId<K extends keyof HTMLElementTagNameMap>(id: string, tag: K): HTMLElementTagNameMap[K] {
  const element = document.getElementById(id);
  if (element?.localName !== tag) throw new Error(`#${id} is ${element?.localName}, expected ${tag}`);
  return element as HTMLElementTagNameMap[K];
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A colour of the style sheet as it stands, light or dark. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Calls back when light turns to dark, or dark to light. */
export const onScheme = (change: () => void): void =>
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', change);

export const prefersStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Brings an element into sight, below what stays at the top, smoothly where that is wanted. */
export function bringIntoSight(element: Element): void {
  document.documentElement.style.scrollPaddingTop = `${byId('top', 'div').clientHeight + 16}px`;
  element.scrollIntoView({ behavior: prefersStillness() ? 'auto' : 'smooth' });
}

export function say(text: string): void {
  byId('note', 'p').textContent = text;
}

/** Hands a file to the visitor. */
export function download(name: string, content: BlobPart, type: string): void {
  const href = URL.createObjectURL(new Blob([content], { type }));
  make('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
