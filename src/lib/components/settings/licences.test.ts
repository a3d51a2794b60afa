import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { licences } from './licences.ts';

const packageSchema = z.object({
  license: z.optional(z.string()),
  dependencies: z.optional(z.record(z.string(), z.string())),
});
const readPackage = (path: string) =>
  packageSchema.parse(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')));

test('the list of licences names every dependency with the licence of what is installed', () => {
  const names = Object.keys(readPackage('../../../../package.json').dependencies ?? {});
  const installed = names.map((name) => ({
    name,
    licence: readPackage(`../../../../node_modules/${name}/package.json`).license,
  }));
  expect(licences).toEqual(installed);
});
