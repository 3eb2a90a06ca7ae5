import { WITH_ADMIN } from './administrator.ts';
import { type Mode, openSpace, type ServiceSpace } from './service-space.ts';
import { errorsIn, type RunningService } from './start-service.ts';

/** A service of as many processes as the mode allows, and an administrator. */
export interface SeveralServices {
  space: ServiceSpace;
  processes: RunningService[];
  first: RunningService;
  /** Goes round the processes. */
  url(): string;
  /** Ends everything; expects sound books and that nothing failed that was not meant to. */
  dispose(): Promise<void>;
}

export async function startSeveral(
  mode: Mode,
  more: Record<string, string> = {},
): Promise<SeveralServices> {
  const space = await openSpace(mode);
  const environment = { ...WITH_ADMIN, ...more };
  const first = await space.start(environment);
  const processes = [first];
  if (mode === 'services') processes.push(await space.start(environment));
  let calls = 0;
  return {
    ...{ space, processes, first },
    url: () => processes[calls++ % processes.length]?.url ?? '',
    async dispose() {
      const { totals, differing } = await first.services.stores.ledger.trialBalance();
      await space.dispose();
      expect(differing).toEqual([]);
      expect(Object.values(totals).reduce((sum, total) => sum + total, 0)).toBe(0);
      for (const each of processes) expect(errorsIn(each)).toEqual([]);
    },
  };
}
