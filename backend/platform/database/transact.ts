/**
 * Runs `work` in one transaction with stores that are bound to it; commits when it resolves, rolls
 * back when it rejects. A service names only the stores it uses.
 */
export type Transact<Stores> = <Result>(
  work: (stores: Stores) => Promise<Result>,
) => Promise<Result>;
