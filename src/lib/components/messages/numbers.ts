const cardinal = new Intl.PluralRules('en');
const figures = new Intl.NumberFormat('en');

/** "1 change", "3 changes", "1,204 changes". */
export function counted(count: number, one: string, other: string): string {
  return `${figures.format(count)} ${cardinal.select(count) === 'one' ? one : other}`;
}

export const figure = (value: number): string => figures.format(value);

/** "812 bytes", "48.9 MB": decimal units, as disks and browsers count. */
export function bytes(value: number): string {
  if (value < 1000) return counted(value, 'byte', 'bytes');
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(value) / 3), units.length);
  const scaled = value / 1000 ** power;
  const digits = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  return `${scaled.toFixed(digits)} ${units[power - 1] ?? 'kB'}`;
}

/** Shortened at a word where one is near, with an ellipsis; for texts that a list quotes. */
export function shortened(text: string, chars: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  if (line.length <= chars) return line;
  const cut = line.slice(0, chars);
  const space = cut.lastIndexOf(' ');
  return `${space > chars * 0.6 ? cut.slice(0, space) : cut}…`;
}
