import { sessionIdSchema } from '#lib/domain/ids.ts';

/** Whether a part of an address can name a session. */
export const match = (part: string): boolean => sessionIdSchema.safeParse(part).success;
