/** A channel between the tabs of one browser; what one posts, the others get, in order. */
export interface TabChannel {
  post(message: unknown): void;
  close(): void;
}

export type OpenTabChannel = (name: string, listener: (message: unknown) => void) => TabChannel;
