import { transcriptTexts as texts } from '#lib/components/messages/transcript.ts';
import { limits } from '#lib/domain/limits.ts';
import type { ComposerView } from '#lib/views/composer.svelte.ts';

/** Attaches files one after the other. @returns what did not go, a sentence each */
export async function attachFiles(
  files: readonly File[],
  composer: Pick<ComposerView, 'attach'>,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const file of files) {
    const { name, type, size } = file;
    if (size > limits.blobBytesMax) {
      problems.push(texts.attachTooLarge(name, size, limits.blobBytesMax));
      continue;
    }
    try {
      await composer.attach({ name, type, bytes: new Uint8Array(await file.arrayBuffer()) });
    } catch {
      problems.push(texts.attachFailed(name));
    }
  }
  return problems;
}
