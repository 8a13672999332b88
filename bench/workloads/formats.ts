/** Reading tables, from the file to float32 numbers in memory, against numpy where it reads the same. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { OURS, withPeers } from '../contestants.js';
import { type Files, PIXELS } from '../data.js';
import { type Tensor, writeCsv, writeNpy, writeSafetensors } from '../library.js';
import { cleanEnvironment } from '../peers/environment.js';
import { STEP } from '../peers/read.js';
import { digits, times } from '../table.js';
import { median } from '../turns.js';
import type { Workload } from './workload.js';

interface Subject {
  readonly what: string;
  readonly path: string;
  /** Megabytes of the file. */
  readonly size: number;
  /** Python that reads it into `a`, as float32; null where numpy does not. */
  readonly numpy: string | null;
}

const PYTHONS = ['python3', '/usr/bin/python3'];

function findNumpy(): { python: string; version: string } | null {
  for (const python of PYTHONS) {
    try {
      const said = execFileSync(python, ['-c', 'import numpy; print(numpy.__version__)'], {
        env: cleanEnvironment(),
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return { python, version: said.toString().trim() };
    } catch {}
  }
  return null;
}

function subjects(files: Files, rows: number): Subject[] {
  const { values } = files.random('formats', rows, PIXELS);
  const { path: train } = files.mnist().train;
  const few = Math.ceil(rows / 10);
  const pixels = Uint8Array.from(new Float32Array(readFileSync(train).buffer, 0, rows * PIXELS), (x) => Math.round(255 * x));
  const image = (data: Tensor['data']): Tensor => ({ dtype: 'U8', shape: [rows, PIXELS], data });
  const floats: Tensor = { dtype: 'F32', shape: [rows, PIXELS], data: values };
  const csv = (data: Float32Array) => writeCsv({ rows: few, cols: PIXELS, data });
  const put = (what: string, bytes: Uint8Array, numpy: string | null): Subject => {
    const path = files.path(`formats-${what.replaceAll(/\W+/g, '-')}`);
    writeFileSync(path, bytes);
    return { what, path, size: bytes.length / 1e6, numpy };
  };
  const swapped = writeNpy({ ...floats, data: values.slice() });
  // The header's '<f4' becomes '>f4'; what the numbers are then does not matter to a clock.
  swapped[swapped.indexOf(0x3c)] = 0x3e;
  const load = 'a = np.load(path)';
  return [
    put('npy, float32', writeNpy(floats), load),
    put('npy, float32, big-endian', swapped, `${load}.astype("<f4")`),
    put('npy, bytes', writeNpy(image(pixels)), `${load}.astype("<f4")`),
    put('safetensors, float32', writeSafetensors([['x', floats]]), null),
    put('npy.gz, digits', Uint8Array.from(gzipSync(writeNpy(image(pixels)))), 'a = np.load(gzip.open(path)).astype("<f4")'),
    put(
      'csv, digits',
      csv(Float32Array.from(pixels.subarray(0, few * PIXELS))),
      'a = np.loadtxt(path, delimiter=",", dtype="<f4")',
    ),
    put('csv, numbers in [0, 1)', csv(values.subarray(0, few * PIXELS)), 'a = np.loadtxt(path, delimiter=",", dtype="<f4")'),
  ];
}

function numpys(python: string, { path, numpy }: Subject, tries: number): { seconds: number; read: number[] } {
  const script = `
import gzip, json, sys, time
import numpy as np
path, best = sys.argv[1], 1e9
for _ in range(${tries}):
    start = time.perf_counter()
    ${numpy}
    best = min(best, time.perf_counter() - start)
a = a.reshape(len(a), -1)
print(json.dumps({"seconds": best, "read": [*a.shape, *np.nan_to_num(a.ravel()[::${STEP}].astype("f8"), posinf=0, neginf=0).tolist()]}))
`;
  return JSON.parse(
    execFileSync(python, ['-c', script, path], { env: cleanEnvironment(), encoding: 'utf8', maxBuffer: 2 ** 28 }),
  );
}

function requireSame(what: string, mine: number[], theirs: number[]): void {
  const at = mine.findIndex((x, i) => x !== theirs[i]);
  if (at >= 0 || mine.length !== theirs.length) {
    throw new Error(`${what}: numpy reads ${theirs[at]}, this library ${mine[at]} (figure ${at + 1}), so nothing was timed`);
  }
}

export const formats: Workload = {
  name: 'formats',
  groups: ['simd-1'],
  title: 'formats: a table of 784 columns, from the file to float32 numbers',
  async run({ contestants, files, rounds, quick, say }) {
    const numpy = findNumpy();
    const tries = quick ? 1 : 3;
    const all = subjects(files, quick ? 6_000 : 60_000);
    const rows: string[][] = [];
    const on = await withPeers(contestants.groups['simd-1'], async ([[peer]]) => {
      for (const subject of all) {
        const { what, path, size } = subject;
        const [mine, theirs]: number[][] = [[], []];
        for (let round = 0; round < rounds; round++) {
          const { seconds, read } = await peer.ask('read', { path, tries });
          mine.push(seconds);
          if (!numpy || !subject.numpy) continue;
          const other = numpys(numpy.python, subject, tries);
          requireSame(what, read, other.read);
          theirs.push(other.seconds);
        }
        say(`formats: ${what}`);
        const [a, b] = [median(mine), theirs.length ? median(theirs) : Number.NaN];
        rows.push([what, digits(size), digits(size / a), digits(size / b), theirs.length ? times(b / a) : '']);
      }
      return peer.setting;
    });
    return {
      tables: [
        {
          title:
            'formats: reading, MB of the file a second (the file is in the cache; the fastest of some readings, median of rounds)',
          columns: ['', 'MB', `${OURS}, ${on}`, `numpy${numpy ? ` ${numpy.version}` : ''}`, `${OURS} is faster`],
          rows,
          remarks: numpy ? [] : ['numpy is missing: apt-get install python3-numpy'],
        },
      ],
      charts: [],
      summary: null,
    };
  },
};
