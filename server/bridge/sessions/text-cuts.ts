/** Cuts of text by its UTF-8 bytes, never inside a character. */

export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

/** The longest beginning of at most `bytesMax` bytes. */
export function beginningOf(text: string, bytesMax: number): string {
  if (bytesOf(text) <= bytesMax) return text;
  const bytes = Buffer.from(text, 'utf8');
  let end = bytesMax;
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** The longest end of at most `bytesMax` bytes. */
export function endOf(text: string, bytesMax: number): string {
  if (bytesOf(text) <= bytesMax) return text;
  const bytes = Buffer.from(text, 'utf8');
  let start = bytes.length - bytesMax;
  while (start < bytes.length && isContinuation(bytes[start])) start += 1;
  return bytes.toString('utf8', start);
}

/** Whole lines only, if there is a line end to cut at. */
export const wholeLinesFrom = (text: string): string => text.slice(text.indexOf('\n') + 1);
export const wholeLinesTo = (text: string): string => {
  const end = text.lastIndexOf('\n');
  return end === -1 ? text : text.slice(0, end + 1);
};

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;

const count = new Intl.NumberFormat('en-US');

/** The line that says what a cut left out. */
export const cutLine = (bytes: number): string =>
  `… ${count.format(bytes)} more bytes are not shown here`;
