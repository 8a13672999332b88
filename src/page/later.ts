import { say } from './dom.js';

/**
 * A part of the page that comes when it is asked for, which is all that is seldom asked for if no other is named; null if it
 * could not be had, which is said.
 */
export function later(what: string): Promise<typeof import('./more.js') | null>;
export function later<T>(what: string, load: () => Promise<T>): Promise<T | null>;
export async function later(what: string, load: () => Promise<unknown> = () => import('./more.js')): Promise<unknown> {
  try {
    return await load();
  } catch {
    say(`${what} could not be loaded. Try once more, or reload the page.`);
    return null;
  }
}
