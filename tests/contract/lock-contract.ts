import type { Lock } from '../../backend/platform/lock/lock.ts';
import { aWhile, gate } from '../support/eventually.ts';

export interface OpenedLock {
  lock: Lock;
  /** The lock of another process, or the same one where there is only one process. */
  other: Lock;
  dispose(): Promise<void>;
}

export function describeLockContract(name: string, open: () => Promise<OpenedLock>): void {
  describe(`${name} as a lock`, () => {
    let opened: OpenedLock;
    let lock: Lock;
    let other: Lock;
    beforeEach(async () => {
      opened = await open();
      ({ lock, other } = opened);
    });
    afterEach(() => opened.dispose());

    it('gives back the result of the work', async () => {
      expect(await lock.tryWithLock('a', 1_000, async () => 42)).toEqual({ result: 42 });
      expect(await lock.tryWithLock('a', 1_000, async () => undefined)).toEqual({
        result: undefined,
      });
    });

    it('turns everybody else away at once while the work runs', async () => {
      const { opened: finish, open: letFinish } = gate();
      const { opened: started, open: hasStarted } = gate();
      const holder = lock.tryWithLock('a', 1_000, async () => {
        hasStarted();
        await finish;
      });
      await started;
      let intruded = false;
      const intrude = async () => {
        intruded = true;
      };
      expect(await other.tryWithLock('a', 1_000, intrude)).toBeUndefined();
      expect(await lock.tryWithLock('a', 1_000, intrude)).toBeUndefined();
      expect(intruded).toBe(false);
      letFinish();
      await holder;
      expect(await other.tryWithLock('a', 1_000, async () => 'free')).toEqual({ result: 'free' });
    });

    it('lets one of many in who come at the same time', async () => {
      const attempts = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? lock : other).tryWithLock('a', 1_000, () => aWhile(50)),
      );
      const results = await Promise.all(attempts);
      expect(results.filter((result) => result !== undefined)).toHaveLength(1);
    });

    it('keeps names apart', async () => {
      const inner = await lock.tryWithLock('a', 1_000, () =>
        other.tryWithLock('b', 1_000, async () => 'both'),
      );
      expect(inner).toEqual({ result: { result: 'both' } });
    });

    it('passes on what the work throws, and is free again', async () => {
      const failing = lock.tryWithLock('a', 1_000, async () => {
        throw new Error('work failed');
      });
      await expect(failing).rejects.toThrow('work failed');
      expect(await other.tryWithLock('a', 1_000, async () => 1)).toEqual({ result: 1 });
    });

    it('is held for as long as the work runs, however short its time to live', async () => {
      const { opened: finish, open: letFinish } = gate();
      let lostSignal: AbortSignal | undefined;
      const holder = lock.tryWithLock('a', 150, async (lost) => {
        lostSignal = lost;
        await finish;
      });
      await aWhile(500);
      expect(await other.tryWithLock('a', 150, async () => 'intruder')).toBeUndefined();
      expect(lostSignal?.aborted).toBe(false);
      letFinish();
      await holder;
    });
  });
}
