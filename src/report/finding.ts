/** One thing to be seen in a run, in plain words. */
export interface Finding {
  readonly tone: 'good' | 'fair' | 'bad';
  readonly text: string;
}
