import { createTransact, type Stores } from '../../backend/compose-stores.ts';
import type { Transact } from '../../backend/platform/database/transact.ts';
import type { RunningService } from './start-service.ts';

/** Transactions on the database of a service, as its own services have them. */
export function transactIn(service: RunningService): Transact<Stores> {
  return createTransact(service.platform.database.knex);
}
