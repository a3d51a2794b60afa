/** Why a room is not open to somebody, as the close code and reason of the wire. */
export class RoomClosed extends Error {
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RoomClosed';
    this.code = code;
  }
}
