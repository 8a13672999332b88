import { choose } from './choose.js';
import { type Fail, failing, type Tensor } from './entries.js';
import { grouped } from './header.js';
import { exceeds, limitOf } from './inflate.js';
import { npyHeader, readNpy } from './npy.js';
import { unzip, unzipHead, type ZipEntry, zipEntries } from './zip.js';

const SUFFIX = '.npy';

/**
 * One array of a file of numpy.savez or savez_compressed, which is a zip archive of npy files: see choose.
 * @param name how errors call the file
 * @param maxUnpacked the most bytes it may unpack to; by default 256 times its packed size, or 64 MiB if that is more
 * @throws RangeError naming the byte at fault, or the arrays that there are
 */
export function readNpz(bytes: Uint8Array, name: string, array?: string, maxUnpacked?: number): Tensor {
  const fail: Fail = failing(name);
  const entries = new Map<string, ZipEntry>();
  for (const [file, entry] of zipEntries(bytes, fail)) {
    if (file.endsWith(SUFFIX)) entries.set(file.slice(0, -SUFFIX.length), entry);
  }
  const called = (key: string) => `${name}, array ${JSON.stringify(key.slice(0, 99))}`;
  const headerOf = (key: string) => npyHeader(unzipHead(entries.get(key) as ZipEntry, failing(called(key))), called(key));

  const key = choose([...entries.keys()], array, (key) => headerOf(key).shape, fail);
  const entry = entries.get(key) as ZipEntry;
  const failEntry: Fail = failing(called(key));
  const { end } = headerOf(key);
  if (end !== entry.size) failEntry(`its header asks for ${grouped(end)} bytes, the archive says ${grouped(entry.size)}`);
  const limit = limitOf(entry.packed.length, maxUnpacked);
  if (end > limit.bytes) failEntry(exceeds(limit));
  return readNpy(unzip(entry, { bytes: end, why: 'as the archive says' }, failEntry), called(key));
}
