/**
 * LAG=1000 npm test -- page     every file, and every message to and from a worker, comes up to so many ms late
 *
 * A test that waits for something that may be there beforehand, or not at all for what it looks at, fails sooner or later.
 */

import type { Page } from 'playwright-core';

const most = Number(process.env.LAG ?? 0);

/** Runs in the page: messages keep their order. */
function delayMessages(most: number): void {
  const line = () => {
    const waiting: (() => void)[] = [];
    return (go: () => void) => {
      waiting.push(go);
      setTimeout(() => waiting.shift()?.(), Math.random() * most);
    };
  };
  const { prototype } = Worker;
  const post = prototype.postMessage as (...message: unknown[]) => void;
  const lines = new WeakMap<Worker, ReturnType<typeof line>>();
  prototype.postMessage = function (this: Worker, ...message: unknown[]) {
    const later = lines.get(this) ?? line();
    lines.set(this, later);
    later(() => post.apply(this, message));
  };
  const onmessage = Object.getOwnPropertyDescriptor(prototype, 'onmessage') as PropertyDescriptor;
  Object.defineProperty(prototype, 'onmessage', {
    ...onmessage,
    set(hear: (event: MessageEvent) => void) {
      const later = line();
      onmessage.set?.call(this, (event: MessageEvent) => later(() => hear.call(this, event)));
    },
  });
}

/** Where the environment asks for it, a page of a slow machine behind a slow line. */
export async function lagBehind(page: Page): Promise<void> {
  if (most === 0) return;
  await page.addInitScript(delayMessages, most);
  await page.route('**/*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * most));
    await route.continue();
  });
}
