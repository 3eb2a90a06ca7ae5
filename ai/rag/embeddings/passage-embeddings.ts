/**
 * Turns text into vectors of one length. Passages and questions have a side each, because many models
 * want to be told which is which; vectors of the two sides are compared by their cosine.
 */
export interface PassageEmbeddings {
  /** With `dimension`, the name of the space: vectors under different names must not be compared. */
  readonly model: string;
  readonly dimension: number;
  /** As many vectors as texts, in their order. */
  embedPassages(texts: string[]): Promise<number[][]>;
  embedQuery(text: string): Promise<number[]>;
}
