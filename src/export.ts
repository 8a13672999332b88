/** Models and codes as something else: programs that need nothing of this library, rows for search engines, files of SciPy's. */

import type { Model } from './core/model.js';
import { SparseAutoencoder as Core, modelOf } from './core/sparse-autoencoder.js';
import { type ModuleOptions, type ModuleSource, moduleOf } from './export/module.js';
import { onnxOf } from './export/onnx.js';
import { type Udf, type UdfOptions, udfOf, type Warehouse } from './export/udf.js';
import { show } from './numbers/checks.js';
import { coreOf, SparseAutoencoder } from './sparse-autoencoder.js';

export type { Bits } from './export/encoder-script.js';
export type { ModuleOptions, ModuleSource } from './export/module.js';
export { type SearchOptions, type SearchWriter, sparseValues } from './export/rows.js';
export { toSciPy } from './export/scipy.js';
export { SEARCH_FORMATS, type SearchFormat, searchText, searchWriter } from './export/search.js';
export { nineBits, tokenMap, tokenNames } from './export/tokens.js';
export type { Udf, UdfOptions, Warehouse } from './export/udf.js';
export { sparsevec } from './formats/sparsevec.js';

/**
 * A model of either class as one ES module without imports, its weights inside, and its declarations: see moduleOf.
 * @throws TypeError for what is no model, RangeError for a wrong option
 */
export function toModule(sae: SparseAutoencoder | Core, options: ModuleOptions = {}): ModuleSource {
  return moduleOf(modelIn('toModule', sae), options);
}

/**
 * A model of either class as an ONNX graph, for Triton, onnxruntime, BigQuery ML and whatever else runs them: see onnxOf.
 * @throws TypeError for what is no model, RangeError for one of more than 2 GiB
 */
export function toOnnx(sae: SparseAutoencoder | Core): Uint8Array<ArrayBuffer> {
  return onnxOf(modelIn('toOnnx', sae));
}

/**
 * The encoder of a model of either class as a JavaScript function of BigQuery or Snowflake, with the SQL that makes it: see
 * udfOf.
 * @throws TypeError for what is no model, RangeError for a wrong option or an encoder that is too large, saying by how much
 */
export function toUdf(sae: SparseAutoencoder | Core, warehouse: Warehouse, options: UdfOptions = {}): Udf {
  return udfOf(modelIn('toUdf', sae), warehouse, options);
}

function modelIn(call: string, sae: SparseAutoencoder | Core): Model {
  const core = sae instanceof SparseAutoencoder ? coreOf(sae) : sae;
  if (!(core instanceof Core)) throw new TypeError(`${call}: got ${show(sae)}, expected a SparseAutoencoder`);
  return modelOf(core);
}
