import fc from 'fast-check';
import { z } from 'zod';
import { nastyText, nastyValue } from './nasty-values.ts';

/** As much of JSON Schema as the OpenAPI document uses for what is sent. */
export interface Schema {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

export const schemaOf: z.ZodType<Schema> = z.record(z.string(), z.unknown());

/**
 * Values that nearly fit a schema: each place holds what belongs there, or now and then something
 * nasty, or nothing. `ids` are those of things that exist.
 */
export function nearlyFitting(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const fitting = valuesOf(schema, ids);
  return fc.oneof({ weight: 6, arbitrary: fitting }, { weight: 1, arbitrary: nastyValue });
}

function valuesOf(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => nearlyFitting(choice, ids)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') return objects(schema, ids);
  if (type === 'array') {
    const items = nearlyFitting(schema.items ?? {}, ids);
    return fc.array(items, { maxLength: Math.min(schema.maxItems ?? 5, 5) });
  }
  if (type === 'string') return texts(schema, ids);
  if (type === 'integer' || type === 'number') return numbers(schema);
  if (type === 'boolean') return fc.boolean();
  return type === 'null' ? fc.constant(null) : nastyValue;
}

function objects(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([name, each]) => [name, nearlyFitting(each, ids)] as const,
  );
  const requiredKeys = schema.required ?? [];
  const whole = fc.record(Object.fromEntries(properties), { requiredKeys });
  const holed = fc.record(Object.fromEntries(properties), { requiredKeys: [] });
  const crowded = fc
    .tuple(whole, fc.dictionary(nastyText, nastyValue, { maxKeys: 4 }))
    .map(([fields, more]) => ({ ...more, ...fields }));
  return fc.oneof({ weight: 5, arbitrary: whole }, holed, crowded);
}

function texts(schema: Schema, ids: readonly string[]): fc.Arbitrary<string> {
  if (schema.format === 'uuid') return fc.oneof(fc.constantFrom(...ids), fc.uuid());
  if (schema.format === 'email') return fc.emailAddress();
  if (schema.format === 'date-time') {
    return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  }
  const { minLength = 0, maxLength = 200 } = schema;
  const length = Math.min(maxLength, 4_000);
  const edges = fc.constantFrom(minLength, length).map((size) => '学'.repeat(size));
  return fc.oneof(fc.string({ minLength, maxLength: Math.min(length, 60) }), edges);
}

function numbers({ minimum = -1_000, maximum = 1_000_000 }: Schema): fc.Arbitrary<number> {
  const [min, max] = [Math.max(minimum, -(2 ** 31)), Math.min(maximum, 2 ** 31 - 1)];
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(minimum, maximum));
}
