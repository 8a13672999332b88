#!/usr/bin/env node
import { printGradientTable } from './cli/gradcheck.js';
import { createCommand } from './cli/options.js';
import { trainAndReport } from './cli/train.js';

createCommand(trainAndReport, printGradientTable)
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  });
