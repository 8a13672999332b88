/**
 * npm run texts: what texts are made of, and a search that says why.
 *
 * Trains a sparse autoencoder on glosses of WordNet through a sentence encoder, names its features, measures them by WordNet's
 * categories, puts the codes into Postgres, and searches there: how well, at how many bytes a row, and what a hit shares with
 * the query.
 */

import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { count, prepareFolder, print } from '../../src/cli/output.js';
import { embeddings, type Features, SparseAutoencoder, scores } from '../../src/index.js';
import { writeWhole } from '../../src/node/files.js';
import { load, save } from '../../src/node.js';
import { asText, scoreTable } from '../../src/report/score-table.js';
import { Database } from './database.js';
import { embedded, sentenceEncoder, WIDTH } from './encode.js';
import { type Gloss, installTexts, readGlosses, setAside } from './glosses.js';
import { renderTexts } from './page.js';
import { type Ask, askedWith, asks, indexed, products, recall, recalls, SECOND, TERMS } from './recall.js';
import { type Dense, pick } from './rows.js';

const [GLOSSES, QUERIES, HIDDEN, STEPS, BATCH] = [10_000, 500, 2048, 1500, 1024];

interface Flags {
  k: number[];
  search: string[];
  seed: string;
  model?: string;
  out: string;
}

async function run({ k: ks, search, seed, model: given, out }: Flags): Promise<void> {
  const files = { model: join(out, 'model.safetensors'), page: join(out, 'report.html') };
  prepareFolder(out, Object.values(files));
  installTexts(print);
  const { glosses, x, others } = await texts(out);
  const sae = given === undefined ? await trained(x, others, ks[0], seed) : load(given);
  const features = sae.features(x, { texts: glosses.map(({ text }) => text) });
  sae.setNames(features.names);
  save(sae, files.model);
  print('');
  const labels = glosses.map(({ category }) => category);
  for (const line of asText(scoreTable(scores(sae, x, { labels, seed })))) print(line);
  print('');

  const sets = asks(sae, x, others);
  const models = [sae];
  for (const k of ks.slice(1)) models.push(await trained(x, others, k, seed));
  printRecalls(models, x, sets);
  const database = await filled(sae, glosses, x, sets[0]);
  for (const text of search) await printSearch(text, sae, features, database, x);
  await database.close();
  const page = renderTexts(sae, glosses, x, BATCH);
  writeWhole(files.page, new TextEncoder().encode(page));
  print(`report: ${files.page} (${(page.length / 1e6).toFixed(1)} MB)`);
  print(`model, its names in it: ${files.model}`);
}

/** Glosses that are learned from and found, and others to search with. */
async function texts(out: string): Promise<{ glosses: Gloss[]; x: Dense; others: Dense }> {
  const all = readGlosses(GLOSSES + QUERIES);
  const start = performance.now();
  const data = await embedded(
    all.map(({ text }) => text),
    out,
    sentenceEncoder,
    (done) => {
      if (done % 2500 === 0 || done === all.length)
        print(`encoded ${count(done)} of ${count(all.length)} glosses, ${seconds(start)} s`);
    },
  );
  const [kept, aside] = setAside(all.length, QUERIES);
  const rows: Dense = { data, shape: [all.length, WIDTH] };
  const glosses = kept.map((i) => all[i]);
  const categories = new Set(glosses.map(({ category }) => category)).size;
  print(`${count(glosses.length)} glosses of nouns of ${categories} categories, ${count(aside.length)} others to search with`);
  return { glosses, x: pick(rows, kept), others: pick(rows, aside) };
}

/** The preset for embeddings, a little longer. */
async function trained(x: Dense, others: Dense, k: number, seed: string): Promise<SparseAutoencoder> {
  const [rows] = x.shape;
  const { model, fit } = embeddings({ inputDim: WIDTH, rows, hiddenDim: HIDDEN, k, seed });
  const epochs = Math.ceil(STEPS / Math.ceil(rows / BATCH));
  const sae = new SparseAutoencoder(model);
  const about = `k = ${k}: the preset for embeddings, ${count(HIDDEN)} units, ${count(STEPS)} steps of ${count(BATCH)}`;
  const start = performance.now();
  await sae.fit(x, {
    ...{ ...fit, epochs, batchSize: BATCH, schedule: { decay: 'linear', decaySteps: STEPS / 2 } },
    onEpochEnd({ epoch, loss }) {
      if ((epoch + 1) % 50 === 0 && epoch + 1 < epochs)
        print(`epoch ${epoch + 1}/${epochs}: mse ${loss.toFixed(4)}, ${seconds(start)} s`);
    },
  });
  const { fvu, deadUnits } = sae.evaluate(x);
  const unseen = sae.evaluate(others).fvu;
  print(`${about}: ${seconds(start)} s, FVU ${figure(fvu)} (of the others ${figure(unseen)}), ${deadUnits} dead`);
  return sae;
}

/** pgvector's sparsevec: so many bytes, and so many for each non-zero. */
const [HEAD_BYTES, ENTRY_BYTES] = [16, 8];

function printRecalls(models: readonly SparseAutoencoder[], x: Dense, sets: readonly Ask[]): void {
  const header = TERMS.map((terms) => (terms ? `${terms} terms` : 'all'));
  const again = [`64 find ${SECOND}, all rank`, `256 find ${SECOND}, all rank`];
  for (const ask of sets) {
    print(`recall@10 of ${ask.queries.shape[0]} ${ask.who}, against dense cosine (rows centred, as they are learned from)`);
    const rows = models.flatMap((sae) =>
      [false, true].map((refit) => {
        const codes = indexed(sae, x, refit);
        const bytes = Math.round(HEAD_BYTES + (ENTRY_BYTES * codes.data.length) / codes.shape[0]);
        return [`k = ${sae.options.k}${refit ? ', refitted' : ''}`, count(bytes), ...recalls(sae, codes, x, ask).map(figure)];
      }),
    );
    for (const line of asText([['', 'bytes a row', ...header, ...again], ...rows])) print(line);
  }
  print('');
}

/** The database, of which is said what it weighs, and that what it finds is right. */
async function filled(sae: SparseAutoencoder, glosses: readonly Gloss[], x: Dense, ask: Ask): Promise<Database> {
  const start = performance.now();
  const codes = indexed(sae, x, true);
  const database = await Database.of(glosses, x, codes);
  print(`Postgres with pgvector: ${count(glosses.length)} rows and their index in ${seconds(start)} s`);
  const bytes = await database.rowBytes();
  print(
    `bytes a row: ${(['sparsevec', 'halfvec', 'vector'] as const).map((t) => `${t} ${count(Math.round(bytes[t]))}`).join(', ')}`,
  );
  let off = 0;
  for (const terms of [256, undefined]) {
    const queries = askedWith(sae, ask.queries, terms, x);
    for (let q = 0; q < 5; q++) {
      const ours = products(queries, q, codes);
      (await database.products(queries, q)).forEach((score, i) => {
        off = Math.max(off, Math.abs(score - ours[i]));
      });
    }
  }
  print(`its <#> and our dot products differ by ${off.toExponential(1)} at most`);
  if (off > 1e-6) throw new Error(`pgvector's dot products are ${off} from ours, expected at most 1e-6`);
  const [queries, all] = [256, undefined].map((terms) => askedWith(sae, ask.queries, terms, x));
  const found: number[][] = [];
  const searching = performance.now();
  for (let q = 0; q < queries.shape[0]; q++) found.push((await database.search(queries, all, q)).map(({ id }) => id));
  const each = (performance.now() - searching) / found.length;
  print(
    `recall@10 there, ${SECOND} rows by 256 terms through the HNSW index, of these 10 by all terms: ` +
      `${figure(recall(found, ask.nearest))}, ${each.toFixed(1)} ms a query`,
  );
  print('');
  return database;
}

/** Features that are named of a hit. */
const SHARED = 3;

async function printSearch(
  text: string,
  sae: SparseAutoencoder,
  features: Features,
  database: Database,
  x: Dense,
): Promise<void> {
  const encode = await sentenceEncoder();
  const [query] = await encode([text]);
  print(`"${text}"`);
  const [few, all] = [256, undefined].map((terms) => askedWith(sae, query, terms, x));
  for (const { id, word, gloss, score } of await database.search(few, all, 0, 5)) {
    const { shared } = sae.similarity(query, pick(x, [id]).data, { features });
    print(`  ${score.toFixed(2)}  ${word}: ${gloss}`);
    print(
      `        ${shared
        .slice(0, SHARED)
        .map(({ name, part }) => `${part.toFixed(2)} ${name}`)
        .join(' | ')}`,
    );
  }
  print('');
}

const figure = (value: number): string => value.toFixed(3);
const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(1);

const whole = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
};
const list = (text: string): number[] => text.split(',').map(whole);

const program = new Command('npm run texts --')
  .description('trains on embeddings of texts, names what was learned, and searches by it in Postgres')
  .option('--k <list>', 'units a text; of further ones recall alone is measured: 32,16,64', list, [32])
  .option('--search <text...>', 'what to search for', [
    'a bird that cannot fly',
    'being afraid of something',
    'money that must be paid to the state',
  ])
  .option('--seed <seed>', 'of all that is random', '1')
  .option('--model <file>', 'one of these, trained before')
  .option('--out <dir>', 'where embeddings, model and report go', 'out/texts')
  .action((flags: Flags) => run(flags));

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
