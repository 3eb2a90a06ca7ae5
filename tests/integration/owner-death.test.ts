import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, textOf } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { asGuest, asLearner, type Learner } from '../support/service-client.ts';
import { describeInBothModes, type Mode } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { type ServiceProcess, startServiceProcess } from '../support/start-service-process.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(180_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。'.repeat(
  20,
);
const WITHIN_MS = 60_000;

/** The process that answers, its grave, and who comes after it. */
interface Life {
  victim: ServiceProcess;
  survivor: () => Promise<RunningService>;
}

async function begin(tutor: TutorWithModel, mode: Mode): Promise<Life> {
  const { space, environment, service } = tutor;
  if (mode === 'services') {
    return {
      victim: await startServiceProcess(space, environment),
      survivor: async () => service,
    };
  }
  // Alone on its data: whoever comes after it is itself, come back.
  await service.stop();
  return {
    victim: await startServiceProcess(space, environment),
    survivor: () => space.start(environment),
  };
}

describeInBothModes('an answer whose process is killed', (mode) => {
  let tutor: TutorWithModel;
  let life: Life;
  let survivor: RunningService;
  let heard: string;
  let sessionId: string;
  let messageId: string;
  let learner: Learner;
  let listening: Awaited<ReturnType<Learner['listen']>> | undefined;
  let tookMs: number;
  let before: number;

  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
    life = await begin(tutor, mode);
    const asking = await asGuest(life.victim.url);
    before = (await asking.balance()).balance;
    sessionId = (await asking.openSession()).id;
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 20 });
    const stream = await asking.ask(sessionId, QUESTION);
    await stream.until('there is text enough to be saved', (all) => textOf(all).length > 200);
    messageId = dataOf(stream.heard, 'meta').messageId;
    if (mode === 'services') {
      listening = await asLearner(tutor.service.url, asking.login).listen(messageId, 0);
    }
    const died = Date.now();
    await life.victim.kill();
    stream.ended.catch(() => undefined);
    heard = textOf(stream.heard);
    survivor = await life.survivor();
    learner = asLearner(survivor.url, asking.login);
    const last = async () => (await learner.messages(sessionId)).at(-1);
    const over = async () => (await last())?.status !== 'streaming';
    await eventually('the answer is over', over, WITHIN_MS);
    tookMs = Date.now() - died;
  });
  afterAll(async () => {
    await tutor.dispose();
    expect(errorsIn(survivor)).toEqual([]);
  });

  const last = async () => (await learner.messages(sessionId)).at(-1);

  test('is failed within a minute, and what was written stays with its citations', async () => {
    expect(tookMs).toBeLessThan(WITHIN_MS);
    const answer = await last();
    expect(answer).toMatchObject({ id: messageId, status: 'failed' });
    expect(TEXT.startsWith(answer?.content ?? '?')).toBe(true);
    expect(answer?.content.length).toBeGreaterThan(50);
    expect(answer?.citations[0]).toMatchObject({ n: 1, work: '论语' });
    expect(answer?.quotes[0]).toMatchObject({ verdict: 'exact' });
    // The log of the other processes has every word that was heard.
    if (mode === 'services') expect(answer?.content.startsWith(heard)).toBe(true);
  });

  test('costs what was produced and nothing for its prompt, once', async () => {
    const usage = contract.receipt.parse((await last())?.usage);
    const counted = tutor.service.platform.countTokens((await last())?.content ?? '');
    expect(usage).toMatchObject({ promptTokens: 0, completionTokens: counted });
    expect(usage.cost).toBe(Math.ceil((counted * usage.rates.completion) / 1000));
    expect(await survivor.services.answers.sweep()).toBe(0);
    const { balance, held } = await learner.balance();
    expect({ balance, held }).toEqual({ balance: before - usage.cost, held: 0 });
    const page = contract.pageOf(contract.transaction);
    const { items } = (await learner.get('/api/billing/transactions')).data(page);
    const consumed = items.filter(({ type }) => type === 'consume');
    expect(consumed).toEqual([expect.objectContaining({ amount: -usage.cost, messageId })]);
    const { differing } = await survivor.services.stores.ledger.trialBalance();
    expect(differing).toEqual([]);
  });

  test('its listeners hear what was charged, and it can be answered again', async () => {
    const ending = listening
      ? await listening.ended
      : await (await learner.listen(messageId, 0)).ended;
    const { error, message } = dataOf(ending, 'error');
    expect(error).toBe('model_failed');
    expect(message).toContain(`${(await last())?.usage?.cost} 个词元`);
    expect(message).not.toContain('没有扣费');
    expect(textOf(ending)).toBe((await last())?.content);
    const path = `/api/sessions/${sessionId}/messages/${messageId}/regenerate`;
    tutor.model.enqueue({ text: '再讲一次。' });
    const again = (await learner.post(path)).data(contract.answer);
    expect(again.message).toMatchObject({ status: 'complete', content: '再讲一次。' });
  });
});
