/** The generator alone: the package's index brings six more. */
declare module 'seedrandom/seedrandom.js' {
  export { default } from 'seedrandom';
}
