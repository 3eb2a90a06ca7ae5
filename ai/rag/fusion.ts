export interface ScoredId {
  id: string;
  score: number;
}

/**
 * Weighted sum of min–max normalised scores (S. Bruch et al. 2023, «An Analysis of Fusion Functions
 * for Hybrid Retrieval»: better than reciprocal ranks when scores carry information). A passage
 * that only one list holds counts as that list's lowest in the other. Best first, scores 0 to 1.
 */
export function fuse(lists: readonly { hits: readonly ScoredId[]; weight: number }[]): ScoredId[] {
  const fused = new Map<string, number>();
  const used = lists.filter((list) => list.hits.length > 0);
  const totalWeight = used.reduce((sum, list) => sum + list.weight, 0);
  for (const { hits, weight } of used) {
    const scores = hits.map((hit) => hit.score);
    const high = Math.max(...scores);
    const low = Math.min(...scores, high - 1e-9);
    for (const { id, score } of hits) {
      const share = ((score - low) / (high - low)) * (weight / totalWeight);
      fused.set(id, (fused.get(id) ?? 0) + share);
    }
  }
  return [...fused]
    .map(([id, score]) => ({ id, score }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
