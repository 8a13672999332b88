import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  nineBits,
  SEARCH_FORMATS,
  type SearchFormat,
  searchText,
  searchWriter,
  sparseValues,
  sparsevec,
  tokenMap,
  tokenNames,
} from '../../src/export.js';
import { fails } from '../helpers.js';

/** [0 0.5 0 2], [0 0 0 0], [0.1 0 0 0] */
const codes = { data: Float32Array.of(0.5, 2, 0.1), indices: [1, 3, 0], indptr: [0, 2, 2, 3], shape: [3, 4] };
const ids = ['apple', "it's", 'c"3'];
const text = (format: SearchFormat, options = {}) => [...searchText(format, codes, options)].join('');
const json = (lines: string) =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('sparsevec counts from 1, and has the digits that a float32 takes', () => {
  assert.is(sparsevec(codes, 0), '{2:0.5,4:2}/4');
  assert.is(sparsevec(codes, 1), '{}/4');
  assert.is(sparsevec(codes, 2), '{1:0.1}/4');
  assert.is(text('sparsevec'), '{2:0.5,4:2}/4\n{}/4\n{1:0.1}/4\n');
  const extremes = { data: [1e-46, 3.4e38, -1e-7, 1 / 3], indices: [0, 1, 2, 3], indptr: [0, 4], shape: [1, 4] };
  assert.is(sparsevec(extremes, 0), '{2:3.4e+38,3:-1e-7,4:0.33333334}/4');
});

test('sql makes a table, its rows and its index; with ids, quoted; of queries a SELECT each', () => {
  assert.is(
    text('sql'),
    `CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE "codes" (id bigint PRIMARY KEY, "code" sparsevec(4));
INSERT INTO "codes" (id, "code") VALUES
(0, '{2:0.5,4:2}/4'),
(1, '{}/4'),
(2, '{1:0.1}/4');
CREATE INDEX ON "codes" USING hnsw ("code" sparsevec_ip_ops);
`,
  );
  const named = text('sql', { ids, table: 'my "words"', field: 'features' });
  assert.match(named, 'CREATE TABLE "my ""words""" (id text PRIMARY KEY, "features" sparsevec(4));');
  assert.match(named, `('it''s', '{}/4'),\n('c"3', '{1:0.1}/4');`);
  assert.is(
    text('sql', { query: true, limit: 3 }).split('\n')[0],
    `SELECT id, -("code" <#> '{2:0.5,4:2}/4') AS score FROM "codes" ORDER BY "code" <#> '{2:0.5,4:2}/4' LIMIT 3;`,
  );
});

test('pgvector has limits: 16,000 non-zeros are an error, 1,000 leave the index out with a word', async () => {
  const wide = (n: number) => ({
    data: Array(n).fill(1),
    indices: Array.from({ length: n }, (_, j) => j),
    indptr: [0, n],
    shape: [1, n],
  });
  assert.match(sparsevec(wide(16_000), 0), '16000:1}/16000');
  await fails(() => sparsevec(wide(16_001), 0), "sparsevec: row 0 has 16001 non-zeros, expected at most 16000, pgvector's limit");
  const pieces = searchText('sql', wide(1001));
  const all: string[] = [];
  let step = pieces.next();
  for (; !step.done; step = pieces.next()) all.push(step.value);
  const warning = "sql: no index: over 1000 non-zeros, more than pgvector's HNSW takes, in row 0";
  assert.equal(step.value, [warning]);
  assert.match(all.at(-1) as string, `-- ${warning}`);
  assert.match([...searchText('sql', wide(1000))].join(''), 'CREATE INDEX');
});

test('qdrant: the body of an upsert a line, ids of the caller in the payload; of a query, of a search', () => {
  const sparse = { indices: [1, 3], values: [0.5, 2] };
  assert.equal(sparseValues(codes, 0), sparse);
  assert.equal(json(text('qdrant', { ids, field: 'sae' })), [
    {
      points: [
        { id: 0, vector: { sae: sparse }, payload: { id: 'apple' } },
        { id: 1, vector: { sae: { indices: [], values: [] } }, payload: { id: "it's" } },
        { id: 2, vector: { sae: { indices: [0], values: [0.1] } }, payload: { id: 'c"3' } },
      ],
    },
  ]);
  assert.equal(json(text('qdrant', { query: true }))[0], { query: sparse, using: 'code', limit: 10 });
});

test('qdrant: whole numbers and UUIDs are ids as they are', async () => {
  const uuid = '936da01f-9abd-4d9d-80c7-02af85c822a8';
  const points = (ids: (string | number)[]) => json(text('qdrant', { ids }))[0].points as { id: unknown; payload?: unknown }[];
  assert.equal(
    points([12, '7', uuid]).map(({ id, payload }) => [id, payload]),
    [
      [12, undefined],
      [7, undefined],
      [uuid, undefined],
    ],
  );
  await fails(() => points([1, 'b', 'c']), 'qdrant: the id "b" is no whole number or UUID, expected one, as the first was');
});

test('pinecone: the same in its words; rows without entries are left out with a word', () => {
  const writer = searchWriter('pinecone', { dim: 4 });
  assert.equal(JSON.parse(writer.rows(codes, 0, 3)), {
    vectors: [
      { id: '0', sparseValues: { indices: [1, 3], values: [0.5, 2] } },
      { id: '2', sparseValues: { indices: [0], values: [0.1] } },
    ],
  });
  assert.is(writer.rows(codes, 1, 2), '');
  assert.equal(writer.warnings, ['pinecone: 2 rows have no entries and are left out: Pinecone takes no empty vector']);
  assert.equal(json(text('pinecone', { query: true, limit: 5 }))[2], { sparseVector: { indices: [0], values: [0.1] }, topK: 5 });
});

test('elasticsearch and opensearch: _bulk lines of token maps, by names of ones own; of queries _search bodies', () => {
  const names = ['fruit', 'Napa "valley"', 'tech', '__proto__'];
  assert.equal(json(text('elasticsearch', { ids, names })), [
    { index: { _id: 'apple' } },
    { code: { 'Napa "valley"': 0.5, ['__proto__']: 2 } },
    { index: { _id: "it's" } },
    { code: {} },
    { index: { _id: 'c"3' } },
    { code: { fruit: 0.1 } },
  ]);
  assert.is(text('opensearch'), text('elasticsearch'));
  assert.match(text('opensearch'), '{"index":{"_id":"0"}}\n{"code":{"u1":0.5,"u3":2}}\n');
  assert.equal(json(text('elasticsearch', { query: true }))[0], {
    query: { sparse_vector: { field: 'code', query_vector: { u1: 0.5, u3: 2 }, prune: false } },
    size: 10,
  });
  assert.equal(json(text('opensearch', { query: true, field: 'f' }))[0], {
    query: { neural_sparse: { f: { query_tokens: { u1: 0.5, u3: 2 } } } },
    size: 10,
  });
});

test('a unit without a name is called by its number', () => {
  const names = [null, 'fruit', null, undefined as never];
  assert.equal(json(text('elasticsearch', { names }))[1], { code: { fruit: 0.5, u3: 2 } });
  assert.equal(json(text('opensearch', { names, query: true }))[0].query.neural_sparse.code, {
    query_tokens: { fruit: 0.5, u3: 2 },
  });
  assert.equal(tokenMap(codes, 2, names), { u0: 0.1 });
});

test('names as tokens: each its own, whatever they are, and none that an engine refuses', () => {
  assert.equal(tokenNames(['bank', null, 'u.s., washington', 'bank', 'bank']), [
    'bank',
    'u1',
    'u__s__, washington',
    'bank (u3)',
    'bank (u4)',
  ]);
  assert.equal(tokenNames(['u1', null, 'a.b', 'a__b', 'bank (u5)', 'bank (u5)']), [
    'u1 (u0)',
    'u1',
    'a__b',
    'a__b (u3)',
    'bank (u5)',
    'bank (u5) (u5)',
  ]);
  const name = fc.option(
    fc.oneof(fc.constantFrom('a', 'a.', 'u0', 'u1', 'u2', 'a (u2)', '\u{1f34e}'.repeat(20_000)), fc.string({ minLength: 1 })),
  );
  fc.assert(
    fc.property(fc.array(name, { minLength: 4, maxLength: 4 }), (names) => {
      const tokens = tokenNames(names);
      assert.is(new Set(tokens).size, 4);
      for (const token of tokens) assert.ok(!token.includes('.') && Buffer.byteLength(token) <= 32_766 && token !== '');
      text('elasticsearch', { names: tokens });
    }),
  );
});

test('nine significant bits, towards 0: by hand, and at most 2⁻⁸ of any positive number is lost, once', () => {
  assert.is(nineBits(1), 1);
  assert.is(nineBits(257), 257);
  assert.is(nineBits(511), 511);
  assert.is(nineBits(513), 512);
  assert.is(nineBits(1023), 1022);
  assert.is(nineBits(0.1), 0.099853515625);
  fc.assert(
    fc.property(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), (x) => {
      const [single, kept] = [Math.fround(x), nineBits(x)];
      assert.ok(kept <= single && (single - kept) / single < 2 ** -8);
      assert.is(nineBits(kept), kept);
      // The mantissa of what is kept is a whole number below 2⁹.
      const exponent = Math.floor(Math.log2(kept));
      assert.ok(Number.isInteger(kept / 2 ** (exponent - 8)));
    }),
  );
});

test('options that are undefined are left out', () => {
  assert.is(text('sql', { table: undefined, field: undefined }), text('sql'));
});

test('rows at a time or one by one, the lines are the same', () => {
  for (const format of SEARCH_FORMATS) {
    const [whole, single] = [searchWriter(format, { dim: 4, ids: true }), searchWriter(format, { dim: 4, ids: true })];
    const pieces = ids.map((id, i) => single.rows(codes, i, i + 1, [id]));
    const joined = whole.rows(codes, 0, 3, ids);
    if (!['sql', 'qdrant', 'pinecone'].includes(format)) assert.is(pieces.join(''), joined, format);
    if (format === 'qdrant') {
      const points = pieces.flatMap((piece) => JSON.parse(piece).points);
      assert.equal(points, JSON.parse(joined).points, 'numbered on');
    }
  }
});

test('what is wrong is said', async () => {
  const negative = { data: [0.5, -0.25], indices: [0, 2], indptr: [0, 2], shape: [1, 4] };
  const refused = 'tokenMap: row 0, unit 2 is -0.25, expected numbers above 0 (of a query, terms leaves out the others)';
  await fails(() => tokenMap(negative, 0, ['a', 'b', 'c', 'd']), refused);
  await fails(() => [...searchText('opensearch', negative)], refused);
  await fails(
    () => sparsevec({ ...negative, data: [1e39, 1] }, 0),
    'sparsevec: row 0, unit 0 is 1e+39, expected a finite float32',
  );
  await fails(() => text('elasticsearch', { names: ['a'] }), 'searchText: got 1 names, expected 4, one for each unit');
  const own = 'expected a name of its own, as tokenNames gives them';
  await fails(() => text('elasticsearch', { names: ['a', 'b', 'a', 'd'] }), `searchText: names[2] is "a", as names[0], ${own}`);
  await fails(() => text('elasticsearch', { names: ['a', '', 'c', 'd'] }), `searchText: names[1] is "", ${own}`);
  await fails(() => text('opensearch', { names: ['u3', 'b', 'c', null] }), `searchText: names[3] is "u3", as names[0], ${own}`);
  await fails(
    () => searchWriter('opensearch', { dim: 2, names: ['a', 'a'] }),
    `searchWriter: names[1] is "a", as names[0], ${own}`,
  );
  for (const format of SEARCH_FORMATS) {
    const beyond = { data: [0.5, 0.25], indices: [0, 4], indptr: [0, 2], shape: [1, 4] };
    await fails(() => [...searchText(format, beyond)], 'searchText: codes.indices[1] is 4, expected a unit from 0 to 3');
  }
  await fails(() => tokenNames(['a', '']), 'tokenNames: names[1] is "", expected a text, or null for no name');
  await fails(() => text('sql', { ids: ['a'] }), 'searchText: got 1 ids, expected 3, one for each row');
  await fails(() => text('sql', { ids: ['a', null, 'c'] as never }), 'searchText: ids[1] is null, expected a text or a number');
  await fails(
    () => [...searchText('sql', { data: [], rows: 0, cols: 4 } as never)],
    /^searchText: codes is .*, expected CSR, as transform gives it with \{ sparse: true \}$/,
  );
  await fails(() => text('sql', { ids: ['a', 'b\0', 'c'] }), /the id "b\\u0000" holds a NUL/);
  await fails(() => text('mysql' as never), /^searchText: format is "mysql", expected one of sparsevec, sql, qdrant/);
  await fails(() => text('sql', { tabel: 'x' }), 'searchText: unknown option "tabel"; did you mean "table"?');
});

test('an id that comes twice is said, with its rows; ids that do not are not', () => {
  const warnings = (of: string[]) => {
    const pieces = searchText('pinecone', codes, { ids: of });
    for (let step = pieces.next(); ; step = pieces.next()) if (step.done) return step.value.filter((line) => /twice/.test(line));
  };
  assert.equal(warnings(ids), []);
  assert.equal(warnings(['a', 'b', 'a']), ['pinecone: an id comes twice, expected one for each row: "a" (rows 0 and 2)']);
  assert.equal(warnings(['a', 'a', 'a']), [
    'pinecone: an id comes twice, expected one for each row: "a" (rows 0 and 1), and 1 more',
  ]);
});

test.run();
