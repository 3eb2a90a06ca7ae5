/** What ioredis says, without a code, of a server that is away; its socket errors carry codes. */
const SAID =
  /^(Command timed out|Connection is closed|Stream isn't writeable|Cluster isn't ready|Failed to refresh slots cache|None of startup nodes is available|All sentinels are unreachable)/;
const CODES = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/** Redis could not be reached, or the connection broke; whether the command was done is unknown. */
export function isLostRedis(error: unknown): boolean {
  const { name, code, message }: { name?: unknown; code?: unknown; message?: unknown } =
    Object(error);
  return (
    name === 'MaxRetriesPerRequestError' || CODES.test(String(code)) || SAID.test(String(message))
  );
}
