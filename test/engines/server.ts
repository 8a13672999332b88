/** A server of pages that run one script, under whatever policy, and post to it what they find. */

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Told } from './program.js';

const LONGEST_SECONDS = 90;

export interface SiteOptions {
  readonly threads: number;
  /** By name: the texts of its scripts. main.js learns what is asked of it, and where to tell. */
  readonly files: Readonly<Record<string, string>>;
  /** The script of the page. */
  readonly page: string;
  /** Content-Security-Policy of the page and of every script, hence of workers. */
  readonly policy?: string;
  /** Whether threads may share memory. */
  readonly isolated?: boolean;
}

export interface Site {
  readonly address: string;
  /** What its script told. Rejects if that was an error, or nothing for long. */
  readonly told: Promise<Told>;
  /** A script that knows what is asked of it. */
  asking(script: string): string;
}

interface Running {
  readonly options: SiteOptions;
  readonly asking: (script: string) => string;
  readonly hear: (told: Told & { error?: string }) => void;
}

export async function serve(): Promise<{ site(options: SiteOptions): Site; close(): Promise<void> }> {
  const sites: Running[] = [];
  const server = createServer((request, response) => {
    const [, number, name] = (request.url ?? '').split('/');
    const site = sites[Number(number)];
    response.setHeader('access-control-allow-origin', '*');
    if (!site) return end(response, 404, 'text/plain', '');
    if (request.method !== 'POST') return answer(response, site, name);
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      site.hear(JSON.parse(body));
      end(response, 200, 'text/plain', '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    site(options) {
      const base = `http://127.0.0.1:${port}/${sites.length}`;
      const asked = JSON.stringify({ threads: options.threads, address: `${base}/told` });
      const asking = (script: string): string => `globalThis.asked = ${asked};\n${script}`;
      const told = new Promise<Told>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`told nothing in ${LONGEST_SECONDS} s`)), LONGEST_SECONDS * 1000);
        const hear = (told: Told & { error?: string }): void => {
          clearTimeout(timer);
          if (told.error) reject(new Error(told.error));
          else resolve(told);
        };
        sites.push({ options, asking, hear });
      });
      return { address: `${base}/page.html`, told, asking };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function answer(response: ServerResponse, { options, asking }: Running, name: string): void {
  const { files, page, policy, isolated } = options;
  if (policy) response.setHeader('content-security-policy', policy);
  if (isolated) {
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
  }
  if (name === 'page.html') {
    end(response, 200, 'text/html', `<!doctype html><meta charset="utf-8"><script type="module" src="${page}"></script>`);
  } else if (name in files) {
    end(response, 200, 'text/javascript', name === 'main.js' ? asking(files[name]) : files[name]);
  } else {
    end(response, 404, 'text/plain', '');
  }
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` });
  response.end(body);
}
