import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { POLICY, serveFolder } from '../../src/page/serve.js';
import { inTemporaryFolder } from '../helpers.js';

/** What the server says to bytes as they are; clients would mend them first. */
const answer = (port: number, bytes: string, andNoMore = false) =>
  new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => (andNoMore ? socket.end(bytes) : socket.write(bytes)));
    socket.setEncoding('utf8');
    socket.on('data', (piece) => {
      text += piece;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });

test('a request that is none is answered by 400 or 404, and the next one as ever', () =>
  inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'index.html'), 'a page');
    const { server, address } = await serveFolder(folder);
    const port = Number(new URL(address).port);
    const get = (target: string) => answer(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    try {
      for (const [target, status] of Object.entries({
        '/': 200,
        '/index.html': 200,
        '/%69ndex.html?a=%': 200,
        '/%': 400,
        '/%ff': 400,
        '//': 400,
        'http://[/': 400,
        '/none': 404,
        '/%00': 404,
        '/index.html/': 404,
        '/index.html/x': 404,
        [`/${'x'.repeat(5000)}`]: 404,
        '/../../etc/passwd': 404,
        '/..%2f..%2fetc%2fpasswd': 404,
        '/.': 200,
      })) {
        const said = await get(target);
        assert.match(said, new RegExp(`^HTTP/1\\.1 ${status} `), target);
        if (status === 200) assert.match(said, /\r\n\r\n(6\r\n)?a page/, target);
      }
      for (const bytes of ['nonsense\r\n\r\n', '\0\0\0\0', 'GET', 'GET / HTTP/1.1\r\nHost: x\r\nHost\r\n\r\n'])
        await answer(port, bytes, true);
      const said = await get('/');
      assert.match(said, POLICY);
      assert.match(said, 'a page');
    } finally {
      server.close();
    }
  }));

test('a reader who goes away in the middle ends nothing', () =>
  inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'large.gz'), Buffer.alloc(8e6));
    writeFileSync(join(folder, 'index.html'), 'a page');
    const { server, address } = await serveFolder(folder);
    try {
      const stop = new AbortController();
      const { body } = await fetch(`${address}large.gz`, { signal: stop.signal });
      await body?.getReader().read();
      stop.abort();
      assert.is(await (await fetch(address)).text(), 'a page');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }));

test.run();
