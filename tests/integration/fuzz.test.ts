import { jest } from '@jest/globals';
import fc from 'fast-check';
import { WITH_ADMIN } from '../support/administrator.ts';
import { type BadRequest, badRequests, documentOf } from '../support/fuzz/bad-requests.ts';
import { faultIn } from '../support/fuzz/fault-in.ts';
import { type Fuzzed, fuzzedSurroundings } from '../support/fuzz/fuzzed-surroundings.ts';
import { sendBadRequest } from '../support/fuzz/send-bad-request.ts';
import { visit } from '../support/service-client.ts';
import {
  describeInOneMode,
  type Mode,
  openSpace,
  type ServiceSpace,
} from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { thoroughness } from '../support/thoroughness.ts';
import { startVirtualPaymentStandIn } from '../support/virtual-payment-stand-in.ts';
import { startWechatPayStandIn } from '../support/wechat-pay-stand-in.ts';
import { startWechatStandIn } from '../support/wechat-stand-in.ts';

jest.setTimeout(120_000 * Math.max(1, thoroughness));

type Settings = Record<string, string>;

/** To each site; `TEST_THOROUGHNESS=20` sends 10,000. */
const REQUESTS = 500 * thoroughness;
const AT_ONCE = 6;
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** What a site offers decides what it refuses. */
const SITES = [
  ['where people come in by WeChat', (wechat: Settings) => wechat],
  ['that has no app of WeChat', () => ({})],
] as const;

describeInOneMode('whatever is sent to the routes of the OpenAPI document', (mode) => {
  describe.each(SITES)('of a site %s', (_what, offers) => tryOutSite(mode, offers));
});

function tryOutSite(mode: Mode, offers: (wechat: Settings) => Settings): void {
  let space: ServiceSpace;
  let service: RunningService;
  let fuzzed: Fuzzed;
  beforeAll(async () => {
    space = await openSpace(mode);
    const [pay, push, login] = [
      await startWechatPayStandIn(),
      await startVirtualPaymentStandIn(),
      await startWechatStandIn(),
    ];
    for (const standIn of [pay, push, login]) space.beforeDisposal(() => standIn.close());
    const wechat = offers({ ...push.environment, ...login.environment });
    service = await space.start({
      ...wechat,
      ...pay.environment,
      ...WITH_ADMIN,
      GUEST_GRANT_TOKENS: '1000000',
    });
    fuzzed = await fuzzedSurroundings(service);
  });
  afterAll(() => space.dispose());

  /** What was wrong with the reply, with the request so that it can be sent again. */
  async function tryOut(request: BadRequest): Promise<string | undefined> {
    const token = fuzzed.tokenOf(request.caller);
    const fault = await sendBadRequest(service.url, request, token).then(
      async (reply) => {
        if (reply.status === 401) await fuzzed.revive(request.caller);
        return faultIn(request, reply);
      },
      (error: unknown) => `no reply: ${error}`,
    );
    if (fault === undefined) return undefined;
    const { method, target, caller, headers, body } = request;
    const sent = `${method} ${target.slice(0, 300)} as ${caller} ${JSON.stringify(headers)}`;
    return `${fault}\n    ${sent}\n    ${body?.toString().slice(0, 500) ?? ''}`;
  }

  test(`is answered and refused as the contract says: ${REQUESTS} requests, FUZZ_SEED=${seed}`, async () => {
    const served = await (await fetch(`${service.url}/api/openapi.json`)).json();
    const arbitrary = badRequests(documentOf.parse(served), fuzzed);
    const waiting = fc.sample(arbitrary, { seed, numRuns: REQUESTS });
    const faults: string[] = [];
    const sendOn = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const fault = await tryOut(next);
        if (fault !== undefined) faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
    expect(faults).toEqual([]);
  });

  test('and afterwards the program is sound', async () => {
    expect(errorsIn(service)).toEqual([]);
    expect(Object.prototype).not.toHaveProperty('polluted');
    const ready = await visit(service.url).get('/ready');
    expect({ status: ready.status, said: ready.text }).toMatchObject({ status: 200 });
    const { totals, differing } = await service.services.stores.ledger.trialBalance();
    expect(differing).toEqual([]);
    expect(Object.values(totals).reduce((sum, total) => sum + total, 0)).toBe(0);
  });
}
