import { byId, download } from './dom.js';
import type { Learner } from './learner-client.js';
import type { Answers } from './messages.js';

export interface Page {
  /** The link to the run as it stands. */
  address(): string;
  /** Why the link does not lead to just this run; empty if it does. */
  butWhy(): string;
  /** From noise, with the samples of this file, which there are now. */
  restart(file: Answers['table']['ask']): void;
}

/** More than that is no file to learn from in a page. */
const MOST_BYTES = 512 * 2 ** 20;

/** Links and files, out and in. */
export class Sharing {
  private readonly learner: Learner;
  private readonly page: Page;
  private readonly says = byId('share-says', 'p');

  constructor(learner: Learner, page: Page) {
    this.learner = learner;
    this.page = page;
  }

  /** What a button is for, by its id. */
  async press(id: string): Promise<void> {
    try {
      if (id === 'link') await this.copyLink();
      else if (id === 'save-model') await this.saveModel();
      else if (id === 'save-module') {
        download('model.js', await this.learner.ask('module', {}), 'text/javascript');
        this.say('model.js: import { encode, decode, reconstruct } from it; it needs nothing else.');
      } else if (id === 'save-report') {
        this.say('Writing the report …');
        download('report.html', await this.learner.ask('report', {}), 'text/html');
        this.say('report.html: one file that needs no network.');
      }
    } catch (error) {
      this.say((error as Error).message);
    }
  }

  /** A file of the visitor's: a model to look at, or samples to learn from. */
  async take(file: File): Promise<void> {
    try {
      await this.read(file);
    } catch (error) {
      this.say((error as Error).message);
      this.says.scrollIntoView({ block: 'nearest' });
    }
  }

  private say(text: string): void {
    this.says.textContent = text;
  }

  private async copyLink(): Promise<void> {
    const address = this.page.address();
    try {
      await navigator.clipboard.writeText(address);
      this.say(`The link is on the clipboard. ${this.page.butWhy()}`);
    } catch {
      this.say(address);
    }
  }

  private async saveModel(): Promise<void> {
    const bytes = await this.learner.ask('model', {});
    download('model.safetensors', bytes, 'application/octet-stream');
    const size = Math.round(bytes.length / 1000).toLocaleString('en-US');
    this.say(`model.safetensors, ${size} kB: SparseAutoencoder.fromBytes reads it.`);
  }

  private async read(file: File): Promise<void> {
    const { name, size } = file;
    if (size > MOST_BYTES) throw new Error(`${name} has ${Math.round(size / 2 ** 20)} MiB, expected at most 512.`);
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (isModel(bytes)) {
      this.say(`${await this.learner.ask('load', { bytes })} Its features are shown above.`);
      return;
    }
    const about = await this.learner.ask('table', { bytes, name });
    this.say(`${name}: ${about}. Press Learn to learn from it; reload the page to have the digits back.`);
    this.page.restart({ bytes, name });
  }
}

/** Safetensors whose header names this library's format. */
function isModel(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = new TextDecoder().decode(bytes.subarray(8, Math.min(bytes.length, 8 + length)));
  return head.startsWith('{') && head.includes('"format":"sparse-autoencoder"');
}
