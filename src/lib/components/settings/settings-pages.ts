import Bot from '@lucide/svelte/icons/bot';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import Info from '@lucide/svelte/icons/info';
import Keyboard from '@lucide/svelte/icons/keyboard';
import ListChecks from '@lucide/svelte/icons/list-checks';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Users from '@lucide/svelte/icons/users';

/** The pages of the settings, in their order; names are in the texts under the same key. */
export const settingsPages = [
  { page: 'people', icon: Users },
  { page: 'agents', icon: Bot },
  { page: 'rules', icon: ListChecks },
  { page: 'storage', icon: HardDrive },
  { page: 'keyboard', icon: Keyboard },
  { page: 'appearance', icon: SunMoon },
  { page: 'about', icon: Info },
] as const;
export type SettingsPage = (typeof settingsPages)[number]['page'];

export const settingsPageOf = (name: string | undefined): SettingsPage | null =>
  settingsPages.find(({ page }) => page === name)?.page ?? null;
