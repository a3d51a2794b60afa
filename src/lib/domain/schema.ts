import type * as z from 'zod/mini';

/** Any schema of the domain; layers above name schemas by this, and only the domain knows the library. */
export type Schema = z.ZodMiniType;
/** What a schema yields. */
export type Parsed<S extends Schema> = z.output<S>;
