import type { VectorSpace } from '../../platform/platform.ts';

/**
 * - `active`: questions are compared in it;
 * - `building`: it is being filled beside the active one and takes over when it is whole and finds
 *   as well;
 * - `refused`: it found worse, or an admin went back from it; only an admin can take it up again;
 * - `retired`: another one took over; its vectors are kept until an admin deletes them.
 */
export type VectorSpaceState = 'active' | 'building' | 'refused' | 'retired';

export interface VectorSpaceRecord {
  id: string;
  name: string;
  place: string;
  provider: 'local' | 'openai';
  model: string;
  dimension: number;
  state: VectorSpaceState;
  /** Recall@10 of the check before it took over, 0 to 1, and what the active one reached then. */
  recall: number | null;
  activeRecall: number | null;
  createdAt: Date;
  activatedAt: Date | null;
}

export type NewVectorSpace = Pick<
  VectorSpaceRecord,
  'name' | 'place' | 'provider' | 'model' | 'dimension' | 'state'
>;

export function recordOf(space: VectorSpace, state: VectorSpaceState): NewVectorSpace {
  const { name, place, provider, embeddings } = space;
  const { model, dimension } = embeddings;
  return { name, place, provider, model, dimension, state };
}
