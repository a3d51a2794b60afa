import type { Prompt } from '#lib/domain/prompt.ts';
import type { Storage } from '../../storage/contract.ts';
import type { PromptImage } from '../agents/contract.ts';
import { imageKind } from './image-kind.ts';
import type { Reason } from './permission-desk.ts';

export interface PromptContent {
  readonly text: string;
  readonly images: readonly PromptImage[];
  /** What could not be handed over, in sentences. */
  readonly notes: readonly string[];
}

/** What the agent gets for a prompt: the reasons of rejections it does not know yet, the text, and its images. */
export async function promptFor(
  prompt: Prompt,
  reasons: readonly Reason[],
  storage: Pick<Storage, 'blob'>,
): Promise<PromptContent> {
  const images: PromptImage[] = [];
  const notes: string[] = [];
  for (const sha256 of prompt.blobs) {
    const bytes = await storage.blob(sha256);
    const mimeType = bytes === null ? null : imageKind(bytes);
    if (bytes === null || mimeType === null)
      notes.push(
        `An attachment (${sha256.slice(0, 7)}) is not a PNG, JPEG, GIF or WebP image. The agent was not given it.`,
      );
    else images.push({ sha256, mimeType, bytes });
  }
  const said = reasons.map(({ title, text }) => `I rejected “${title}” because: ${text.trim()}`);
  return { text: [...said, prompt.text].join('\n\n'), images, notes };
}
