import { jest } from '@jest/globals';
import { type Transport, transports } from '../support/answer-transports.ts';
import { type CuttingProxy, openCuttingProxy } from '../support/cutting-proxy.ts';
import { dataOf, textOf } from '../support/event-stream.ts';
import { createRandom } from '../support/random.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInBothModes } from '../support/service-space.ts';
import { type SocketFrame, textOfFrames } from '../support/socket-client.ts';
import { thoroughness } from '../support/thoroughness.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(120_000);

const QUESTION = '「学而不思则罔」是什么意思？';
/** Characters of one to four bytes, so that many cuts go through the middle of one. */
const TEXT = '只读书不思考，就会迷惘。“a\né”𠀀😀「学而不思则罔，思而不学则殆。」[1]'.repeat(3);
/** By each transport; three make more than a thousand. */
const CUTS = 345;
const LONGEST_STRETCH = 9_000;

describeInBothModes('a listener whose line breaks at any byte', (mode) => {
  let tutor: TutorWithModel;
  let proxy: CuttingProxy;
  let learner: Learner;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
    proxy = await openCuttingProxy({
      host: '127.0.0.1',
      port: Number(new URL(tutor.service.url).port),
    });
    learner = await asGuest(tutor.service.url);
  });
  afterAll(async () => {
    await proxy.close();
    await tutor.dispose();
  });

  const ask = async (deltaDelayMs: number) => {
    tutor.model.enqueue({ text: TEXT, deltaLength: 1, deltaDelayMs });
    const { id } = await learner.openSession();
    const stream = await learner.ask(id, QUESTION);
    await stream.until('it has begun', (heard) => heard.length > 2);
    return { stream, messageId: dataOf(stream.heard, 'meta').messageId };
  };

  /** Comes back after every cut where it left off, until the answer is over. */
  async function listenThroughCuts(transport: Transport, messageId: string, stretch: () => number) {
    const heard: SocketFrame[] = [];
    let cuts = 0;
    let fruitless = 0;
    const token = learner.login.accessToken;
    while (heard.at(-1)?.type !== 'done') {
      // Some event may be longer than a stretch.
      proxy.cutAfter(stretch() * 2 ** fruitless);
      const after = heard.at(-1)?.id ?? 0;
      const more = await transport.listen({ port: proxy.port, token, messageId, after });
      fruitless = more.length > 0 ? 0 : fruitless + 1;
      heard.push(...more);
      cuts += 1;
    }
    return { heard, cuts };
  }

  const asFrames = (
    messageId: string,
    events: { id: number | null; name: string; data: unknown }[],
  ) => events.map(({ id, name, data }) => ({ type: name, id, messageId, ...Object(data) }));

  test.each(transports.map((transport) => [transport.name, transport] as const))(
    'hears a whole answer by %s, byte for byte, whatever the cuts',
    async (_name, transport) => {
      const { stream, messageId } = await ask(0);
      const whole = asFrames(messageId, await stream.ended);
      const random = createRandom(2_500);
      let cuts = 0;
      let rounds = 0;
      while (cuts < CUTS * thoroughness) {
        const round = await listenThroughCuts(transport, messageId, () =>
          random.below(LONGEST_STRETCH),
        );
        expect(round.heard).toEqual(whole);
        expect(Buffer.from(textOfFrames(round.heard))).toEqual(Buffer.from(TEXT));
        cuts += round.cuts - 1;
        rounds += 1;
      }
      expect(rounds).toBeGreaterThan(3);
    },
  );

  test('hears it just so while it is being written', async () => {
    const { stream, messageId } = await ask(4);
    const random = createRandom(1_279);
    const rounds = await Promise.all(
      transports.map((transport) =>
        listenThroughCuts(transport, messageId, () => 200 + random.below(3_000)),
      ),
    );
    const heard = await stream.ended;
    const whole = asFrames(messageId, heard);
    expect(textOf(heard)).toBe(TEXT);
    for (const round of rounds) expect(round.heard).toEqual(whole);
    expect(rounds.reduce((sum, { cuts }) => sum + cuts, 0)).toBeGreaterThan(10);
  });
});
