/**
 * Terminal escape sequences after ECMA-48: CSI (7- and 8-bit), OSC up to BEL or ST, the other strings (DCS, SOS, PM, APC), and
 * the two-character ones.
 */
const escapeSequences =
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/gu;

const controlsButLayout = /[^\P{Cc}\n\t]/gu;

/** Characters that show as nothing or reorder what is beside them, and halves of a surrogate pair. */
const unseen = /[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu;

/** Text for people to read: without escape sequences and control characters; every kind of line end is `\n`. */
export function withoutControls(text: string): string {
  return text.replace(escapeSequences, '').replace(/\r\n?/g, '\n').replace(controlsButLayout, '');
}

/** {@link withoutControls} on one line, cut after `max` characters. */
export function asTitle(text: string, max: number): string {
  const line = withoutControls(text).replace(/\s+/g, ' ').trim();
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}

/**
 * Text that a person decides about, exactly as it is: what cannot be seen is written out as `\u{1b}`, never dropped. Line
 * feeds and tabs stay.
 */
export function madeVisible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

/** The beginning of a text that may be very long, saying how much was left out. */
export function cutAfter(text: string, max: number): string {
  return text.length <= max
    ? text
    : `${text.slice(0, max)}\n… (${String(text.length - max)} more characters)`;
}
