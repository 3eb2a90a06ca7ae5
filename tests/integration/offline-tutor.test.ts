import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { asGuest } from '../support/service-client.ts';
import { openSpace } from '../support/service-space.ts';
import { errorsIn } from '../support/start-service.ts';

jest.setTimeout(60_000);

test('without a model and with the works it comes with, the tutor quotes 《论语·为政》', async () => {
  const space = await openSpace('embedded', { works: [] });
  try {
    const service = await space.start({ CORPUS: 'default' }, { waitForLibrary: false });
    const { published, library } = service.services;
    await eventually(
      'the first work is there, the others are still being read',
      async () => (await library.verifyQuotes(['学而不思则罔']))[0]?.verdict === 'exact',
      30_000,
    );
    const guest = await asGuest(service.url);
    const { available } = await guest.balance();
    const session = await guest.openSession();
    const { message } = await guest.askWhole(session.id, '「学而不思则罔」是什么意思？');
    expect(message.status).toBe('complete');
    expect(message.content).toContain('学而不思则罔，思而不学则殆');
    expect(message.content).toMatch(/《论语·为政/);
    const [first] = message.citations;
    expect(first).toMatchObject({ n: 1, work: '论语', chapter: expect.stringContaining('为政') });
    expect(message.content).toContain('[1]');
    expect(message.quotes.length).toBeGreaterThan(0);
    for (const { verdict } of message.quotes) expect(verdict).toBe('exact');
    expect(published.library.passageCount).toBeGreaterThan(400);
    expect((await guest.balance()).available).toBe(available);
    await service.stop();
    expect(errorsIn(service)).toEqual([]);
  } finally {
    await space.dispose();
  }
});
