/** Node, Bun and Deno. */

import { command } from './commands.js';
import { type Engine, nodes, others, writeProgram } from './install.js';
import type { Place } from './places.js';
import type { Told } from './program.js';

const ways = { 'without-wasm': ': core, without WebAssembly', wide: ': wide kernels' };
/** Where there are wide kernels, on x64. */
const widens = ['Node 24', 'Node 26'];

export async function programPlaces(folder: string): Promise<readonly Place[]> {
  const whole = await writeProgram(folder, 'program.js', 'sparse-autoencoder');
  const core = await writeProgram(folder, 'core.js', 'sparse-autoencoder/core');
  const place = ({ name, program, args }: Engine, file: string, threads: number, how: '' | keyof typeof ways = ''): Place => ({
    name: how ? `${name}${ways[how]}` : name,
    threads,
    plain: how === 'without-wasm',
    helped: threads > 1 && how !== 'without-wasm',
    async run() {
      const { code, stdout, stderr } = await command(program, [...args, file, String(threads), how].filter(Boolean), folder);
      if (code !== 0 || stderr) throw new Error(`ended with ${code}: ${stderr.trim()}`);
      return JSON.parse(stdout) as Told;
    },
  });
  const strict = nodes.map(({ name, program }) => {
    const flag = '--disallow-code-generation-from-strings';
    return { name: `${name}: core, ${flag}`, program, args: [flag] };
  });
  return [
    ...[...nodes, ...others].flatMap((engine) => [place(engine, whole, 1), place(engine, whole, 4)]),
    ...nodes
      .filter(({ name }) => widens.includes(name))
      .flatMap((engine) => [1, 2, 3, 4].map((threads) => place(engine, whole, threads, 'wide'))),
    ...strict.map((engine) => place(engine, core, 4)),
    ...[...nodes, ...others].map((engine) => place(engine, core, 4, 'without-wasm')),
  ];
}
