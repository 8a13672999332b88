#!/usr/bin/env node
import { printGradientTable } from './cli/gradcheck.js';
import { createCommand } from './cli/options.js';
import { superpositionCommand } from './cli/superposition.js';
import { trainAndReport } from './cli/train.js';

const fail = (error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
};

// Whoever read the output may have stopped (`| head`): the work goes on, and its report is still written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') fail(error);
});

createCommand(trainAndReport, printGradientTable).addCommand(superpositionCommand()).parseAsync().catch(fail);
