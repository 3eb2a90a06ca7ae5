export interface FieldFault {
  path: string;
  message: string;
}

/** Slugs the page itself gives to failures that never were a reply of the server. */
export type LocalSlug = 'unreachable' | 'unreadable_reply' | 'connection_lost' | 'account_changed';

interface ApiErrorFields {
  status: number;
  slug: string;
  message: string;
  requestId?: string | null;
  details?: FieldFault[];
  retryAfterSeconds?: number | null;
}

/** Any failure of a call, whether the server said no or could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly slug: string;
  readonly requestId: string | null;
  readonly details: FieldFault[];
  readonly retryAfterSeconds: number | null;

  constructor(fields: ApiErrorFields) {
    super(fields.message);
    this.name = 'ApiError';
    this.status = fields.status;
    this.slug = fields.slug;
    this.requestId = fields.requestId ?? null;
    this.details = fields.details ?? [];
    this.retryAfterSeconds = fields.retryAfterSeconds ?? null;
  }

  static local(slug: LocalSlug): ApiError {
    return new ApiError({ status: 0, slug, message: '' });
  }
}

interface ErrorBody {
  message?: unknown;
  error?: unknown;
  requestId?: unknown;
  details?: unknown;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads the error envelope; a proxy's HTML page becomes an error without a known slug. */
export async function readApiError(response: Response): Promise<ApiError> {
  let body: ErrorBody = {};
  try {
    body = ((await response.json()) ?? {}) as ErrorBody;
  } catch {
    // Not our envelope: the status and the header have to do.
  }
  const retryAfter = Number(response.headers.get('Retry-After'));
  return new ApiError({
    status: response.status,
    slug: text(body.error) || 'unexpected',
    message: text(body.message),
    requestId: text(body.requestId) || response.headers.get('X-Request-Id'),
    details: Array.isArray(body.details) ? (body.details as FieldFault[]) : [],
    retryAfterSeconds: retryAfter > 0 ? retryAfter : null,
  });
}
