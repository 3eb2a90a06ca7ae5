import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import type { ErrorDetail } from '../errors.ts';
import { AppError } from '../errors.ts';
import { authentication, type Passport } from './authentication.ts';
import { invalidInput, toDetails } from './failure.ts';
import { inChinese } from './fault-wording.ts';
import { toExpress } from './http-metrics.ts';
import { type Idempotency, readIdempotencyKey } from './idempotency.ts';
import type { Identity } from './permissions.ts';
import type { RateLimit } from './rate-limit.ts';
import { type BinaryBody, HANDLED, type Route } from './route.ts';

const BODY_LIMIT = '100kb';

export interface RouteParts {
  passport: Passport;
  rateLimit: RateLimit;
  idempotency: Idempotency;
  /** Told of everybody who may have changed something, before they hear of it. */
  wrote: (userId: string) => Promise<void>;
}

/** Who is it → not too often → is the input sound → do it → is the reply as documented → send it. */
export function mountRoute(app: Express, route: Route, parts: RouteParts): void {
  const count = parts.rateLimit(route.rateClass);
  const steps: RequestHandler[] = [authentication(parts.passport, route.access, count), count];
  if (route.binaryBody) steps.push(...readBytes(route.binaryBody));
  else if (route.body) steps.push(requireJson, express.json({ limit: BODY_LIMIT, strict: true }));
  steps.push((request, response) => handle(route, parts, request, response));
  app[route.method](toExpress(route.path), ...steps);
}

const requireJson = requireType(
  ['application/json'],
  '请求体必须是 JSON（Content-Type: application/json）。',
);

function requireType(contentTypes: readonly string[], refusal: string): RequestHandler {
  return (request, _response, next) => {
    const hasBody =
      request.headers['transfer-encoding'] !== undefined || contentLength(request) > 0;
    if (hasBody && !request.is([...contentTypes])) {
      throw new AppError(415, 'unsupported_media', refusal);
    }
    next();
  };
}

/** Nothing is unpacked: a body could otherwise be far larger than its limit. */
function readBytes({ contentTypes, limit, refusal }: BinaryBody): RequestHandler[] {
  const type = [...contentTypes];
  return [requireType(contentTypes, refusal), express.raw({ type, limit, inflate: false })];
}

function contentLength(request: Request): number {
  return Number(request.headers['content-length'] ?? 0);
}

async function handle(
  route: Route,
  { idempotency, wrote }: Pick<RouteParts, 'idempotency' | 'wrote'>,
  request: Request,
  response: Response,
): Promise<void> {
  const input = parseInput(route, request);
  const identity: Identity | undefined = response.locals.identity;
  const idempotencyKey = readIdempotencyKey(request.get('idempotency-key'));
  const context = { ...input, identity, idempotencyKey, request, response };
  const work = async () => {
    try {
      return await route.handle(context as unknown as Parameters<Route['handle']>[0]);
    } finally {
      // Also after a failure, which may have come after a commit.
      if (route.method !== 'get' && identity) await wrote(identity.userId);
    }
  };
  const key = route.idempotent === true && identity ? idempotencyKey : undefined;
  const scope = { userId: identity?.userId ?? '', route: `${route.method} ${route.path}` };
  const result =
    key === undefined
      ? await work()
      : await idempotency.once(
          { ...scope, key, body: { params: input.params, body: input.body } },
          work,
        );
  if (result === HANDLED) return;
  response
    .status(route.status)
    .json({ code: 0, message: 'success', data: route.data.parse(result) });
}

/** All faults of path, query and body at once. */
function parseInput(route: Route, request: Request) {
  const faults: ErrorDetail[] = [];
  const parse = (schema: z.ZodType | undefined, value: unknown) => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(value, inChinese);
    if (!parsed.success) faults.push(...toDetails(parsed.error));
    return parsed.data;
  };
  const input = {
    params: parse(route.params, request.params),
    query: parse(route.query, request.query),
    body: parse(route.body, request.body ?? {}),
  };
  if (faults.length > 0) throw invalidInput(faults);
  return input;
}
