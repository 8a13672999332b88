/**
 * The runner behind `npm test`:  tsx test/run.ts [--folder DIR] [part of a name …]
 *
 * Every *.test.ts below the folder runs in a process of its own, two at a time. A file counts only for
 * the tests that uvu says it ran: one that runs none (an empty file, a forgotten test.run()), that skips
 * some, or that ends badly after its tests passed, is a failure.
 */

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';

const AT_A_TIME = 2;
/** A file that has not ended by then never will. */
const LONGEST_MINUTES = 8;

interface Outcome {
  readonly file: string;
  readonly output: string;
  readonly passed: number;
  /** Tests that failed, and what is wrong with the file beyond them. */
  readonly failed: number;
  readonly faults: readonly string[];
}

const { values, positionals } = parseArgs({ options: { folder: { type: 'string' } }, allowPositionals: true });
const folder = values.folder ?? fileURLToPath(new URL('.', import.meta.url));
const print = (text: string) => process.stdout.write(`${text}\n`);

function testFiles(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => positionals.length === 0 || positionals.some((part) => name.includes(part)))
    .sort();
}

function execute(file: string): Promise<{ output: string; end: string | null }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', npm_config_loglevel: 'error' };
    const child = spawn(process.execPath, ['--import', 'tsx', join(folder, file)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, LONGEST_MINUTES * 60_000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        output += text;
      });
    }
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const bad = late ? `had not ended after ${LONGEST_MINUTES} minutes` : `ended with ${signal ?? `exit code ${code}`}`;
      resolve({ output: stripVTControlCharacters(output), end: code === 0 ? null : bad });
    });
  });
}

function judge(file: string, output: string, end: string | null): Outcome {
  const said = (what: string) => Number(new RegExp(`^  ${what}:\\s+(\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const total = said('Total');
  const passed = said('Passed');
  const faults: string[] = [];
  if (total === 0) faults.push('ran no test');
  if (said('Skipped') > 0) faults.push(`skipped ${said('Skipped')}`);
  if (end && total === passed) faults.push(end);
  return { file, output, passed, failed: total - passed + faults.length, faults };
}

function show({ file, output, passed, failed, faults }: Outcome): void {
  const name = relative(process.cwd(), join(folder, file));
  if (failed === 0) print(`✓ ${name}  ${passed}`);
  else print(`✗ ${name}  ${[`${passed} passed`, `${failed} failed`, ...faults].join(', ')}\n${output}`);
}

const waiting = testFiles();
const outcomes: Outcome[] = [];
async function work(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const { output, end } = await execute(file);
    const outcome = judge(file, output, end);
    show(outcome);
    outcomes.push(outcome);
  }
}
await Promise.all(Array.from({ length: AT_A_TIME }, work));

const sum = (what: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[what], 0);
if (outcomes.length === 0) print(`no *.test.ts in ${folder}${positionals.length ? ` named ${positionals.join(' or ')}` : ''}`);
if (sum('failed') > 0 || sum('passed') === 0) process.exitCode = 1;
print(`\n${sum('passed')} passed, ${sum('failed')} failed`);
