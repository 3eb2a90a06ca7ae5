import type { KeyValueStorage } from '../../../web/src/api/key-value-storage.ts';
import { createUnsent } from '../../../web/src/conversation/unsent.ts';

function someStorage(): KeyValueStorage & { size(): number } {
  const entries = new Map<string, string>();
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
    size: () => entries.size,
  };
}

const ASKED = { content: '何为仁？', key: 'k1', createdAt: '2026-01-01T00:00:00Z', failure: null };

describe('what was written and not sent', () => {
  it('is there after a reload and in every tab, each place for itself', () => {
    const storage = someStorage();
    const first = createUnsent(storage, () => 'u1');
    first.keepDraft('s1', '写了一半');
    first.keepQuestion('s2', ASKED);
    const second = createUnsent(storage, () => 'u1');
    expect(second.draft('s1')).toBe('写了一半');
    expect(second.draft('s2')).toBe('');
    expect(second.question('s2')).toEqual(ASKED);
    expect(second.waiting()).toEqual(['s2']);
    second.dropQuestion('s2', 'another key');
    expect(first.waiting()).toEqual(['s2']);
    second.dropQuestion('s2', 'k1');
    second.keepDraft('s1', '');
    expect(first.waiting()).toEqual([]);
    expect(storage.size()).toBe(0);
  });

  it('is nobody else’s, and gone once its owner has left', () => {
    const storage = someStorage();
    let owner: string | null = 'u1';
    const unsent = createUnsent(storage, () => owner);
    unsent.keepDraft('s1', '私事');
    owner = 'u2';
    expect(unsent.draft('s1')).toBe('');
    owner = null;
    unsent.clearOthers();
    owner = 'u1';
    expect(unsent.draft('s1')).toBe('');
    expect(storage.size()).toBe(0);
  });

  it('goes along when a visitor signs in', () => {
    let owner: string | null = null;
    const unsent = createUnsent(someStorage(), () => owner);
    unsent.keepDraft('new', '先问一句');
    owner = 'u1';
    unsent.clearOthers();
    expect(unsent.draft('new')).toBe('先问一句');
  });

  it('lasts as long as the page where nothing may be stored, and survives what is no record', () => {
    const storage = someStorage();
    const full = {
      ...storage,
      setItem: () => {
        throw new Error('full');
      },
    };
    for (const poor of [null, full]) {
      const unsent = createUnsent(poor, () => 'u1');
      unsent.keepDraft('s1', '写了一半');
      expect(unsent.draft('s1')).toBe('写了一半');
    }
    storage.setItem('guoxue.unsent', '[nonsense');
    expect(createUnsent(storage, () => 'u1').waiting()).toEqual([]);
  });
});
