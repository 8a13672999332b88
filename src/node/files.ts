import { randomBytes } from 'node:crypto';
import * as nodeFs from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** As much of node:fs as writing needs: what a test puts a failing disk into the place of. */
export type FileSystem = Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'fchmodSync'
  | 'fsyncSync'
  | 'openSync'
  | 'readdirSync'
  | 'realpathSync'
  | 'renameSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeSync'
>;

/**
 * Writes a file so that whoever opens it, whenever, after whatever crash, finds the old one whole or the new one
 * whole: beside it first, under a name of its own, to the disk (fsync), then renamed to its place, and the folder's
 * entry to the disk too. Of two processes that write one path the last to finish wins. A link is followed, the file's
 * permissions are kept; what killed writers of it left beside it is removed. What is no file (a pipe, /dev/stdout) is written to as it is.
 * @throws Error saying what is in the way: the folder is not there or must not be written to, the path is a folder,
 *   the disk is full. The old file is as it was then, and nothing else is left.
 */
export function writeWhole(path: string, bytes: Uint8Array, fs: FileSystem = nodeFs): void {
  const old = stats(fs, path);
  if (old?.isDirectory()) throw new Error(`${path}: is a folder, expected the path of a file`);
  if (old && !old.isFile()) {
    writeInto(fs, path, path, 'w', bytes);
    return;
  }
  const target = old ? behindLinks(fs, path) : path;
  const folder = dirname(target);
  const beginning = `.${basename(target)}.${hostname()}-`;
  const beside = join(folder, `${beginning}${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  writeInto(fs, path, beside, 'wx', bytes, old?.mode);
  try {
    fs.renameSync(beside, target);
  } catch (error) {
    remove(fs, beside);
    throw explained(path, error);
  }
  syncFolder(fs, folder);
  sweep(fs, folder, beginning);
}

/**
 * All of a file.
 * @param what what should have been there: "a file of rows"
 * @throws Error saying what is in the way
 */
export function readWhole(path: string, what = 'a file'): Uint8Array {
  try {
    return nodeFs.readFileSync(path);
  } catch (error) {
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      ENOTDIR: 'there is no such file',
      EISDIR: `is a folder, expected ${what}`,
      EACCES: 'must not be read (permission denied)',
      EPERM: 'must not be read (operation not permitted)',
    };
    throw new Error(`${path}: ${reasons[codeOf(error) ?? ''] ?? (error as Error).message}`, { cause: error });
  }
}

function stats(fs: FileSystem, path: string): nodeFs.Stats | undefined {
  try {
    return fs.statSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw explained(path, error);
  }
}

function behindLinks(fs: FileSystem, path: string): string {
  try {
    return fs.realpathSync(path);
  } catch (error) {
    throw explained(path, error);
  }
}

/** All the bytes, on the disk; or an error, and no new file. */
function writeInto(fs: FileSystem, path: string, into: string, flag: 'w' | 'wx', bytes: Uint8Array, mode?: number): void {
  let written = 0;
  let file: number | undefined;
  try {
    file = fs.openSync(into, flag);
    if (mode !== undefined) fs.fchmodSync(file, mode);
    while (written < bytes.length) written += fs.writeSync(file, bytes, written);
    if (flag === 'wx') fs.fsyncSync(file);
    const open = file;
    file = undefined;
    fs.closeSync(open);
  } catch (error) {
    if (file !== undefined) fs.closeSync(file);
    if (flag === 'wx' && codeOf(error) !== 'EEXIST') remove(fs, into);
    throw explained(path, error, `${written} of ${bytes.length} bytes written`);
  }
}

function remove(fs: FileSystem, path: string): void {
  try {
    fs.unlinkSync(path);
  } catch {
    // It may never have been made; the error that led here says more.
  }
}

/** The rename is done and seen by all; without this a power cut could undo it. Not every system lets a folder be synced. */
function syncFolder(fs: FileSystem, folder: string): void {
  try {
    const file = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  } catch {
    // Windows opens no folders, and some network disks sync none: the file is whole either way.
  }
}

/** What processes of this machine left beside the file when they were killed at it. */
function sweep(fs: FileSystem, folder: string, beginning: string): void {
  try {
    for (const name of fs.readdirSync(folder) as string[]) {
      const [, pid] = name.startsWith(beginning) ? (/^(\d+)-[0-9a-f]{8}\.tmp$/.exec(name.slice(beginning.length)) ?? []) : [];
      if (pid !== undefined && !isRunning(Number(pid))) fs.unlinkSync(join(folder, name));
    }
  } catch {
    // The file is written; this was for tidiness.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

function explained(path: string, error: unknown, progress = 'nothing written'): Error {
  const folder = dirname(path);
  const reasons: Record<string, string> = {
    ENOENT: `the folder ${folder} does not exist`,
    ENOTDIR: `${folder} is not a folder`,
    EISDIR: 'is a folder, expected the path of a file',
    EACCES: `the folder ${folder} must not be written to (permission denied)`,
    EPERM: `the folder ${folder} must not be written to (operation not permitted)`,
    EROFS: `the folder ${folder} is on a disk that is read only`,
    ENOSPC: `the disk is full (${progress})`,
    EDQUOT: `the quota of disk space is used up (${progress})`,
    EFBIG: `is too large a file for its disk (${progress})`,
    ENAMETOOLONG: 'is too long a name',
  };
  const code = codeOf(error) ?? '';
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : `cannot be written: ${(error as Error).message}`;
  return new Error(`${path}: ${reason}`, { cause: error });
}
