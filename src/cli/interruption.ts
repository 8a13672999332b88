import { setImmediate } from 'node:timers/promises';

const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGINT: 130, SIGTERM: 143 };

/** Ctrl-C and SIGTERM, held off from when it is made until `release`, for work that must come to an end of its own. */
export class Interruption {
  readonly #stop = new AbortController();
  #signal: NodeJS.Signals | null = null;
  #at = Infinity;

  constructor() {
    for (const name of Object.keys(SIGNALS)) process.on(name, this.#interrupt);
  }

  readonly #interrupt = (name: NodeJS.Signals): void => {
    // npm and tsx pass on what the terminal has sent already; whoever insists a second later gets out.
    if (performance.now() - this.#at > 1000) process.exit(SIGNALS[name]);
    if (this.#signal) return;
    this.#at = performance.now();
    this.#signal = name;
    process.exitCode = SIGNALS[name];
    this.#stop.abort();
  };

  /** What has come. */
  get signal(): NodeJS.Signals | null {
    return this.#signal;
  }

  /** The same for `fit`. */
  get aborted(): AbortSignal {
    return this.#stop.signal;
  }

  /** What has come by now: signals are told between turns of the event loop, and the first turn may have begun before. */
  async heard(): Promise<NodeJS.Signals | null> {
    for (let turn = 0; turn < 2; turn++) await setImmediate();
    return this.#signal;
  }

  release(): void {
    for (const name of Object.keys(SIGNALS)) process.off(name, this.#interrupt);
  }
}
