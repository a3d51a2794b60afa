/** Characters that change how a text is read without being seen: controls, zero-width ones, directions, tags. */
const unseen =
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]|\u17b4|\u17b5|[\u{e0000}-\u{e007f}]/gu;

/** The text with such characters written out, as ‹U+202E›: what is approved must be what is seen (R4). */
export const visibleText = (text: string): string => text.replace(unseen, written);

function written(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}

// eslint-disable-next-line no-control-regex -- terminal sequences begin with an escape character
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/gu;

/** What a terminal would show of a program's output: without colours and cursor moves, a line that was rewritten as it ended. */
export function terminalText(output: string): string {
  return output
    .replace(sequences, '')
    .replace(/\r\n/gu, '\n')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1))
    .join('\n');
}
