import { AppError } from '../errors.ts';
import { invalidInput, toDetails, toExpectedError } from '../http/failure.ts';
import { inChinese } from '../http/fault-wording.ts';
import type { Logger } from '../logger.ts';
import { type Frame, frameSchema } from './stream-schemas.ts';

/** What a failed frame was about, as far as the client needs it to know which one. */
export interface FrameSubject {
  clientId?: string | undefined;
  messageId?: string | undefined;
}

export function toSocketError(thrown: unknown, logger: Logger): AppError {
  const expected = toExpectedError(thrown);
  if (!expected) logger.error({ err: thrown }, 'socket frame failed');
  return expected ?? new AppError(500, 'internal', '服务出错了，请稍后再试。');
}

/** No event of an answer, so it has no id. */
export function errorFrame(error: AppError, about: FrameSubject = {}): string {
  const { message, slug, retryAfterSeconds: retryAfter, details } = error;
  return JSON.stringify({ type: 'error', error: slug, message, ...about, retryAfter, details });
}

export type ReadFrame = { frame: Frame } | { fault: AppError; about: FrameSubject };

export function createFrameReader(
  models: readonly string[],
): (text: string | undefined) => ReadFrame {
  const schema = frameSchema(models);
  return (text) => {
    const json = parseJson(text);
    if (json === undefined) {
      return { fault: invalidInput([{ path: '', message: '不是合法的 JSON' }]), about: {} };
    }
    const parsed = schema.safeParse(json, inChinese);
    if (parsed.success) return { frame: parsed.data };
    return { fault: invalidInput(toDetails(parsed.error)), about: subjectOf(json) };
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** Of a frame that is not sound: only what is short enough to be an id. */
function subjectOf(json: unknown): FrameSubject {
  const { clientId, messageId }: { clientId?: unknown; messageId?: unknown } = Object(json);
  const short = (value: unknown) =>
    typeof value === 'string' && value.length <= 128 ? value : undefined;
  return { clientId: short(clientId), messageId: short(messageId) };
}
