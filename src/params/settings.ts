import { settingsPageOf } from '#lib/components/settings/settings-pages.ts';

export const match = (part: string): boolean => settingsPageOf(part) !== null;
