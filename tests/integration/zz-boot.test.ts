import { jest } from '@jest/globals';
import { describeInBothModes, openSpace } from '../support/service-space.ts';
jest.setTimeout(60_000);
describeInBothModes('boot', (mode) => {
  test('starts', async () => {
    const t = performance.now();
    const space = await openSpace(mode);
    const t1 = performance.now();
    const s = await space.start();
    const t2 = performance.now();
    const r = await fetch(`${s.url}/ready`);
    console.log(mode, t1 - t, t2 - t1, r.status, await r.text(), s.log.filter((l) => l.level > 30));
    const t3 = performance.now();
    await space.dispose();
    console.log('stop', performance.now() - t3);
  });
});
