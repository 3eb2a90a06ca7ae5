import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

const SECRET_FIELDS = [
  'password',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'Authorization',
  'apiKey',
  'secret',
  'jwtSecret',
  'cookie',
  'sessionKey',
  'session_key',
];

/** Down to `err.request.headers.authorization`, which is how HTTP clients keep what they sent. */
const LEVELS = ['', '*.', '*.*.', '*.*.*.'];

/** Redis errors carry the command that failed: the password of an AUTH, the words of a question. */
const COMMAND_ARGUMENTS = ['command.args', '*.command.args'];

/** JSON lines; fields whose name says that they hold a secret are blanked down to three levels. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const fields = LEVELS.flatMap((level) => SECRET_FIELDS.map((field) => level + field));
  const paths = [...fields, ...COMMAND_ARGUMENTS];
  const options = { level, base: null, redact: { paths, censor: '[redacted]' } };
  return destination ? pino(options, destination) : pino(options);
}
