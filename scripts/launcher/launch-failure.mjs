/** Something the person who typed the command can act on: the message says what. No stack is shown. */
export class LaunchFailure extends Error {}
