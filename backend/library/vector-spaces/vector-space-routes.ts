import { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import { idSchema } from '../../http/text-schema.ts';
import type { VectorSpaceRecord } from './vector-space.ts';

const tag = 'administration';
const params = z.object({ id: idSchema });

const activation = z
  .object({ force: z.boolean().default(false).describe('although it may find worse') })
  .prefault({});

const vectorSpaceSchema = z.object({
  id: z.uuid(),
  model: z.string(),
  dimension: z.int(),
  state: z.enum(['active', 'building', 'refused', 'retired']),
  recall: z.number().nullable(),
  activeRecall: z.number().nullable(),
  embeddedWorks: z.int(),
  works: z.int(),
  createdAt: z.string(),
  activatedAt: z.string().nullable(),
});
const listSchema = z.object({ items: z.array(vectorSpaceSchema) });

type Listed = VectorSpaceRecord & { embeddedWorks: number };

export interface VectorSpaceAdministration {
  list(): Promise<{ spaces: Listed[]; works: number }>;
  activate(id: string, force: boolean): Promise<void>;
  delete(id: string): Promise<void>;
}

export function vectorSpaceRoutes(administration: VectorSpaceAdministration): Route[] {
  const shared = { tag, access: 'admin', data: listSchema } as const;
  const path = '/api/admin/library/vector-spaces';
  const presentAll = async () => {
    const { spaces, works } = await administration.list();
    return { items: spaces.map((space) => present(space, works)) };
  };
  return [
    defineRoute({
      ...shared,
      method: 'get',
      path,
      summary: 'The embeddings that the library was, is and will be compared in',
      handle: presentAll,
    }),
    defineRoute({
      ...shared,
      method: 'post',
      path: `${path}/{id}/activate`,
      summary: 'Compare in this one from now on, or as soon as it is whole, if it finds as well',
      params,
      body: activation,
      handle: async ({ params: { id }, body: { force } }) => {
        await administration.activate(id, force);
        return presentAll();
      },
    }),
    defineRoute({
      ...shared,
      method: 'delete',
      path: `${path}/{id}`,
      summary: 'Delete the vectors of one that is not in use',
      params,
      handle: async ({ params: { id } }) => {
        await administration.delete(id);
        return presentAll();
      },
    }),
  ];
}

function present(space: Listed, works: number): z.input<typeof vectorSpaceSchema> {
  const { id, model, dimension, state, recall, activeRecall, embeddedWorks } = space;
  return {
    ...{ id, model, dimension, state, recall, activeRecall, embeddedWorks, works },
    createdAt: space.createdAt.toISOString(),
    activatedAt: space.activatedAt?.toISOString() ?? null,
  };
}
