/** The worker of the page. */

import type { ToWorker } from './messages.js';
import { Session } from './session.js';

const session = new Session((message, transfer) => postMessage(message, { transfer }));
session.begin();
addEventListener('message', ({ data }: MessageEvent<ToWorker>) => session.hear(data));
