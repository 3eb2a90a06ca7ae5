import { z } from 'zod';
import { AppError, type ErrorDetail } from '../errors.ts';
import { isLostConnection } from '../platform/database/lost-connection.ts';
import { isLostRedis } from '../platform/lost-redis.ts';

/** The body of every failed reply. */
export const failureSchema = z.object({
  code: z.int().describe('the HTTP status'),
  message: z.string().describe('for a person, zh-CN'),
  error: z.string().describe('a stable slug'),
  requestId: z.string(),
  details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

export function toDetails(error: z.ZodError, prefix = ''): ErrorDetail[] {
  return error.issues.map((issue) => ({
    path: [prefix, ...issue.path].filter((part) => part !== '').join('.'),
    message: issue.message,
  }));
}

export function invalidInput(details: ErrorDetail[]): AppError {
  const first = details[0];
  const summary = first ? `${first.path ? `${first.path}：` : ''}${first.message}` : '';
  return new AppError(400, 'invalid_input', `请求内容有误。${summary}`, { details });
}

const BODY_FAULTS: Record<string, AppError> = {
  'entity.parse.failed': invalidInput([{ path: '', message: '请求体不是合法的 JSON' }]),
  'entity.too.large': new AppError(413, 'payload_too_large', '请求体太大。'),
  'charset.unsupported': new AppError(415, 'unsupported_media', '请求体必须是 UTF-8 编码的 JSON。'),
  'encoding.unsupported': new AppError(415, 'unsupported_media', '不支持这种压缩方式。'),
  'request.aborted': invalidInput([{ path: '', message: '请求体没有传完' }]),
  'request.size.invalid': invalidInput([{ path: '', message: '请求体长度与声明不符' }]),
};

/** What libraries hang on their errors. */
interface Thrown {
  name?: unknown;
  type?: unknown;
  status?: unknown;
}

/** Turns whatever was thrown into an error a caller may see; `undefined` when it is a fault of ours. */
export function toExpectedError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  const { name, type, status }: Thrown = Object(error);
  const bodyFault = BODY_FAULTS[String(type)];
  if (bodyFault) return bodyFault;
  if (name === 'URIError') return invalidInput([{ path: '', message: '网址编码有误' }]);
  // Express says so of a body that it could not unpack.
  if (status === 400) return invalidInput([{ path: '', message: '请求体无法读取' }]);
  if (isLostConnection(error) || isLostRedis(error)) {
    return new AppError(503, 'unavailable', '服务暂时不可用，请稍后再试。', {
      retryAfterSeconds: 5,
      cause: error,
    });
  }
  return undefined;
}
