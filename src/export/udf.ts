import type { Model } from '../core/model.js';
import { checkOptions, oneOf, when } from '../numbers/checks.js';
import { type Bits, encoderScript } from './encoder-script.js';

export type Warehouse = 'bigquery' | 'snowflake';

export interface UdfOptions {
  /** What the function is called in SQL: 'dataset.encode', 'db.schema.encode'. Default 'encode'. */
  name?: string;
  /** Of each weight: 32, or 8 for a quarter of the size. Default 32. */
  bits?: Bits;
  /** bigquery: where its library files will lie, if the encoder is too large to stand in the statement: 'gs://bucket/folder'. */
  library?: string;
}

/** A statement that makes the function, and the files that it reads. */
export interface Udf {
  readonly sql: string;
  /** To be put where `library` says, under these names; none if the encoder stands in the statement. */
  readonly libraries: readonly { readonly name: string; readonly code: string }[];
}

/**
 * Bytes, taken as thousands where the documentation says kB and MB.
 *   inline    BigQuery: a statement's JavaScript (cloud.google.com/bigquery/quotas, "UDF limits": 32 KB);
 *             Snowflake: the body (docs.snowflake.com, "JavaScript UDF limitations": 100 KB recommended, the rest depends on
 *             how well it compresses, and weights do not)
 *   file      BigQuery: one library file, 1 MB
 *   files     BigQuery: all that a query reads, 5 MB
 */
const LIMITS = {
  bigquery: { inline: 32_000, file: 1_000_000, files: 5_000_000 },
  snowflake: { inline: 100_000, file: 0, files: 0 },
} as const;

/** A file's text beside the weights that it holds. */
const ROOM = 1000;

/**
 * The encoder of a model as a JavaScript function of a data warehouse: SQL that makes it, no import, no WebAssembly, weights
 * inside, or for BigQuery in library files beside it. It takes a row of inputDim numbers, as it is before it is prepared,
 * and gives its code by the non-zeros, units ascending, counted from 0; NULL for NULL.
 *   bigquery     ARRAY<FLOAT64> → ARRAY<STRUCT<unit INT64, value FLOAT64>>: SELECT id, unit, value FROM t, UNNEST(encode(x))
 *   snowflake    ARRAY → ARRAY of objects { unit, value }: … FROM t, LATERAL FLATTEN(encode(x)) c, with c.value:unit
 * @throws RangeError for an encoder that is too large, saying by how much, and what 8 bits would give
 */
export function udfOf(model: Model, warehouse: Warehouse, options: UdfOptions = {}): Udf {
  const part = warehouse === 'snowflake' ? '[A-Za-z_]\\w*' : '[A-Za-z_][\\w-]*';
  const name = when((v) => new RegExp(`^${part}(\\.${part})*$`).test(String(v)), 'an identifier, or several with dots between');
  const folder = when((v) => /^gs:\/\/[^\s'"\\]+$/.test(String(v)), 'gs://bucket/folder');
  checkOptions(
    'toUdf',
    { warehouse, ...options },
    {
      warehouse: oneOf('bigquery', 'snowflake'),
      name,
      bits: when((v) => v === 8 || v === 32, '8 or 32'),
      library: folder,
    },
  );
  const { bits = 32 } = options;
  const made = parts(model, warehouse, bits, options);
  const { inline, files } = LIMITS[warehouse];
  if (made.size <= inline) return { sql: statement(warehouse, made), libraries: [] };
  /** By how much a limit is missed, and what 8 bits would give. */
  const missed = (of: 'size' | 'librarySize', most: number, whose: string) => {
    const got = `toUdf: the encoder has ${grouped(made[of])} bytes at ${bits} bits, ${grouped(made[of] - most)} more than ${whose} ${grouped(most)}`;
    if (bits === 8) return got;
    const less = parts(model, warehouse, 8, options)[of];
    return `${got}; with 8 bits it has ${grouped(less)}, ${less <= most ? 'which fits' : `${grouped(less - most)} more`}`;
  };
  if (files === 0) throw new RangeError(missed('size', inline, `${warehouse}'s`));
  if (made.librarySize > files) throw new RangeError(missed('librarySize', files, `${warehouse}'s`));
  if (options.library) return { sql: statement(warehouse, made, options.library), libraries: made.libraries };
  throw new RangeError(
    `${missed('size', inline, "a statement's")}; for files instead, expected library: "gs://bucket/folder", where they will lie (${made.libraries.length} of them, ${grouped(made.librarySize)} bytes in all)`,
  );
}

const grouped = (n: number) => n.toLocaleString('en-US');

interface Parts {
  readonly name: string;
  /** What the name is in JavaScript. */
  readonly variable: string;
  readonly comment: string;
  /** An expression: the function. */
  readonly encoder: string;
  readonly size: number;
  readonly libraries: Udf['libraries'];
  readonly librarySize: number;
}

function parts(model: Model, warehouse: Warehouse, bits: Bits, { name = 'encode' }: UdfOptions): Parts {
  const { inputDim, hiddenDim, hiddenActivation } = model.spec;
  const { weight, unpacking, constants, functions } = encoderScript(model, bits, 'hand');
  const { largest, relative } = weight.error;
  const variable = `sae_${name.replace(/\W/g, '_')}`;
  const encoder = `(() => {
${unpacking}
${constants}

${functions}

return (x) => {
  if (x === null || x === undefined) return null;
  if (x.length !== inputDim) throw new RangeError('${name}: got ' + x.length + ' numbers, expected ' + inputDim);
  for (let p = 0; p < inputDim; p++) {
    if (!Number.isFinite(x[p])) throw new RangeError('${name}: x[' + p + '] is ' + x[p] + ', expected a number');
  }
  const row = new Float64Array(inputDim);
  const z = new Float64Array(hiddenDim);
  prepare(x, 0, row);
  codeOf(row, z);
  const code = [];
  for (let unit = 0; unit < hiddenDim; unit++) {
    const value = Math.fround(z[unit]);
    if (value !== 0) code.push({ unit, value });
  }
  return code;
};
})()`;
  const libraries = warehouse === 'bigquery' ? librariesOf(encoder, name, variable) : [];
  return {
    name,
    variable,
    comment: `-- ${hiddenActivation} sparse autoencoder, ${inputDim}-${hiddenDim}: the code of a row by its non-zeros. W_enc: ${bits} bits, largest error ${largest.toPrecision(3)}, relative ${relative.toPrecision(3)}`,
    encoder,
    size: new TextEncoder().encode(body(warehouse, variable, encoder)).length,
    libraries,
    librarySize: libraries.reduce((sum, { code }) => sum + new TextEncoder().encode(code).length, 0),
  };
}

/** The program in files of at most so many bytes, to be read in this order: long texts are cut, and joined by the last file. */
function librariesOf(encoder: string, name: string, variable: string): Udf['libraries'] {
  const most = LIMITS.bigquery.file - ROOM;
  const files: string[] = [];
  const kept = (piece: string): string => {
    const part = `${variable}_${files.length}`;
    files.push(`var ${part} = '${piece}';\n`);
    return part;
  };
  // What stands between two quotes and is that long is base64, or has other characters in it too.
  const isLong = (text: string) => encoder.length > most && text.length >= 10_000 && !/[^\w+/=]/.test(text);
  const last = encoder.split("'").reduce((before, text, i, all) => {
    if (!isLong(text)) return before + (i > 0 && !isLong(all[i - 1]) ? "'" : '') + text;
    const pieces = Array.from({ length: Math.ceil(text.length / most) }, (_, p) => text.slice(p * most, (p + 1) * most));
    return before + pieces.map(kept).join(' + ');
  }, '');
  files.push(`var ${variable} = ${last};\n`);
  return files.map((code, i) => ({ name: `${name.replace(/\W/g, '_')}-${i + 1}.js`, code }));
}

/** What is called for each row. The encoder is made by the first of them, and kept: it never changes. */
function body(warehouse: Warehouse, variable: string, encoder: string | null): string {
  // Snowflake's arguments are upper case in JavaScript, whatever they are in SQL.
  const argument = warehouse === 'snowflake' ? 'X' : 'x';
  if (encoder === null) return `return ${variable}(${argument});`;
  return `if (!globalThis.${variable}) globalThis.${variable} = ${encoder};\nreturn globalThis.${variable}(${argument});`;
}

function statement(warehouse: Warehouse, { name, variable, comment, encoder, libraries }: Parts, folder?: string): string {
  if (warehouse === 'snowflake') {
    return `${comment}
CREATE OR REPLACE FUNCTION ${name}(x ARRAY)
RETURNS ARRAY
LANGUAGE JAVASCRIPT
IMMUTABLE
AS
$$
${body(warehouse, variable, encoder)}
$$;
`;
  }
  const paths = libraries.map((file) => `  '${folder?.replace(/\/$/, '')}/${file.name}'`);
  return `${comment}
CREATE OR REPLACE FUNCTION \`${name}\`(x ARRAY<FLOAT64>)
RETURNS ARRAY<STRUCT<unit INT64, value FLOAT64>>
DETERMINISTIC
LANGUAGE js
${folder ? `OPTIONS (library = [\n${paths.join(',\n')}\n])\n` : ''}AS r"""
${body(warehouse, variable, folder ? null : encoder)}
""";
`;
}
