import { figure } from './numbers.ts';

export const navigationTexts = {
  app: 'Rejoin',
  skip: 'Skip to the content',
  workspace: 'Workspace',
  main: 'Content',
  sessionPanel: 'Session panel',
  sessions: 'Sessions',
  tasks: 'Tasks',
  queue: 'Queue',
  settings: 'Settings',
  newSession: 'New session',
  back: 'Back',
  showSidebar: 'Show the sidebar',
  hideSidebar: 'Hide the sidebar',
  showPanel: 'Show the panel',
  hidePanel: 'Hide the panel',
  documentTitle: (needs: number, title: string) =>
    `${needs > 0 ? `(${figure(needs)}) ` : ''}${title} · Rejoin`,
  needYou: (n: number) => `${figure(n)} need you`,
  openEntries: (n: number) => `${figure(n)} open`,
  devices: (n: number) => `${figure(n)} ${n === 1 ? 'device' : 'devices'}`,

  updateOffered: 'Reload for the new version',
  updateWaits:
    'A new version is here. It is taken when you press this; what you are writing stays.',

  opening: 'Opening workspace…',
  failedTitle: 'This part of the page stopped',
  failedText: (reason: string) =>
    `What you wrote is not touched by it. The page said: “${reason}”.`,
  showAgain: 'Show it again',
  notFoundTitle: 'There is no page at this address',
  notFoundText: 'The link may be from another version of Rejoin.',
  toSessions: 'Go to the sessions',

  unpairedTitle: 'This device has not met a bridge yet',
  unpairedText:
    'Rejoin works with the bridge that runs beside your repositories. In a terminal there, make a link for this device and open it here:',
  withdrawnTitle: 'Access withdrawn',
  withdrawnText:
    'The bridge withdrew this device’s access. The copies that were here are erased, and with them what had not reached the bridge. To use this browser again, make a link for it in a terminal beside the bridge and open it here:',
  unpairedCommand: 'npm run rejoin -- pair --role owner',
  unpairedAfter: 'After that it opens without a network, too.',
  copy: 'Copy the command',
  copied: 'Copied',
};
