/** Why the bridge does not start, in words for the person at the terminal: what was expected, what came, what to do. */
export class StartFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartFailure';
  }
}
