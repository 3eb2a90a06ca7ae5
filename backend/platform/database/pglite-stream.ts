import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';

const TERMINATE = 0x58;

/**
 * Stands where the `pg` driver expects a socket and hands each protocol message to PGlite in the
 * same process: one code path with a real server, and no port that another local user could open.
 * Message framing: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class PgliteStream extends Duplex {
  readonly #database: PGlite;
  #pending: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  /** The first message, the startup packet, has no type byte. */
  #started = false;

  constructor(database: PGlite) {
    super();
    this.#database = database;
  }

  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#pending = this.#pending.length ? Buffer.concat([this.#pending, chunk]) : chunk;
    this.#execute().then(() => done(), done);
  }

  async #execute(): Promise<void> {
    for (let message = this.#nextMessage(); message; message = this.#nextMessage()) {
      if (message[0] === TERMINATE) {
        this.push(null);
        return;
      }
      this.push(Buffer.from(await this.#database.execProtocolRaw(message)));
    }
  }

  #nextMessage(): Uint8Array | undefined {
    const typeBytes = this.#started ? 1 : 0;
    if (this.#pending.length < typeBytes + 4) return undefined;
    const length = typeBytes + this.#pending.readUInt32BE(typeBytes);
    if (this.#pending.length < length) return undefined;
    const message = new Uint8Array(this.#pending.subarray(0, length));
    this.#pending = this.#pending.subarray(length);
    this.#started = true;
    return message;
  }
}
