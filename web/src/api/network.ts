/** What is known of the network beneath the page. */
export interface Network {
  online(): boolean;
  /** Tells whenever a line that looks open may be dead, or a dead one worth another try. */
  watch(onChange: () => void): () => void;
}
