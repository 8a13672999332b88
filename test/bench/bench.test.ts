import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanEnvironment } from '../../bench/peers/environment.js';
import { type Grounds, Peer } from '../../bench/peers/peer.js';
import { asMarkdown, asText, column, summaryTable } from '../../bench/table.js';
import { median, requireAgreement } from '../../bench/turns.js';
import { projectRoot } from '../helpers.js';

/** Calls `use` while the variables are set. */
async function withVariables(variables: Record<string, string>, use: () => unknown): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    await use();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

const steering = {
  OPENBLAS_CORETYPE: 'Haswell',
  OPENBLAS_L2_SIZE: '512',
  OPENBLAS_NUM_THREADS: '1',
  OMP_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  ATEN_CPU_CAPABILITY: 'default',
  NODE_OPTIONS: '--no-warnings',
  UV_THREADPOOL_SIZE: '1',
};

test('a contestant inherits PATH, HOME, TMPDIR and LANG, and nothing that steers BLAS, threads or Node', () =>
  withVariables({ ...steering, HOME: '/home/someone', TMPDIR: '/tmp', LANG: 'C.UTF-8' }, () => {
    const { PATH = '' } = process.env;
    const inherited = { PATH, HOME: '/home/someone', TMPDIR: '/tmp', LANG: 'C.UTF-8' };
    assert.equal(cleanEnvironment(), inherited);
    assert.equal(cleanEnvironment({ OMP_NUM_THREADS: '2' }), { ...inherited, OMP_NUM_THREADS: '2' });
  }));

/** A process that answers each line with what `answer` makes of it. */
const peerThat = (answer: string, setting = 'its setting', tolerance?: number) =>
  new Peer({
    name: 'a peer',
    setting,
    tolerance,
    command: process.execPath,
    args: [
      '-e',
      `require('node:readline').createInterface({ input: process.stdin })
        .on('line', (line) => console.log(JSON.stringify((${answer})(JSON.parse(line)))))`,
    ],
    env: { OPENBLAS_NUM_THREADS: '2' },
  });

test("a contestant's process finds its own settings and none of the machine's", () =>
  withVariables(steering, async () => {
    const peer = peerThat(
      '() => ({ kernels: Object.keys(process.env).sort().join(), threads: process.env.OPENBLAS_NUM_THREADS })',
    );
    const { kernels, threads } = await peer.runsOn();
    await peer.close();
    const found = kernels.split(',').filter((name) => name in steering);
    assert.equal(found, ['OPENBLAS_NUM_THREADS']);
    assert.is(threads, '2');
  }));

test('nothing is timed unless both sides compute the same', async () => {
  const peer = peerThat('() => ({})');
  const loose = peerThat('() => ({})', 'loose', 1e-3);
  await Promise.all([peer.close(), loose.close()]);
  requireAgreement('losses', peer, [1.00004, 2], [1, 2]);
  requireAgreement('losses', loose, [1.0009], [1]);
  for (const [theirs, ours] of [
    [[1.00006], [1]],
    [[Number.NaN], [1]],
    [[1, 2], [1]],
    [[], [1]],
  ]) {
    assert.throws(() => requireAgreement('losses', peer, theirs, ours), /^losses: a peer .* this library/);
  }
  assert.throws(() => requireAgreement('losses', loose, [1.002], [1]), /expected them within 0.001 relative/);
});

test('the median of an odd and of an even number of turns', () => {
  assert.is(median([5, 1, 3]), 3);
  assert.is(median([8, 1, 3, 5]), 4);
});

test('the table of all says who ran on what, and threads beside the figures where they differ', async () => {
  const side = async (name: string, grounds: Grounds) => ({ name, runsOn: async () => grounds }) as unknown as Peer;
  const ours = await side('ours', { kernels: 'Node 24, simd', threads: '2 threads' });
  const one = await side('theirs', { kernels: 'OpenBLAS Cooperlake', threads: 'OpenMP 1, OpenBLAS 2' });
  const two = await side('theirs', { kernels: 'OpenBLAS Cooperlake', threads: 'OpenMP 2, OpenBLAS 1' });
  const show = (seconds: number) => `${seconds} s`;
  const table = summaryTable([
    await column('small', [ours, one], [0.5, 1], show),
    await column('large', [ours, two], [4, 3], show),
    await column('alone', [ours], [7], show),
  ]);
  assert.equal(table.columns, ['', 'on', 'small', 'large', 'alone']);
  assert.equal(table.rows, [
    ['ours', 'Node 24, simd; 2 threads', '0.5 s', '4 s', '7 s'],
    ['theirs', 'OpenBLAS Cooperlake', '1 s (2.00×), OpenMP 1, OpenBLAS 2', '3 s (0.750×), OpenMP 2, OpenBLAS 1', '–'],
  ]);
  assert.match(asMarkdown(table), /^\| --- \| --- \| ---: \| ---: \| ---: \|$/m);
  assert.match(asText(table), /^ {2}ours {5}Node 24, simd; 2 threads {3} +0\.5 s/m);
});

test('of the benchmark bench/library.ts alone imports src; words/ and texts/ are programs of their own', () => {
  const bench = join(projectRoot, 'bench');
  const files = readdirSync(bench, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !/^(node_modules|words|texts)\//.test(file));
  assert.ok(sources.length > 15);
  const users = sources.filter((file) => /from '(\.\.\/)+src\//.test(readFileSync(join(bench, file), 'utf8')));
  assert.equal(users, ['library.ts']);
});

test.run();
