const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Every bound of the system (R9). Units are in the names. Each has a test on both sides of it.
 */
export const limits = {
  // outbox and commands
  outboxEntriesMax: 1000,
  commandBytesMax: 64 * KIB,
  commandAgeMsMax: 7 * DAY,
  blobBytesMax: 16 * MIB,
  operationsKeptInBridgeRoom: 200,

  // documents and the wire
  frameBytesMax: 4 * MIB,
  stateFrameBytesMax: 256 * KIB,
  transactionBytesMax: 256 * KIB,
  documentBytesMax: 32 * MIB,
  heldUpdateBytesMax: 1 * MIB,
  socketBufferedBytesMax: 4 * MIB,
  channelsPerSocketMax: 256,
  roomNameCharsMax: 128,
  awarenessBytesMax: 4 * KIB,
  awarenessPerSecondMax: 20,
  heartbeatMs: 5 * SECOND,
  stockHeartbeatMs: 10 * SECOND,
  silenceMsMax: 15 * SECOND,
  stockSilenceMsMax: 30 * SECOND,
  roomIdleMsMax: 30 * SECOND,
  /** Length of one struct in units of its content: a run of deletions costs no bytes, so bytes do not bound it. */
  structLengthMax: 64 * 1024 * 1024,
  sendWindowBytes: 512 * KIB,
  openingBacklogBytesMax: 8 * MIB,
  socketCloseGraceMs: 2 * SECOND,
  bridgeEditBytesMax: 192 * KIB,

  // the bridge's database
  markCommitsMax: 64,
  markIdleMs: 2 * SECOND,
  snapshotRowsMax: 2000,

  // transcript
  segmentItemsMax: 500,
  segmentBytesMax: 1 * MIB,
  segmentAgeMsMax: 24 * HOUR,
  liveFlushMs: 80,
  liveTextBytesMax: 256 * KIB,
  toolOutputInlineBytesMax: 16 * KIB,
  receiptKeptMsMax: 30 * DAY,

  // agents
  agentLineBytesMax: 8 * MIB,
  agentStderrBytesKept: 64 * KIB,
  agentStartMsMax: 60 * SECOND,
  agentStopGraceMs: 3 * SECOND,
  agentStdinGraceMs: 500,
  agentOutputDrainMs: 1 * SECOND,
  agentOpenRequestsMax: 256,
  agentToolsRemembered: 512,
  agentRawCharsMax: 64 * KIB,
  agentTitleCharsMax: 500,
  agentTerminalCharsKept: 256 * KIB,
  noProgressMs: 30 * SECOND,
  openPermissionsMax: 32,

  // what the bridge reads of a repository
  gitReadMsMax: 15 * SECOND,
  gitOutputBytesMax: 16 * MIB,
  snapshotFilesMax: 5000,
  snapshotFileBytesMax: 64 * MIB,
  mentionPathsBytesMax: 128 * KIB,
  projectRefreshMs: 30 * SECOND,

  // the session engine
  toolOutputHeadBytes: 4 * KIB,
  toolLiveUpdateMs: 500,
  diffPreviewBytesMax: 64 * KIB,
  diffPreviewsBytesMax: 128 * KIB,
  permissionCommandBytesMax: 64 * KIB,
  permissionsRemembered: 200,
  planEntriesMax: 200,
  toolLocationsMax: 100,
  progressEveryMs: 5 * SECOND,
  sessionInfoEveryMs: 1 * SECOND,
  blobWaitMs: 2 * SECOND,
  lateTextCloseMs: 2 * SECOND,
  turnStopGraceMs: 10 * SECOND,
  sessionTitleCharsMax: 60,

  // texts that people write
  promptCharsMax: 100_000,
  noteCharsMax: 20_000,
  reasonCharsMax: 4000,
  titleCharsMax: 200,
  taskBodyCharsMax: 100_000,
  deviceNameCharsMax: 60,

  // pairing and the gate
  pairingMsMax: 5 * MINUTE,
  pairingAttemptsPerMinuteMax: 30,
  failedCredentialsPerMinuteMax: 60,
  headerBytesMax: 16 * KIB,
  smallBodyBytesMax: 8 * KIB,
  requestMsMax: 30 * SECOND,
  headersMsMax: 10 * SECOND,
  uploadMsMax: 10 * MINUTE,
  operationsPerPageMax: 500,
  timeMarkMs: 1 * HOUR,
  stopMsMax: 5 * SECOND,

  // showing what agents wrote
  markdownCharsMax: 400_000,
  markdownNestingMax: 16,
  markdownInlineCharsMax: 20_000,
  markdownInlineSignsMax: 600,
  shownLinesMax: 200,
  outputShownBytesMax: 8 * MIB,
  codeColorCharsMax: 120_000,
  codeColorLineCharsMax: 2000,
  codeColorLineMsMax: 200,
  codeStartMsMax: 30 * SECOND,
  codeAnswerMsMax: 5 * SECOND,
  codeResultsRemembered: 300,
  diffMsMax: 1500,
  diffOnPageMsMax: 30,
  diffOnPageLinesMax: 2000,
  diffRowsAtOnceMax: 400,
  diffMarkedCharsMax: 400,
  diffMarkedPairsMax: 200,
  pressGuardMs: 400,
  commandLinesShown: 12,
  queuedShownMax: 3,

  // browser
  blobCacheBytesMax: 100 * 1000 * 1000,
  recentSessionMsMax: 30 * DAY,
  sessionIdleMsMax: 90 * DAY,
  compactRowsMin: 200,
  compactBytesMin: 256 * KIB,
  databaseOpenMsMax: 5 * SECOND,
  replicaIdleMs: 10 * SECOND,
  roomsUploadedAtOnceMax: 4,
  changeTextCharsMax: 500,
  bannerAfterMs: 5 * SECOND,
} as const;
