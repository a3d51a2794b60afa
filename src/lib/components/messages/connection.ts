import { counted, figure } from './numbers.ts';

const waitingTail = (waiting: number): string =>
  waiting === 0 ? '' : ` · ${figure(waiting)} waiting`;

/** The wording of the states is fixed (tests look for it): where things are, never just that all is well. */
export const connectionTexts = {
  onBridge: 'On the bridge',
  changesWaiting: (n: number) => `${counted(n, 'change', 'changes')} waiting`,
  waitingShort: (n: number) => `${figure(n)} waiting`,
  offline: (n: number) => `Offline${waitingTail(n)}`,
  unreachable: (n: number) => `Bridge not reachable${waitingTail(n)}`,
  outdated: 'Reload to update',
  revoked: 'Access withdrawn',
  unknown: 'Pair again',
  wrongBridge: 'Not your bridge: nothing is sent',
  /** On narrow windows, where the whole words are the pill's name only. */
  unreachableShort: (n: number) => `No bridge${waitingTail(n)}`,
  wrongBridgeShort: 'Not your bridge',

  popoverTitle: 'Connection',
  onlyHere: (n: number) => `${counted(n, 'change is', 'changes are')} only on this device`,
  nothingWaits: (bridge: string) => `All changes made here are on “${bridge}”`,
  beingSent: (bridge: string) =>
    `They are on their way to “${bridge}”. This list empties as it confirms that they are on its disk.`,
  tabClosable: 'You can close this tab: they are stored here.',
  tabNotClosable: 'Keep this tab open: this browser does not store them.',
  deviceOffline:
    'This device is offline. Everything works; what you write goes out when the network is back.',
  doesNotAnswer: (bridge: string) => `“${bridge}” does not answer.`,
  nextTry: (seconds: number) =>
    `Next try in ${figure(seconds)} s, or at once when the network changes.`,
  triesNow: 'Trying now.',
  connected: (bridge: string) => `Connected to “${bridge}”.`,
  outdatedText: (bridge: string) =>
    `“${bridge}” was updated and this page is older. Reload it; what is only on this device stays here and is sent afterwards.`,
  revokedText: (bridge: string) =>
    `“${bridge}” withdrew this device’s access. Nothing more is sent or received.`,
  unknownText: (bridge: string) =>
    `“${bridge}” does not know this device. Nothing was erased here. Pair it again to send what waits.`,
  wrongBridgeText:
    'What answers at this address has not the key of the bridge you paired with. Nothing was sent to it, and nothing here was erased.',

  tryNow: 'Try now',
  openQueue: 'Open the queue',
  reload: 'Reload this page',
  howToPair: 'How to pair again',
  more: (n: number) => `${counted(n, 'more change', 'more changes')} in the queue`,

  changeKind: {
    prompt: 'Prompt',
    note: 'Note',
    task: 'Task',
    draft: 'Draft',
    session: 'Session',
    mark: 'Read mark',
    preference: 'Preference',
    command: 'Operation',
  },
  change: (kind: string, text: string) => (text === '' ? kind : `${kind}: “${text}”`),
  operation: (summary: string) => `Operation: ${summary}`,

  bannerOffline: 'This device is offline.',
  bannerOfflineText: (n: number) =>
    n === 0
      ? 'Everything works; what you write goes out on its own.'
      : `Everything works; ${counted(n, 'change waits and goes', 'changes wait and go')} out on ${n === 1 ? 'its' : 'their'} own.`,
  bannerUnreachable: (bridge: string) => `“${bridge}” does not answer.`,
  bannerClose: 'Close until the next outage',

  storageOff: 'This browser stores nothing: keep this tab open.',
  storageOffWhy: (why: string) => `Reason: ${why}.`,
  storageFull: 'This device’s disk is full: your last changes are only in this tab.',
  storageFullText: 'They are tried again until there is room. Free space, and keep this tab open.',
  storageLook: 'Look at the storage',

  paused: 'The bridge’s record was restored and waits for a person.',
  pausedText:
    'No prompt is handed over and no operation runs until somebody looked at the present state and released them.',
  release: (n: number) =>
    n === 0 ? 'Release the bridge…' : `Release ${counted(n, 'operation', 'operations')}…`,
  releaseNot: 'An owner releases it.',
  releaseTitle: 'Release the bridge',
  releaseText: (operations: number) =>
    `When you release it, queued prompts are handed to their agents and ${counted(operations, 'operation runs', 'operations run')}. They were written for the state before the restore: look at them first.`,
  releaseNothing:
    'No operation waits. Prompts that are queued in sessions are handed to their agents, and what is sent from now on runs at once.',
  releaseNow: 'Release the bridge now',
  releaseSent: 'Release is on this device',
  releaseSummary: 'Release the bridge after its restore',

  announceOnline: (bridge: string) => `Connected to ${bridge}`,
};
