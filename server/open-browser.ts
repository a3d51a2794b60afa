import { spawn } from 'node:child_process';

/**
 * Opens a page in the person's browser, where there is a display. That it did not open is no failure: the address is printed.
 */
export function openBrowser(
  url: string,
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const command = commandFor(url, platform, env);
  if (command === null) return;
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

/** @returns program and arguments, never for a shell; `null` without a display */
export function commandFor(
  url: string,
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] | null {
  switch (platform) {
    case 'darwin':
      return ['open', url];
    case 'win32':
      // `start` belongs to cmd, which would read the address as a command line; this takes it as one argument.
      return ['rundll32', 'url.dll,FileProtocolHandler', url];
    default:
      return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', url] : null;
  }
}
