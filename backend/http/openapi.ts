import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { failureSchema } from './failure.ts';
import type { Route } from './route.ts';

export function successSchema(data: z.ZodType) {
  return z.object({ code: z.literal(0), message: z.literal('success'), data });
}

/** The OpenAPI 3.1 document of the routes as they are mounted; nothing in it is written twice. */
export function createOpenApiDocument(routes: readonly Route[], version: string) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: toOperation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Guoxue tutor', version },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
    paths,
  });
}

/** With an empty alternative the token may be left out. */
const SECURITY = {
  optional: [{}, { bearer: [] }],
  user: [{ bearer: [] }],
  account: [{ bearer: [] }],
  admin: [{ bearer: [] }],
};

const json = (schema: z.ZodType) => ({ 'application/json': { schema } });
const STREAMS = {
  'text/event-stream': { schema: z.string() },
  'application/x-ndjson': { schema: z.string() },
};
const bytes = (contentTypes: readonly string[]) =>
  Object.fromEntries(
    contentTypes.map((each) => [each, { schema: { type: 'string', format: 'binary' } as const }]),
  );

function requestBodyOf({ body, binaryBody, multipartBody }: Route) {
  if (multipartBody) {
    return { requestBody: { content: { 'multipart/form-data': { schema: multipartBody } } } };
  }
  if (binaryBody) return { requestBody: { content: bytes(binaryBody.contentTypes) } };
  return body ? { requestBody: { content: json(body) } } : {};
}

function toOperation(route: Route): ZodOpenApiOperationObject {
  const idempotencyKey = z.object({ 'Idempotency-Key': z.string().min(1).max(128).optional() });
  return {
    summary: route.summary,
    tags: [route.tag],
    'x-access': route.access,
    ...(route.access === 'open' ? {} : { security: SECURITY[route.access] }),
    requestParams: {
      ...(route.params instanceof z.ZodObject ? { path: route.params } : {}),
      ...(route.query instanceof z.ZodObject ? { query: route.query } : {}),
      ...(route.idempotent ? { header: idempotencyKey } : {}),
    },
    ...requestBodyOf(route),
    responses: {
      [String(route.status)]: {
        description: 'success',
        content: route.binaryReply
          ? bytes(route.binaryReply)
          : {
              ...json(successSchema(route.data)),
              ...(route.streams ? STREAMS : {}),
            },
      },
      default: { description: 'failure', content: json(failureSchema) },
    },
  };
}
