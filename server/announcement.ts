/** What a start tells the person, or the program, that asked for it. */
export interface Announcement {
  readonly url: string;
  /** `null` once an owner is paired. */
  readonly pairingUrl: string | null;
  readonly port: number;
  readonly pid: number;
  readonly dataDirectory: string;
  readonly repositories: readonly { readonly path: string; readonly playground: boolean }[];
  /** The database was restored: nothing runs until an owner has released it. */
  readonly paused: boolean;
  readonly warnings: readonly string[];
}

/** The one line of `--json`. */
export const announcementLine = (announcement: Announcement): string =>
  `${JSON.stringify({
    url: announcement.url,
    pairingUrl: announcement.pairingUrl,
    port: announcement.port,
    pid: announcement.pid,
    data: announcement.dataDirectory,
  })}\n`;

/** @param host an address beyond loopback that is listened on */
export function announcementText(announcement: Announcement, host: string | null): string {
  const { url, pairingUrl, dataDirectory, repositories, warnings, paused } = announcement;
  const lines = [
    `Rejoin serves at ${url}`,
    ...(host === null ? [] : [`Other machines can reach it at ${host}.`]),
    '',
    ...(pairingUrl === null
      ? ['Pair another device: npm run rejoin -- pair']
      : [
          'Open this link to pair your first device. It works once, within five minutes;',
          'a fresh one is made by: npm run rejoin -- pair',
          '',
          `  ${pairingUrl}`,
        ]),
    '',
    `Data           ${dataDirectory}`,
    ...repositories.map(
      ({ path, playground }, index) =>
        `${index === 0 ? 'Repositories   ' : '               '}${path}${playground ? '  (a playground, made for you)' : ''}`,
    ),
    ...(paused
      ? ['', 'The database was restored: nothing runs until an owner has released it in the app.']
      : []),
    ...warnings.flatMap((warning) => ['', `Warning: ${warning}`]),
    '',
    'Ctrl-C stops it.',
  ];
  return `${lines.join('\n')}\n`;
}

/** Warnings about how it runs; said, never a reason not to start (DESIGN 5). */
export function warningsOf(userId: number | null, gitWarning: string | null): readonly string[] {
  const root =
    userId === 0
      ? 'this runs as root, and so does every agent: a mistake of one can reach the whole machine.'
      : null;
  return [root, gitWarning].filter((warning) => warning !== null);
}
