import { npyOf, writeNpy } from '../formats/npy.js';
import { writeZip } from '../formats/write-zip.js';
import { type CsrLike, readCsr } from '../numbers/csr.js';
import { dtypeOf } from '../numbers/matrix.js';

/**
 * The file that scipy.sparse.save_npz writes of a csr_matrix, not compressed: load_npz reads it, and gives the same numbers.
 * @throws for what is no CSR, and RangeError beyond 4 GiB
 */
export function toSciPy(codes: CsrLike): Uint8Array<ArrayBuffer> {
  const dtype = codes.data instanceof Float64Array ? 'float64' : 'float32';
  const { data, indices, indptr, shape } = readCsr('toSciPy: codes', codes, undefined, dtype);
  const floats = { dtype: dtypeOf(data) === 'float32' ? 'F32' : 'F64', shape: [data.length], data } as const;
  return writeZip({
    'indices.npy': writeNpy({ dtype: 'I32', shape: [indices.length], data: indices }),
    'indptr.npy': writeNpy({ dtype: 'I32', shape: [indptr.length], data: indptr }),
    'format.npy': npyOf('|S3', [], new TextEncoder().encode('csr')),
    'shape.npy': writeNpy({ dtype: 'I64', shape: [2], data: BigInt64Array.from(shape, BigInt) }),
    'data.npy': writeNpy(floats),
  });
}
