import { readConfig } from '../../backend/config.ts';
import { createCallCount } from '../../backend/http/rate-limit.ts';
import { readingReportRoutes } from '../../backend/library/reading-reports/reading-report-routes.ts';
import type { ReadingReports } from '../../backend/library/reading-reports/reading-report-service.ts';

const address = '192.0.2.1';

describe('reports of readers', () => {
  const route = readingReportRoutes({} as ReadingReports).find(({ method }) => method === 'post');

  it('are twenty an hour for each account', async () => {
    const count = createCallCount(readConfig({}).rateLimits, undefined);
    const report = (account: string) => count(route?.rateClass ?? 'others', { address, account });
    for (let n = 0; n < 20; n += 1) await report('one');
    await expect(report('one')).rejects.toMatchObject({ status: 429, slug: 'rate_limited' });
    await report('another');
  });
});
