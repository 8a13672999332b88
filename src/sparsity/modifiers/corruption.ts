import { isSparse, type Matrix, type Rows, type SparseRows } from '../../kernels/kernels.js';
import { denseRows, sparseRows } from '../../kernels/rows.js';
import { when } from '../../numbers/checks.js';
import { rowsOf } from '../../numbers/matrix.js';
import { Noise } from '../../numbers/noise.js';
import { type InputPlace, type InputSurvey, modifier } from '../kind.js';

export interface Corruption {
  kind: 'masking' | 'gaussian' | 'salt-and-pepper';
  /** The share of entries that it hits, at most 1; for 'gaussian', the standard deviation of what is added. */
  level: number;
}

const kinds: readonly unknown[] = ['masking', 'gaussian', 'salt-and-pepper'] satisfies Corruption['kind'][];

function isCorruption(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, level, ...rest } = value as Corruption;
  if (!kinds.includes(kind) || Object.keys(rest).length > 0) return false;
  return Number.isFinite(level) && level > 0 && (kind === 'gaussian' || level <= 1);
}

/**
 * The encoder is given X̃, and X is asked for: a denoising autoencoder (Vincent et al. 2010, "Stacked Denoising
 * Autoencoders", section 3.3). In `fit` alone.
 *   masking            an entry becomes 0 with probability `level`
 *   gaussian           x̃ = x + level·N(0, 1)
 *   salt-and-pepper    an entry becomes, with probability `level`, the smallest or the largest of X, by a fair coin
 */
export const corruption = modifier({
  name: 'corruption',
  help: 'the encoder is given X with errors, in fit',
  options: {
    /** Default: none. */
    corruption: {
      check: when(
        isCorruption,
        '{ kind: "masking", "gaussian" or "salt-and-pepper", level }, level above 0, and at most 1 where it is a share',
      ),
      default: undefined as Readonly<Corruption> | undefined,
      help: 'what X goes through on its way to the encoder, in fit',
    },
  },
  applies: (spec) => spec.corruption !== undefined,
  input: (place, survey) => corrupter(place, place.spec.corruption as Corruption, survey),
  cases: [{ name: 'corruption=gaussian', options: { corruption: { kind: 'gaussian', level: 0.3 } } }],
});

function corrupter(place: InputPlace<unknown>, { kind, level }: Corruption, survey: InputSurvey): (x: Rows) => Rows {
  const { k, spec, capacity, memory } = place;
  const [smallest, largest] = kind === 'salt-and-pepper' ? survey.range : [0, 0];
  const dense = denseRows(k, capacity, spec.inputDim);
  const sparse = sparseRows(k, capacity, spec.inputDim, survey.sparse);
  const compressed = (a: Matrix): Rows => {
    const s = { ...sparse, rows: a.rows };
    const count = k.compress(s, a);
    return count >= 0 && count < k.sparseBelow * a.data.length ? s : a;
  };
  return (x) => {
    const noise = new Noise(memory.stream('corruption'));
    if (kind === 'masking' && isSparse(x)) return masked(x, sparse, level, noise);
    const a = rowsOf(dense, 0, x.rows);
    copy(a, x);
    if (kind === 'gaussian') addGaussian(a, level, noise);
    else if (kind === 'masking') mask(a, level, noise);
    else saltAndPepper(a, level, smallest, largest, noise);
    return survey.sparse && kind === 'salt-and-pepper' ? compressed(a) : a;
  };
}

function copy(to: Matrix, x: Rows): void {
  if (!isSparse(x)) {
    to.data.set(x.data);
    return;
  }
  to.data.fill(0);
  for (let i = 0; i < x.rows; i++) for (let at = x.start[i]; at < x.end[i]; at++) to.data[i * x.cols + x.index[at]] = x.value[at];
}

/** What is 0 already takes no draw, so that both forms of X come to the same. */
function mask({ data }: Matrix, level: number, noise: Noise): void {
  for (let i = 0; i < data.length; i++) if (data[i] !== 0 && noise.uniform() < level) data[i] = 0;
}

function masked(x: SparseRows, room: SparseRows, level: number, noise: Noise): SparseRows {
  for (let i = 0; i < x.rows; i++) {
    let put = i * x.cols;
    room.start[i] = put;
    for (let at = x.start[i]; at < x.end[i]; at++) {
      if (noise.uniform() < level) continue;
      room.index[put] = x.index[at];
      room.value[put++] = x.value[at];
    }
    room.end[i] = put;
  }
  return { ...room, rows: x.rows };
}

function addGaussian({ data }: Matrix, level: number, noise: Noise): void {
  const draws = new Float64Array(data.length);
  noise.fillGaussian(draws);
  for (let i = 0; i < data.length; i++) data[i] += level * draws[i];
}

function saltAndPepper({ data }: Matrix, level: number, smallest: number, largest: number, noise: Noise): void {
  for (let i = 0; i < data.length; i++) {
    const u = noise.uniform();
    if (u < level) data[i] = u < level / 2 ? largest : smallest;
  }
}
