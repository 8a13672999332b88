/** What the page does only when it is asked to, in one piece: what it has in common with the rest is in few pieces then. */

export { Pair } from './pair.js';
export { Sharing } from './sharing.js';
export { SlowMotion } from './slow-motion.js';
export { Tour } from './tour.js';
export { UnitCard } from './unit-card.js';
export { Word } from './word.js';
