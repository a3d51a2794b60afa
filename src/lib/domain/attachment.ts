import * as z from 'zod/mini';
import { sha256Schema } from './ids.ts';

/** A file put into a draft: its bytes are a blob, its name and type are for the person who reads the draft. */
export const attachmentSchema = z.object({
  sha256: sha256Schema,
  name: z.string().check(z.maxLength(300)),
  type: z.string().check(z.maxLength(200)),
  bytes: z.number(),
});
export type Attachment = z.infer<typeof attachmentSchema>;
