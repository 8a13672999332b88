/** Postgres with pgvector, in this process: PGlite. */

import { searchText, sparsevec } from '../../src/export.js';
import type { Csr } from '../../src/index.js';
import type { Gloss } from './glosses.js';
import { HITS, SECOND } from './recall.js';
import type { Dense } from './rows.js';

interface Postgres {
  exec(sql: string): Promise<unknown>;
  query<Row>(sql: string, parameters?: unknown[]): Promise<{ rows: Row[] }>;
  close(): Promise<void>;
}

const [PACKAGE, PGVECTOR] = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector'];

/** Bytes that a row's vector takes in each form. */
export interface RowBytes {
  readonly sparsevec: number;
  readonly vector: number;
  readonly halfvec: number;
}

/** Rows that go into the database at a time. */
const BATCH = 500;

/** The glosses, their vectors and their codes in a database, to be searched. */
export class Database {
  readonly #db: Postgres;

  private constructor(db: Postgres) {
    this.#db = db;
  }

  /** Two tables, by row number: `codes` by the library's own SQL, index and all, and `glosses` with the dense vectors. */
  static async of(glosses: readonly Gloss[], x: Dense, codes: Csr): Promise<Database> {
    const { PGlite } = await import(PACKAGE);
    const { vector } = await import(PGVECTOR);
    const db: Postgres = await PGlite.create({ extensions: { vector } });
    for (const sql of searchText('sql', codes)) await db.exec(sql);
    await db.exec(`SET hnsw.ef_search = ${2 * SECOND}`);
    const d = x.shape[1];
    await db.exec(
      `CREATE TABLE glosses (id bigint PRIMARY KEY, word text, category text, gloss text, dense vector(${d}), half halfvec(${d}))`,
    );
    for (let from = 0; from < glosses.length; from += BATCH) {
      const rows = glosses.slice(from, from + BATCH).map(({ word, category, text }, r) => {
        const i = from + r;
        const dense = `[${Array.from({ length: d }, (_, p) => x.data[i * d + p]).join(',')}]`;
        return { id: i, word, category, gloss: text, dense, half: dense };
      });
      await db.query('INSERT INTO glosses SELECT * FROM json_populate_recordset(null::glosses, $1)', [JSON.stringify(rows)]);
    }
    return new Database(db);
  }

  async rowBytes(): Promise<RowBytes> {
    const { rows } = await this.#db.query<RowBytes>(`SELECT avg(pg_column_size(code))::float AS sparsevec,
      avg(pg_column_size(dense))::float AS vector, avg(pg_column_size(half))::float AS halfvec FROM codes JOIN glosses USING (id)`);
    return rows[0];
  }

  /** The dot product of a query with every code, by row number. */
  async products(queries: Csr, q: number): Promise<number[]> {
    const { rows } = await this.#db.query<{ score: number }>('SELECT -(code <#> $1) AS score FROM codes ORDER BY id', [
      sparsevec(queries, q),
    ]);
    return rows.map(({ score }) => score);
  }

  /** The nearest rows: through the index by a few terms of the query, which find, then of those by all terms, which rank. */
  async search(few: Csr, all: Csr, q: number, count = HITS): Promise<Hit[]> {
    const { rows } = await this.#db.query<Hit>(
      `WITH near AS MATERIALIZED (SELECT id, code FROM codes ORDER BY code <#> $1 LIMIT ${SECOND})
       SELECT id::int, word, gloss, -(code <#> $2) AS score FROM near JOIN glosses USING (id) ORDER BY score DESC LIMIT ${count}`,
      [sparsevec(few, q), sparsevec(all, q)],
    );
    return rows;
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}

export interface Hit {
  readonly id: number;
  readonly word: string;
  readonly gloss: string;
  readonly score: number;
}
