/**
 * npm run words: what words are made of.
 *
 * Trains a sparse autoencoder on GloVe's vectors of the commonest words, measures its features by WordNet's categories,
 * prints what words of several meanings come apart into, and writes a page in which one reads the features of any word.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { count, prepareFolder, print } from '../../src/cli/output.js';
import { embeddings, SparseAutoencoder, scores } from '../../src/index.js';
import { writeWhole } from '../../src/node/files.js';
import { save } from '../../src/node.js';
import { asText, scoreTable } from '../../src/report/score-table.js';
import { installWords, nounCategories, readWordVectors, WIDTH } from './data.js';
import { renderWords } from './page.js';
import { AMBIGUOUS, readings } from './readings.js';

interface Flags {
  words: number;
  hidden: number;
  k?: number;
  seed: string;
  out: string;
}

const whole = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
};

async function run({ words: n, hidden, k, seed, out }: Flags): Promise<void> {
  const files = { model: join(out, 'model.safetensors'), words: join(out, 'words.txt'), page: join(out, 'words.html') };
  prepareFolder(out, Object.values(files));
  installWords(print);
  const { words, data } = readWordVectors(n);
  const X = { data, shape: [n, WIDTH] };
  const labels = nounCategories(words);
  print(`${count(n)} words, ${WIDTH} numbers each; ${count(labels.filter(Boolean).length)} of them are nouns to WordNet`);

  const { model, fit, sentence } = embeddings({ inputDim: WIDTH, rows: n, hiddenDim: hidden, k, seed });
  print(sentence);
  const sae = new SparseAutoencoder(model);
  const start = performance.now();
  await sae.fit(X, {
    ...fit,
    onEpochEnd({ epoch, epochs, loss, deadUnits }) {
      if ((epoch + 1) % Math.ceil(epochs / 5) > 0 && epoch + 1 < epochs) return;
      const seconds = (performance.now() - start) / 1000;
      print(`epoch ${epoch + 1}/${epochs}: mse ${loss.toFixed(4)}, ${deadUnits} silent, ${seconds.toFixed(1)} s`);
    },
  });
  const seconds = (performance.now() - start) / 1000;
  const evaluation = sae.evaluate(X);
  const { fvu, deadUnits, l0 } = evaluation;
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  print(
    `trained in ${seconds.toFixed(1)} s, ${count(memory)} MB of memory at most: FVU ${fvu.toFixed(4)}, ` +
      `${l0.toFixed(1)} of ${count(sae.hiddenDim)} units a word, ${deadUnits} dead`,
  );

  const features = sae.features(X, { rows: words });
  sae.setNames(features.names);
  save(sae, files.model);
  writeFileSync(files.words, `${words.join('\n')}\n`);

  const measured = scores(sae, X, { labels, seed });
  print('');
  for (const line of asText(scoreTable(measured))) print(line);
  print('');
  const ambiguous = AMBIGUOUS.filter((word) => words.includes(word));
  const read = ambiguous.map((word) => readings(features, words, words.indexOf(word)));
  for (const { word, features: parts } of read) {
    print(word);
    for (const { value, top } of parts) print(`  ${value.toFixed(1)}  ${top.join(' ')}`);
  }
  print('');
  const page = renderWords({ sae, words, labels, features, scores: measured, evaluation, read, sentence, seconds });
  writeWhole(files.page, new TextEncoder().encode(page));
  print(`page: ${files.page} (${(page.length / 1e6).toFixed(1)} MB)`);
  print(`model: ${files.model}, its rows: ${files.words}`);
}

const program = new Command('npm run words --')
  .description('trains on word vectors, scores what was learned, and writes a page to read it in')
  .option('--words <n>', 'the commonest words of GloVe', whole, 20_000)
  .option('--hidden <n>', 'units', whole, 1024)
  .option('--k <n>', 'units a word (default: what the preset for embeddings takes, 16)', whole)
  .option('--seed <seed>', 'of all that is random', '1')
  .option('--out <dir>', 'where the page and the model go', 'out/words')
  .action((flags: Flags) => run(flags));

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
