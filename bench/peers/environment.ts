/** What a contestant finds around it: nothing that steers BLAS, threads or Node. */

/** All that it inherits. OPENBLAS_CORETYPE, OMP_NUM_THREADS, MKL_…, NODE_OPTIONS, LD_PRELOAD … stay outside. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

/** An environment of what is inherited and of `own`, a contestant's settings. */
export function cleanEnvironment(own: Record<string, string> = {}): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(inherited), ...own };
}
