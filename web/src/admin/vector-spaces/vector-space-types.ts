export interface VectorSpace {
  id: string;
  model: string;
  dimension: number;
  state: 'active' | 'building' | 'refused' | 'retired';
  /** Of the check before it took over, 0 to 1, and what the active one reached then. */
  recall: number | null;
  activeRecall: number | null;
  embeddedWorks: number;
  works: number;
}

export interface VectorSpaces {
  items: VectorSpace[];
}
