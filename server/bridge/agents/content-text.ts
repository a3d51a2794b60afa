import { limits } from '#lib/domain/limits.ts';
import { contentBlockSchema, type ContentBlock } from './update-schemas.ts';
import { cutAfter } from './visible-text.ts';

/** The text of a block of content; what is not text is named, or shown as JSON when it is of a kind we do not know. */
export function contentText(block: unknown): string {
  const known = contentBlockSchema.safeParse(block);
  return known.success
    ? blockText(known.data)
    : cutAfter(JSON.stringify(block, null, 2), limits.agentRawCharsMax);
}

export function blockText(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'resource_link':
      return `[${block.name ?? block.uri}](${block.uri})`;
    case 'resource':
      return block.resource.text;
    case 'image':
    case 'audio':
      return `(${block.type} of type ${block.mimeType}, not kept)`;
  }
}
