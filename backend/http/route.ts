import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Access, Identity } from './permissions.ts';
import type { RateClass } from './rate-limit.ts';

/** Returned by a handler that has written its reply itself (a stream). */
export const HANDLED = Symbol('handled');

export interface BinaryBody {
  contentTypes: readonly string[];
  /** In bytes. */
  limit: number;
  /** Said to whoever sends something else, zh-CN. */
  refusal: string;
}

type Parsed<Schema extends z.ZodType | undefined> = Schema extends z.ZodType
  ? z.output<Schema>
  : undefined;

export interface RouteContext<
  Params extends z.ZodType | undefined,
  Query extends z.ZodType | undefined,
  Body extends z.ZodType | undefined,
  Who,
> {
  params: Parsed<Params>;
  query: Parsed<Query>;
  body: Parsed<Body>;
  identity: Who;
  idempotencyKey: string | undefined;
  request: Request;
  response: Response;
}

type IdentityFor<Level extends Access> = Level extends 'open' | 'optional'
  ? Identity | undefined
  : Identity;

export interface RouteDefinition<
  Params extends z.ZodType | undefined,
  Query extends z.ZodType | undefined,
  Body extends z.ZodType | undefined,
  Data extends z.ZodType,
  Level extends Access,
> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In OpenAPI's spelling: `/api/sessions/{id}`. */
  path: string;
  summary: string;
  tag: string;
  access: Level;
  /** `others` when left out. */
  rateClass?: RateClass;
  /**
   * Keeps the reply for 24 hours under the caller's Idempotency-Key; `'by-handler'`: the handler takes
   * care of the key itself, within its transaction.
   */
  idempotent?: boolean | 'by-handler';
  params?: Params;
  query?: Query;
  body?: Body;
  /** The body is not JSON but bytes of one of these kinds; `body` then gets a `Buffer` to judge. */
  binaryBody?: BinaryBody;
  /** A form with a file, which the handler reads as it arrives; only for the OpenAPI document. */
  multipartBody?: z.ZodType;
  data: Data;
  status?: number;
  /** Says that the reply may also be a stream of events; only for the OpenAPI document. */
  streams?: boolean;
  /** The handler replies with bytes of one of these kinds, not with JSON; only for the document. */
  binaryReply?: readonly string[];
  handle(
    context: RouteContext<Params, Query, Body, IdentityFor<Level>>,
  ): Promise<z.input<Data> | typeof HANDLED>;
}

/** A route as the app takes it, its types checked already where it was defined. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  summary: string;
  tag: string;
  access: Access;
  rateClass: RateClass;
  idempotent: boolean | 'by-handler';
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  body: z.ZodType | undefined;
  binaryBody: BinaryBody | undefined;
  multipartBody: z.ZodType | undefined;
  data: z.ZodType;
  status: number;
  streams: boolean;
  binaryReply: readonly string[] | undefined;
  handle(
    context: RouteContext<undefined, undefined, undefined, Identity | undefined>,
  ): Promise<unknown>;
}

export function defineRoute<
  Data extends z.ZodType,
  const Level extends Access,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(definition: RouteDefinition<Params, Query, Body, Data, Level>): Route {
  return {
    ...definition,
    rateClass: definition.rateClass ?? 'others',
    idempotent: definition.idempotent ?? false,
    params: definition.params,
    query: definition.query,
    body: definition.body,
    binaryBody: definition.binaryBody,
    multipartBody: definition.multipartBody,
    status: definition.status ?? 200,
    streams: definition.streams ?? false,
    binaryReply: definition.binaryReply,
    // The app parses params, query and body with the schemas above before it calls the handler, and
    // refuses a caller without identity where one is needed: the one place where that is asserted.
    handle: definition.handle as unknown as Route['handle'],
  };
}
