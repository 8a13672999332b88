import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { modelOf } from '../core/sparse-autoencoder.js';
import type { SparseAutoencoder } from '../index.js';
import { writeWhole } from '../node/files.js';
import { text, when } from '../numbers/checks.js';
import { pngFiles } from '../report/png-files.js';
import { renderReport } from '../report/report.js';
import type { ReportData } from '../report/report-data.js';
import { coreOf } from '../sparse-autoencoder.js';
import { opened, samplesOf } from './apply.js';
import { addDataFlags, type DataFlags, type Rows } from './data.js';
import { flag } from './flags.js';
import { count, givenArguments, prepareFiles, prepareFolder, print } from './output.js';
import { matrixOf } from './plan.js';
import { reportData } from './report-data.js';

interface Flags extends DataFlags {
  out: string;
  image?: string;
  png?: string;
}

/** `report`: what a model makes of rows, as a page. */
export function addReportCommand(program: Command): void {
  addDataFlags(
    program
      .command('report')
      .description('writes the HTML report of a model on rows')
      .argument('<model>', 'a model.safetensors')
      .argument('<data...>', 'files of rows; - is stdin')
      .requiredOption('--out <file>', 'where the report goes, such as report.html')
      .addOption(
        flag(
          '--image <size>',
          'rows are pictures of that size: 28x28',
          when((v) => /^\d+x\d+$/.test(String(v)), '28x28, say'),
        ),
      )
      .addOption(flag('--png <dir>', 'write units.png and reconstructions.png there too', text)),
  ).action(run);
}

async function run(path: string, paths: string[], flags: Flags, command: Command): Promise<void> {
  const { out, image, png } = flags;
  prepareFiles({ out }, [path, ...paths]);
  if (png !== undefined) prepareFolder(png, [], 'png');
  const { sae, rows } = await opened(path, paths, flags);
  print(`${count(rows.rows)} rows, ${count(sae.hiddenDim)} units (6,000 rows of 4,096 units take a minute)`);
  const data = dataOf(path, paths, sae, rows, image, givenArguments(command));
  writeWhole(out, new TextEncoder().encode(renderReport(data)));
  print(`report: ${out}`);
  if (png === undefined) return;
  for (const { name, bytes } of pngFiles(data)) {
    writeWhole(join(png, name), bytes);
    print(`picture: ${join(png, name)}`);
  }
}

function dataOf(
  path: string,
  paths: string[],
  sae: SparseAutoencoder,
  rows: Rows,
  image: string | undefined,
  command: readonly string[],
): ReportData {
  const judge = samplesOf(rows);
  const { state } = modelOf(coreOf(sae));
  const [width, height] = image ? image.split('x').map(Number) : (rows.image ?? [0, 0]);
  const about = {
    title: `${basename(path)} on ${paths.map((each) => basename(each)).join(', ')}`,
    training: null,
    judge,
    judgedBy: 'given',
    image: width ? { width, height } : null,
    inputNames: sae.options.inputNames.length ? sae.options.inputNames : rows.names,
    command,
  };
  return reportData(about, sae, { records: state.records, snapshots: [] }, sae.evaluate(matrixOf(judge)));
}
