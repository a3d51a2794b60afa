import { counted, figure } from './numbers.ts';

const entries = (n: number): string => counted(n, 'entry here', 'entries here');

/** About what is kept in documents and has no form in this version. */
export const foreignTexts = {
  /** `newer` of the `all` were written by a newer version; the others have no form that any version had. */
  found: (all: number, newer: number) => {
    if (newer === all)
      return `${entries(all)} ${all === 1 ? 'was' : 'were'} written by a newer version of Rejoin.`;
    if (newer === 0) return `${entries(all)} cannot be read.`;
    return `${entries(all)} cannot be shown, ${figure(newer)} of them written by a newer version of Rejoin.`;
  },
  kept: (all: number) =>
    all === 1
      ? 'It is kept as it is, and not handed to an agent.'
      : 'They are kept as they are, and not handed to an agent.',
  look: 'Look at what is kept',
  title: 'Kept, but not shown',
  advice:
    'Reload this page; if that is not enough, update the bridge. What is written here beside it changes nothing of it.',
  ofVersion: (v: number | null) => (v === null ? 'No known format' : `Format ${figure(v)}`),
  close: 'Put this away',
};
