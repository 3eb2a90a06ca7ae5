import { z } from 'zod';

export const citationSchema = z.object({
  n: z.int(),
  passageId: z.uuid(),
  work: z.string(),
  chapter: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  text: z.string(),
  score: z.number(),
});

export const quoteSchema = z.object({
  text: z.string(),
  verdict: z.enum(['exact', 'variant', 'unknown']),
  passageId: z.uuid().nullable(),
  work: z.string().nullable(),
  chapter: z.string().nullable(),
  found: z.string().nullable(),
});
