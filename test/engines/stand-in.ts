/**
 * As much of ndarray as the library's class asks for, without the `new Function` of ndarray: with it in ndarray's
 * place the class runs where the core is to run.
 */

interface Strided {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

export default function ndarray(data: ArrayLike<number>, shape: readonly number[] = [data.length]): Strided {
  return { data, shape };
}
