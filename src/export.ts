/** Models as something else: programs that need nothing of this library. */

import { SparseAutoencoder as Core, modelOf } from './core/sparse-autoencoder.js';
import { type ModuleOptions, type ModuleSource, moduleOf } from './export/module.js';
import { show } from './numbers/checks.js';
import { coreOf, SparseAutoencoder } from './sparse-autoencoder.js';

export type { Bits, ModuleOptions, ModuleSource } from './export/module.js';

/**
 * A model of either class as one ES module without imports, its weights inside, and its declarations: see moduleOf.
 * @throws TypeError for what is no model, RangeError for a wrong option
 */
export function toModule(sae: SparseAutoencoder | Core, options: ModuleOptions = {}): ModuleSource {
  const core = sae instanceof SparseAutoencoder ? coreOf(sae) : sae;
  if (!(core instanceof Core)) throw new TypeError(`toModule: got ${show(sae)}, expected a SparseAutoencoder`);
  return moduleOf(modelOf(core), options);
}
