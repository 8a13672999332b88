#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { UsageError } from './cli/flags.js';
import { createProgram } from './cli/program.js';

/** 1 for what went wrong on the way, 2 for a command that makes no sense. */
const fail = (error: Error) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
};

// Whoever read the output may have stopped (`| head`): the work goes on, and its report is still written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') fail(error);
});

/** Written in when the command line is built. */
const version =
  process.env.SPARSE_AUTOENCODER_VERSION ?? JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

createProgram(version).parseAsync().catch(fail);
