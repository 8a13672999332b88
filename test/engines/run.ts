/**
 * The packed library on every engine: the same bits, on one thread and on several?
 *
 *   tsx test/engines/run.ts [part of a place's name …]     a table; exits with 1 if any place differs or fails
 *   tsx test/engines/run.ts --tests                        the test suite on each version of Node
 *   tsx test/engines/run.ts --onnx                         models as ONNX graphs, run by onnxruntime: the same within 1e-6?
 */

import { parseArgs } from 'node:util';
import { inTemporaryFolder, projectRoot } from '../helpers.js';
import { browserPlaces } from './browsers.js';
import { command } from './commands.js';
import { installEngines, installLibrary, nodes } from './install.js';
import { onnx } from './onnx.js';
import { attempt, word } from './places.js';
import type { Told } from './program.js';
import { programPlaces } from './programs.js';

const { values, positionals } = parseArgs({
  options: { tests: { type: 'boolean' }, onnx: { type: 'boolean' } },
  allowPositionals: true,
});
const print = (text: string) => process.stdout.write(`${text}\n`);

async function sameBits(): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await installLibrary(folder);
    const browsers = await browserPlaces(folder);
    const all = [...(await programPlaces(folder)), ...browsers.places];
    // The first with SIMD kernels and the first without are what the others are compared with.
    const first = [false, true].map((plain) => all.find((place) => place.plain === plain));
    const places = all.filter((place) => first.includes(place) || positionals.every((part) => place.name.includes(part)));
    const references = new Map<boolean, Told>();
    for (const place of places) {
      const { told, fault } = await attempt(place, references);
      if (fault) process.exitCode = 1;
      const kernels = told ? `${told.backend}${told.helped ? ', helped' : ''}` : '';
      print(
        `${fault ? '✗' : '✓'} ${place.name.padEnd(62)} ${place.threads} ${kernels.padEnd(13)} ${told ? word(told) : ''.padEnd(8)} ${fault}`,
      );
    }
    for (const [plain, { hashes }] of references) {
      print(`\n${plain ? 'Without' : 'With'} WebAssembly:`);
      for (const [set, hash] of Object.entries(hashes)) print(`  ${set.padEnd(16)} ${hash}`);
    }
    for (const missing of browsers.missing) print(`\nNot tried: ${missing}`);
    await browsers.close();
  });
}

async function suites(): Promise<void> {
  for (const { name, program } of nodes.filter(({ name }) => positionals.every((part) => name.includes(part)))) {
    const { code, stdout, stderr } = await command(program, ['--import', 'tsx', 'test/run.ts'], projectRoot, 30);
    if (code !== 0) process.exitCode = 1;
    print(`${code === 0 ? '✓' : '✗'} ${name}: ${stdout.trim().split('\n').at(-1)}`);
    if (code !== 0) print(`${stdout.replace(/^✓.*\n/gm, '')}\n${stderr}`);
  }
}

await installEngines();
await (values.tests ? suites() : values.onnx ? onnx(print) : sameBits());
