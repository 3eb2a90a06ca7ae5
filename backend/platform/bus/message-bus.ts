/**
 * Tells every process of the service that something happened.
 *
 * At most once, in publishing order per channel, to every subscriber of every process, the
 * publisher's own included. A message sent while a process is cut off is lost to it: state lives
 * elsewhere, a message only says «look again». A handler that throws is logged and harms nobody.
 * `publish` rejects when the server behind it is away.
 */
export interface MessageBus {
  publish(channel: string, message: unknown): Promise<void>;
  /** Resolves once messages published from now on will arrive; call the result to stop. */
  subscribe(channel: string, handler: (message: unknown) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
