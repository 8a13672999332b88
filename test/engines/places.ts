/** What is tried, and what came of it. */

import type { Told } from './program.js';

export interface Place {
  readonly name: string;
  readonly threads: number;
  /** Whether there can be no SIMD kernels there: then it is compared with Node without WebAssembly. */
  readonly plain: boolean;
  /** Whether other threads can be had there. */
  readonly helped: boolean;
  run(): Promise<Told>;
}

export interface Outcome {
  readonly place: Place;
  readonly told: Told | null;
  readonly fault: string;
}

/** Which option sets differ from the first outcome of the same kernels; '' if none does. */
export function differences(told: Told, reference: Told): string {
  const names = new Set([...Object.keys(told.hashes), ...Object.keys(reference.hashes)]);
  return [...names].filter((name) => told.hashes[name] !== reference.hashes[name]).join('; ');
}

export async function attempt(place: Place, references: Map<boolean, Told>): Promise<Outcome> {
  let told: Told;
  try {
    told = await place.run();
  } catch (error) {
    return { place, told: null, fault: error instanceof Error ? error.message : String(error) };
  }
  const reference = references.get(place.plain) ?? told;
  references.set(place.plain, reference);
  const different = differences(told, reference);
  const faults = [
    different && `other bits: ${different}`,
    told.backend !== (place.plain ? 'plain' : 'simd') && `kernels are ${told.backend}`,
    told.helped !== place.helped && (place.helped ? 'no other thread helped' : 'another thread helped'),
  ];
  return { place, told, fault: faults.filter(Boolean).join(', ') };
}

/** All hashes of an outcome as one word, to be seen at a glance. */
export function word({ hashes }: Told): string {
  const all = Object.values(hashes).join('');
  let hash = 0x811c9dc5;
  for (let i = 0; i < all.length; i++) hash = Math.imul(hash ^ all.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
