import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, type HeardEvent, textOf } from '../support/event-stream.ts';
import { asGuest, asLearner, type Learner } from '../support/service-client.ts';
import { describeInBothModes } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(240_000);

const LEARNERS = 20;
const EACH = 10;
const GRANT = 1_000_000;
const QUESTION = '「学而不思则罔」是什么意思？';
const TEXTS = Array.from(
  { length: LEARNERS * EACH },
  (_, n) => `第${n}个回答：孔子说：「学而不思则罔，思而不学则殆。」[1]学与思两样都要，缺一不可。`,
);

/** As any client does: an error without a number is about the connection, so it comes again. */
async function toItsEnd(
  listener: Learner,
  messageId: string,
  first: HeardEvent[],
): Promise<HeardEvent[]> {
  const numbered = first.filter(({ id }) => id !== null);
  if (numbered.length === first.length) return first;
  const again = await listener.listen(messageId, numbered.at(-1)?.id ?? 0);
  return [...numbered, ...(await toItsEnd(listener, messageId, await again.ended))];
}

describeInBothModes('two hundred answers at once', (mode) => {
  let tutor: TutorWithModel;
  /** As many processes as the mode allows. */
  let processes: RunningService[];
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
    processes = [tutor.service];
    if (mode === 'services') processes.push(await tutor.space.start(tutor.environment));
  });
  afterAll(async () => {
    await tutor.dispose();
    for (const each of processes) expect(errorsIn(each)).toEqual([]);
  });

  const urlOf = (n: number) => processes[n % processes.length]?.url ?? '';

  async function askOne(learner: Learner, n: number): Promise<contract.Message> {
    const asker = asLearner(urlOf(n), learner.login);
    const listener = asLearner(urlOf(n + 1), learner.login);
    const stream = await asker.ask((await asker.openSession()).id, QUESTION);
    await stream.until('it is accepted', (heard) => heard.length > 0, 60_000);
    const { messageId } = dataOf(stream.heard, 'meta');
    const [heard, heardElsewhere] = await Promise.all([
      toItsEnd(asker, messageId, await stream.ended),
      listener.listen(messageId, 0).then(async ({ ended }) => {
        return toItsEnd(listener, messageId, await ended);
      }),
    ]);
    expect(heard.map(({ id }) => id)).toEqual(heard.map((_, index) => index + 1));
    expect(heardElsewhere).toEqual(heard);
    const { message } = dataOf(heard, 'done');
    expect(textOf(heard)).toBe(message.content);
    expect((await asker.messages(message.sessionId)).at(-1)).toEqual(message);
    return message;
  }

  test('come whole to all their listeners, none mixed with another, and the books are exact', async () => {
    const learners = await Promise.all(
      Array.from({ length: LEARNERS }, () => asGuest(tutor.service.url)),
    );
    tutor.model.enqueue(...TEXTS.map((text) => ({ text, deltaDelayMs: 40 })));
    const answers = await Promise.all(
      TEXTS.map(async (_, n) => {
        const learner = learners[n % LEARNERS] as Learner;
        return { learner, message: await askOne(learner, n) };
      }),
    );
    const contents = answers.map(({ message }) => message.content);
    expect(contents.toSorted()).toEqual(TEXTS.toSorted());
    for (const learner of learners) {
      const own = answers.filter((answer) => answer.learner === learner);
      const costs = own.map(({ message }) => message.usage?.cost ?? 0);
      for (const cost of costs) expect(cost).toBeGreaterThan(0);
      const spent = costs.reduce((sum, cost) => sum + cost, 0);
      expect(await learner.balance()).toMatchObject({ balance: GRANT - spent, held: 0 });
      const page = contract.pageOf(contract.transaction);
      const reply = await learner.get('/api/billing/transactions?limit=100');
      const consumed = reply.data(page).items.filter(({ type }) => type === 'consume');
      expect(consumed.map(({ amount }) => -amount).toSorted()).toEqual(costs.toSorted());
    }
    const { differing, totals } = await tutor.service.services.stores.ledger.trialBalance();
    expect(differing).toEqual([]);
    expect(Object.values(totals).reduce((sum, total) => sum + total, 0)).toBe(0);
  });
});
