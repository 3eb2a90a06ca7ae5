/** The part of an OpenAPI 3.1 document that the page shows. */
export interface OpenApiDocument {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown> };
}

interface Operation {
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { content: Record<string, { schema?: unknown }> };
  responses: Record<
    string,
    { description?: string; content?: Record<string, { schema?: unknown }> }
  >;
}

export interface ApiCall {
  method: string;
  path: string;
  summary: string;
  needsLogin: boolean;
  parameters: { name: string; where: string; required: boolean; schema: string }[];
  body: string | null;
  replies: { status: string; mediaType: string; schema: string }[];
}

/** The calls of a document by tag, in the order in which they were written. */
export function callsByTag(document: OpenApiDocument): Map<string, ApiCall[]> {
  const groups = new Map<string, ApiCall[]>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? '';
      groups.set(tag, [...(groups.get(tag) ?? []), toCall(path, method, operation)]);
    }
  }
  return groups;
}

function toCall(path: string, method: string, operation: Operation): ApiCall {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return {
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? '',
    needsLogin: operation.security?.every((way) => Object.keys(way).length > 0) ?? false,
    parameters: (operation.parameters ?? []).map((parameter) => ({
      name: parameter.name,
      where: parameter.in,
      required: parameter.required ?? false,
      schema: print(parameter.schema),
    })),
    body: body === undefined ? null : print(body),
    replies: Object.entries(operation.responses).flatMap(([status, { content }]) =>
      Object.entries(content ?? {}).map(([mediaType, { schema }]) => ({
        status,
        mediaType,
        schema: print(schema),
      })),
    ),
  };
}

function print(schema: unknown): string {
  return JSON.stringify(schema ?? {}, null, 2);
}
