import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectRoot } from './helpers.js';

/**
 * The house, from the ground up. A file may import from lower layers only, types included. A name that
 * ends in a slash is a folder that is one layer: its files may also import one another.
 */
const layers: readonly (readonly string[])[] = [
  ['numbers/'],
  ['truth/'],
  ['kernels/'],
  ['formats/'],
  ['layers/'],
  ['sparsity/'],
  ['model/'],
  ['training/'],
  ['meaning/'],
  ['core/'],
  ['scores/'],
  ['checking/'],
  ['common'],
  ['core'],
  ['sparse-autoencoder'],
  ['index'],
  ['export/'],
  ['export'],
  ['node/'],
  ['node'],
  ['report/'],
  ['read'],
  ['page/'],
  ['cli/'],
  ['cli'],
];

/** Written in AssemblyScript, compiled by kernels/simd/build.ts: no module of this graph. */
const otherLanguage = 'kernels/simd/assembly/';
/** Development scripts, which nothing imports. */
const scripts = ['kernels/simd/build', 'cli/build', 'page/build', 'page/serve'];
const packagesOfTheLibrary = ['ndarray', 'ndarray-ops', 'seedrandom'];

const src = join(projectRoot, 'src');
const modules = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith(otherLanguage))
  .map((file) => file.slice(0, -'.ts'.length));

const holds = (place: string, module: string) => (place.endsWith('/') ? module.startsWith(place) : module === place);
const layerOf = (module: string) => layers.findIndex((layer) => layer.some((place) => holds(place, module)));
const placeOf = (module: string) => layers.flat().find((place) => holds(place, module));
const resolve = (from: string, to: string) => join(from, '..', to).replace(/\.js$/, '');

/** What is imported when it is asked for; types named so are left out. */
const askedFor = (module: string): string[] =>
  [...readFileSync(join(src, `${module}.ts`), 'utf8').matchAll(/\bimport\('([^:']+)'\)/g)].map(([, name]) => name);

/** What a module names in its import and export … from statements, types included, and of its own house when it is asked for. */
function namedBy(module: string): string[] {
  const text = readFileSync(join(src, `${module}.ts`), 'utf8');
  const statements = [...text.matchAll(/^(?:import|export)\s(?:[^'";]*?\sfrom )?'([^']+)'/gm)].map(([, name]) => name);
  return [...statements, ...askedFor(module).filter((name) => name.startsWith('.'))];
}

/** What is left to import when the types are gone, as esbuild reads it: dynamic imports too. */
const { metafile } = await build({
  entryPoints: modules.map((module) => join(src, `${module}.ts`)),
  absWorkingDir: src,
  outdir: 'unused',
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
const runtime = new Map(
  Object.entries(metafile.inputs).map(([path, { imports }]) => [
    path.replace(/\.ts$/, ''),
    imports.map((item) => ({ name: item.path.replace(/\.ts$/, ''), outside: item.external === true })),
  ]),
);
const inside = (module: string) => (runtime.get(module) ?? []).filter(({ outside }) => !outside).map(({ name }) => name);
const outside = (module: string) => (runtime.get(module) ?? []).filter((item) => item.outside).map(({ name }) => name);

test('every file of src/ has its place in exactly one layer, and every place its file', () => {
  for (const module of modules) {
    const places = layers.flat().filter((place) => holds(place, module));
    assert.is(places.length, 1, `src/${module}.ts is in ${places.length} layers: give it its place in test/imports.test.ts`);
  }
  for (const place of layers.flat())
    assert.ok(
      modules.some((module) => holds(place, module)),
      `${place} is gone`,
    );
});

test('imports run downwards only, type imports too', () => {
  for (const from of modules) {
    for (const name of namedBy(from).filter((name) => name.startsWith('.'))) {
      const to = resolve(from, name);
      const sameFolder = placeOf(from) === placeOf(to) && placeOf(from)?.endsWith('/');
      assert.ok(sameFolder || layerOf(to) < layerOf(from), `src/${from}.ts imports src/${to}.ts, which is not below it`);
    }
  }
});

test('both readings of the imports agree: whatever esbuild finds is named by a statement', () => {
  assert.is(runtime.size, modules.length);
  for (const from of modules) {
    const stated = namedBy(from).map((name) => (name.startsWith('.') ? resolve(from, name) : name));
    const named = new Set([...stated, ...askedFor(from)]);
    for (const name of [...inside(from), ...outside(from)]) assert.ok(named.has(name), `src/${from}.ts imports ${name}`);
  }
});

test('no module imports itself by way of others', () => {
  const finished = new Set<string>();
  const visit = (module: string, path: readonly string[]): void => {
    assert.not(path.includes(module), `a cycle: ${[...path.slice(path.indexOf(module)), module].join(' → ')}`);
    if (finished.has(module)) return;
    for (const next of inside(module)) visit(next, [...path, module]);
    finished.add(module);
  };
  for (const module of modules) visit(module, []);
});

test('ndarray and ndarray-ops are known to the front door alone, types included', () => {
  const edge = ['sparse-autoencoder'];
  const users = modules.filter((module) => namedBy(module).some((name) => name === 'ndarray' || name === 'ndarray-ops'));
  assert.equal(users.sort(), edge);
});

test('node:* is imported in src/cli* and src/node* alone, and by build scripts', () => {
  const users = modules.filter((module) => namedBy(module).some((name) => name.startsWith('node:')));
  for (const module of users) {
    assert.ok(/^(cli$|cli\/|node$|node\/)/.test(module) || scripts.includes(module), `src/${module}.ts imports node:*`);
  }
  for (const script of scripts)
    for (const module of modules) assert.not(inside(module).includes(script), `${module} → ${script}`);
});

/** What a module imports, and what that does. */
function reachedFrom(module: string): Set<string> {
  const reached = new Set<string>([module]);
  for (const each of reached) for (const next of inside(each)) reached.add(next);
  return reached;
}

test('packages that are imported when they are asked for are so in read.ts alone', () => {
  assert.equal(
    modules.filter((module) => askedFor(module).some((name) => !name.startsWith('.'))),
    ['read'],
  );
  assert.equal(askedFor('read').sort(), ['@uwdata/flechette', 'hyparquet']);
});

test('what index.ts and export.ts reach needs ndarray, ndarray-ops and seedrandom, and nothing else', () => {
  for (const entry of ['index', 'export']) {
    const reached = reachedFrom(entry);
    assert.ok(reached.size > 20, 'the graph was read');
    const needed = new Set([...reached].flatMap(outside).map((name) => name.split('/')[0]));
    assert.equal([...needed].sort(), packagesOfTheLibrary);
    for (const module of reached) assert.not.match(module, /^(cli|report)/);
  }
  for (const module of reachedFrom('index')) assert.not.match(module, /^formats\/(?!(safetensors|entries)$)/);
});

test.run();
