import { limits } from '#lib/domain/limits.ts';

export const untitled = 'New session';

/** A title out of a prompt: the first words of its first line that has any, at most `limits.sessionTitleCharsMax` characters. */
export function titleFrom(prompt: string): string {
  const line = prompt
    .split('\n')
    .map((text) =>
      text
        .replace(/^[\s#>*\-`]+/, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .find((text) => text !== '');
  if (line === undefined) return untitled;
  const characters = [...line];
  if (characters.length <= limits.sessionTitleCharsMax) return line;
  const cut = characters.slice(0, limits.sessionTitleCharsMax - 1).join('');
  const lastSpace = cut.lastIndexOf(' ');
  const words = lastSpace > limits.sessionTitleCharsMax / 2 ? cut.slice(0, lastSpace) : cut;
  return `${words.replace(/[\s,.;:]+$/, '')}…`;
}
