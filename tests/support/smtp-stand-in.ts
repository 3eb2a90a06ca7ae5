import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

/** A mail as its recipient's mail program reads it. */
export interface ReceivedMail {
  from: string;
  recipients: string[];
  /** As it came over the wire. */
  source: string;
  parsed: Email;
}

export interface SmtpStandIn {
  url: string;
  mails: ReceivedMail[];
  /** How often a message was begun (MAIL FROM). */
  attempts: number;
  /** Refuses these recipients with this reply until it is called again; `undefined`: nobody. */
  refuse(recipient: RegExp | undefined, code?: number): void;
  /** Refuses whole messages after their last dot. */
  refuseMessages(code: number | undefined): void;
  /** Cuts the connection of the next so many mails before they are accepted. */
  dropNext(times: number): void;
  close(): Promise<void>;
}

type Callback = (error?: Error | null) => void;

const failure = (code: number, words: string) =>
  Object.assign(new Error(words), { responseCode: code });

/** A real mail server in this process; with `login` it wants that user and password first. */
export async function openSmtpStandIn(
  options: { login?: { user: string; pass: string } } = {},
): Promise<SmtpStandIn> {
  const { login } = options;
  const mails: ReceivedMail[] = [];
  let refused: { recipient: RegExp; code: number } | undefined;
  let messageCode: number | undefined;
  let drops = 0;
  let attempts = 0;

  async function receive(stream: SMTPServerDataStream, from: string, recipients: string[]) {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const source = Buffer.concat(chunks).toString('utf8');
    mails.push({ from, recipients, source, parsed: await PostalMime.parse(source) });
  }

  const server = new SMTPServer({
    disabledCommands: login ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    allowInsecureAuth: true,
    authOptional: login === undefined,
    logger: false,
    onAuth({ username, password }, _session, done) {
      const right = username === login?.user && password === login?.pass;
      done(
        right ? null : failure(535, 'authentication failed'),
        right ? { user: username } : undefined,
      );
    },
    onMailFrom(_address, _session, done: Callback) {
      attempts += 1;
      done();
    },
    onRcptTo({ address }, _session, done: Callback) {
      const no = refused?.recipient.test(address) ? refused : undefined;
      done(no ? failure(no.code, `${address} is not wanted here`) : null);
    },
    onData(stream, { envelope, id }, done: Callback) {
      if (drops > 0) {
        drops -= 1;
        for (const connection of server.connections) {
          if (connection.id === id) connection._socket.destroy();
        }
        return;
      }
      const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
      const recipients = envelope.rcptTo.map(({ address }) => address);
      if (messageCode !== undefined) {
        stream.resume();
        stream.on('end', () => done(failure(messageCode ?? 554, 'no thank you')));
        return;
      }
      receive(stream, from, recipients).then(() => done(), done);
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const credentials = login
    ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@`
    : '';
  return {
    url: `smtp://${credentials}127.0.0.1:${port}`,
    mails,
    get attempts() {
      return attempts;
    },
    refuse(recipient, code = 550) {
      refused = recipient && { recipient, code };
    },
    refuseMessages(code) {
      messageCode = code;
    },
    dropNext(times) {
      drops = times;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
