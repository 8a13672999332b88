/**
 * Serves a folder on this machine as a static host would that is asked for a strict policy and for isolation:
 *   tsx src/page/serve.ts [FOLDER] [--port 8080] [--alone]      --alone: without isolation, hence on one thread
 */

import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** Of the page and of its workers alike: a worker does not inherit the page's. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  png: 'image/png',
  gz: 'application/gzip',
};

export interface ServeOptions {
  readonly port?: number;
  /** Whether threads may share memory. Default true. */
  readonly isolated?: boolean;
}

/** A server of a folder, and its address. */
export async function serveFolder(
  folder: string,
  { port = 0, isolated = true }: ServeOptions = {},
): Promise<{ server: Server; address: string }> {
  const root = normalize(folder);
  const server = createServer(({ url = '/' }, response) => {
    const path = pathOf(url);
    const place = normalize(join(root, path?.endsWith('/') ? `${path}index.html` : (path ?? '')));
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'no-cache');
    if (isolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    const refuse = (status: number, why: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(why);
    };
    if (path === null) refuse(400, 'not a path');
    else if (!place.startsWith(root + sep) || !isFile(place)) refuse(404, 'not found');
    else {
      response.setHeader('content-type', TYPES[/\.(\w+)$/.exec(place)?.[1] ?? ''] ?? 'application/octet-stream');
      // What cannot be read after all, and a reader who goes away, end the answer and nothing else.
      pipeline(createReadStream(place), response, () => {});
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** The path that a request names, decoded; null if it names none. */
function pathOf(url: string): string | null {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
}

/** Not where nothing can be: under a file, or under a name that is too long, or none. */
function isFile(place: string): boolean {
  try {
    return statSync(place).isFile();
  } catch {
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({
    options: { port: { type: 'string', default: '8080' }, alone: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const folder = positionals[0] ?? join('out', 'page');
  const { address } = await serveFolder(folder, { port: Number(values.port), isolated: !values.alone });
  process.stdout.write(`${address}   (Ctrl-C ends it)\n`);
}
