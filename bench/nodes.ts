/** The versions of Node at hand: the one that runs this, and those that bench/package.json installs. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './peers/environment.js';

export interface NodeVersion {
  /** As 'v20.20.2'. */
  version: string;
  path: string;
}

const MODULES = fileURLToPath(new URL('node_modules', import.meta.url));

export function findNodes(): NodeVersion[] {
  const nodes: NodeVersion[] = [{ version: process.version, path: process.execPath }];
  const installed = existsSync(MODULES) ? readdirSync(MODULES).filter((name) => /^node-\d+$/.test(name)) : [];
  for (const name of installed.sort()) {
    const path = `${MODULES}/${name}/bin/node`;
    try {
      const version = execFileSync(path, ['--version'], { encoding: 'utf8', env: cleanEnvironment() }).trim();
      if (nodes.every((node) => node.version !== version)) nodes.push({ version, path });
    } catch {
      // Made for another system than this one.
    }
  }
  return nodes;
}
