/** The event loop gets a turn at least this often, in ms. */
const LONGEST_STRETCH = 40;

/** A function to await between batches: it lets the event loop run once LONGEST_STRETCH has passed. */
export function pauser(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < LONGEST_STRETCH) return undefined;
    return nextTurn().then(() => {
      last = performance.now();
    });
  };
}

/** Resolves when the event loop has had a turn: setImmediate where there is one; elsewhere a message to oneself, which browsers do not delay. */
export function nextTurn(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
