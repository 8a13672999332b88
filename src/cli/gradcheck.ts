import type { ParameterCheck } from '../checking/check-gradients.js';
import { checkCase, gradientCases } from '../checking/gradient-cases.js';

/** What every relative error must stay within, in float64. */
const LIMIT = 1e-8;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** One line a case: the relative error of each parameter, and the worst single entry. */
export function printGradientTable(): void {
  const cases = gradientCases();
  const width = Math.max(...cases.map(({ name }) => name.length));
  print('relative error ‖analytic − numeric‖ / ‖analytic + numeric‖ against central differences, float64\n');
  print(
    `${'code penalty output reconstruction'.padEnd(width)}    W_enc    b_enc    W_dec    b_dec   worst entry: analytic, numeric`,
  );
  let worst = 0;
  let failed = 0;
  for (const item of cases) {
    const checks = Object.entries(checkCase(item));
    const errors = checks.map(([, { relativeError }]) => relativeError);
    const largest = Math.max(...errors);
    worst = Math.max(worst, largest);
    if (!(largest <= LIMIT)) failed++;
    print(
      `${item.name.padEnd(width)}  ${errors.map((e) => e.toExponential(1).padStart(7)).join('  ')}   ${worstEntry(checks)}${largest <= LIMIT ? '' : '  ✗'}`,
    );
  }
  print(
    `\n${cases.length} rows, ${failed} above ${LIMIT.toExponential()}; the largest relative error is ${worst.toExponential(2)}`,
  );
  if (failed > 0) process.exitCode = 1;
}

function worstEntry(checks: [string, ParameterCheck][]): string {
  const gap = ({ worst }: ParameterCheck) => Math.abs(worst.analytic - worst.numeric);
  const [name, { worst }] = checks.reduce((a, b) => (gap(b[1]) > gap(a[1]) ? b : a));
  return `${name}[${worst.at.join(', ')}]: ${worst.analytic.toPrecision(12)}, ${worst.numeric.toPrecision(12)}`;
}
