import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { type Bits, toModule, toOnnx, toUdf, type Warehouse } from '../export.js';
import type { SparseAutoencoder } from '../index.js';
import { writeWhole } from '../node/files.js';
import { load } from '../node.js';
import { text, when } from '../numbers/checks.js';
import { flag, UsageError } from './flags.js';
import { count, prepareFiles, print, write } from './output.js';

interface ExportFlags {
  to: 'module' | 'onnx' | 'safetensors' | Warehouse;
  out: string;
  bits?: Bits;
  name?: string;
  library?: string;
}

const KINDS_HELP = `
Kinds:
  module       one ES module without imports, weights inside; types beside it
  onnx         an ONNX graph, opset 13: input x (float32, n × d), outputs f
               (n × h) and x_hat; for Triton (backend onnxruntime_onnx), Spark,
               Ray, BigQuery ML and whatever else has onnxruntime
  bigquery     SQL that makes the encoder a JavaScript function,
               ARRAY<FLOAT64> → ARRAY<STRUCT<unit INT64, value FLOAT64>>, of
               non-zeros alone. Up to 32 kB it stands in the statement; beyond
               that in files of 1 MB, 5 MB in all, which go beside --out and
               from there to --library (cloud.google.com/bigquery/quotas)
  snowflake    the same, ARRAY → ARRAY of { unit, value }, up to 100 kB
               (docs.snowflake.com, JavaScript UDF limitations)
  safetensors  the model without the state of its training: what becomes of a
               checkpoint; a model.safetensors has none, and stays as it is
  An encoder that is too large is an error that says by how much, and what
  --bits 8 would give.`;

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('writes a model as something else')
    .argument('<model>', 'a model.safetensors')
    .addOption(
      new Option('--to <kind>', 'what it becomes: see below')
        .choices(['module', 'onnx', 'bigquery', 'snowflake', 'safetensors'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'where it goes: model.js, model.onnx, encode.sql, …')
    .addOption(
      flag(
        '--bits <n>',
        'module, bigquery, snowflake: 32 (default), or 8 for a quarter of the size',
        when((v) => v === 8 || v === 32, '8 or 32'),
      ),
    )
    .addOption(flag('--name <name>', 'bigquery, snowflake: what the function is called (default: encode)', text))
    .addOption(flag('--library <folder>', 'bigquery: gs://bucket/folder, where its files will lie', text))
    .addHelpText('after', KINDS_HELP)
    .action((path: string, flags: ExportFlags) => {
      prepareFiles({ out: flags.out }, [path]);
      exportAs(load(path), flags);
    });
}

function exportAs(sae: SparseAutoencoder, { to, out, bits, name, library }: ExportFlags): void {
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const given = Object.fromEntries(Object.entries({ bits, name, library }).filter(([, value]) => value !== undefined));
  const known = {
    module: ['bits'],
    bigquery: ['bits', 'name', 'library'],
    snowflake: ['bits', 'name'],
    onnx: [],
    safetensors: [],
  }[to];
  for (const flag of Object.keys(given))
    if (!(known as string[]).includes(flag)) throw new UsageError(`--${flag} has no meaning with --to ${to}`);
  const written = (bytes: Uint8Array, what: string) => {
    write(out, bytes);
    if (out !== '-') print(`${what}: ${out}, ${count(bytes.length)} bytes`);
  };
  if (to === 'safetensors') written(sae.toBytes(), 'model');
  else if (to === 'onnx') written(toOnnx(sae), 'graph');
  else if (to === 'module') {
    const { code, types } = toModule(sae, given);
    write(out, bytesOf(code));
    if (out === '-') return;
    const beside = out.replace(/\.m?js$/, '').concat(out.endsWith('.mjs') ? '.d.mts' : '.d.ts');
    writeWhole(beside, bytesOf(types));
    print(`module: ${out}, ${count(bytesOf(code).length)} bytes; types: ${beside}`);
  } else {
    const { sql, libraries } = asAsked(to, () => toUdf(sae, to, given));
    if (out === '-' && libraries.length) throw new Error('--out: - is stdout, expected a file, beside which libraries go');
    write(out, bytesOf(sql));
    for (const { name: file, code } of libraries) {
      const path = join(dirname(out), file);
      writeWhole(path, bytesOf(code));
      print(`library: ${path}, ${count(bytesOf(code).length)} bytes, for ${library}`);
    }
    if (out !== '-') print(`function: ${out}, ${count(bytesOf(sql).length)} bytes`);
  }
}

/** What `make` gives; its errors speak of the flag, not of the library's call. */
function asAsked<T>(to: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(
      (error as Error).message.replace(/^to\w+: /, `--to ${to}: `).replace('expected library: ', 'expected --library '),
      { cause: error },
    );
  }
}
