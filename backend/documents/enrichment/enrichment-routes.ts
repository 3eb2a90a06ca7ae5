import { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import { administratorOf, type DocumentView } from '../document-routes.ts';
import { documentParams } from '../document-schemas.ts';
import type { DocumentService } from '../document-service.ts';
import type { EnrichmentService } from './enrichment-service.ts';

const whole = z.int().min(0);

const estimateSchema = z
  .object({
    passages: whole,
    missing: whole.describe('passages of which no model has said anything yet'),
    promptTokens: whole,
    completionTokens: whole,
    costFen: z
      .object({ peak: whole, offPeak: whole })
      .nullable()
      .describe('what the provider will ask for, about'),
    available: z.boolean().describe('whether a model is configured'),
  })
  .meta({ id: 'EnrichmentEstimate' });

const enrichmentBody = z.object({
  offPeak: z.boolean().default(true).describe('wait for the hours in which the model costs less'),
});

export function enrichmentRoutes(
  enrichment: EnrichmentService,
  documents: Pick<DocumentService, 'byId'>,
  view: DocumentView,
): Route[] {
  const shared = {
    path: '/api/admin/documents/{id}/enrichment',
    tag: 'administration',
    access: 'admin',
    params: documentParams,
  } as const;
  return [
    defineRoute({
      ...shared,
      method: 'get',
      summary: 'What a model could add to each passage, and what that would cost',
      data: estimateSchema,
      handle: ({ params }) => enrichment.estimate(params.id),
    }),
    defineRoute({
      ...shared,
      method: 'post',
      summary: 'Have a model write translations and likely questions',
      idempotent: true,
      status: 202,
      body: enrichmentBody,
      data: view.schema,
      handle: async (context) => {
        const { params, body } = context;
        const jobId = await enrichment.begin(administratorOf(context), params.id, body.offPeak);
        return view.of({ ...(await documents.byId(params.id)), jobId });
      },
    }),
  ];
}
