import { byId, download } from './dom.js';
import type { Learner } from './learner-client.js';
import type { Answers } from './messages.js';

interface Page {
  /** The link to the run as it stands. */
  address(): string;
  /** Why the link does not lead to just this run; empty if it does. */
  butWhy(): string;
  /** Ends a second run. */
  end(): void;
  /** From noise, with the samples of this file, which there are now. */
  restart(file: Answers['table']['ask']): void;
}

/** More than that is no file to learn from in a page. */
const MOST_BYTES = 512 * 2 ** 20;

/** Links and files, out and in. */
export function connectSharing(learner: Learner, page: Page): void {
  const says = byId('share-says', 'p');
  const say = (text: string) => {
    says.textContent = text;
  };
  const when = (id: string, act: () => Promise<void>) => {
    byId(id, 'button').addEventListener('click', () => {
      act().catch((error: Error) => say(error.message));
    });
  };
  when('link', async () => {
    const address = page.address();
    try {
      await navigator.clipboard.writeText(address);
      say(`The link is on the clipboard. ${page.butWhy()}`);
    } catch {
      say(address);
    }
  });
  when('save-model', async () => {
    const bytes = await learner.ask('model', {});
    download('model.safetensors', bytes, 'application/octet-stream');
    say(
      `model.safetensors, ${Math.round(bytes.length / 1000).toLocaleString('en-US')} kB: SparseAutoencoder.fromBytes reads it.`,
    );
  });
  when('save-module', async () => {
    const text = await learner.ask('module', {});
    download('model.js', text, 'text/javascript');
    say('model.js: import { encode, decode, reconstruct } from it; it needs nothing else.');
  });
  when('save-report', async () => {
    say('Writing the report …');
    download('report.html', await learner.ask('report', {}), 'text/html');
    say('report.html: one file that needs no network.');
  });

  const take = async (file: File) => {
    if (file.size > MOST_BYTES) throw new Error(`${file.name} has ${Math.round(file.size / 2 ** 20)} MiB, expected at most 512.`);
    const bytes = new Uint8Array(await file.arrayBuffer());
    page.end();
    if (isModel(bytes)) {
      say(`${await learner.ask('load', { bytes })} Its features are shown above.`);
      return;
    }
    const { name } = file;
    const about = await learner.ask('table', { bytes, name });
    say(`${name}: ${about}. Press Learn to learn from it; reload the page to have the digits back.`);
    page.restart({ bytes, name });
  };
  const taking = (file: File | undefined) => {
    if (!file) return;
    take(file).catch((error: Error) => {
      say(error.message);
      says.scrollIntoView({ block: 'nearest' });
    });
  };
  const input = byId('file', 'input');
  input.addEventListener('change', () => taking(input.files?.[0]));
  addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  addEventListener('dragleave', () => document.body.classList.remove('dropping'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    taking(event.dataTransfer?.files[0]);
  });
}

/** Safetensors whose header names this library's format. */
function isModel(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = new TextDecoder().decode(bytes.subarray(8, Math.min(bytes.length, 8 + length)));
  return head.startsWith('{') && head.includes('"format":"sparse-autoencoder"');
}
