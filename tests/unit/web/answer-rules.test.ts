import type { ApiClient } from '../../../web/src/api/api-client.ts';
import { annotateText } from '../../../web/src/conversation/annotate-text.ts';
import {
  applyAnswerEvent,
  EMPTY,
  withFollowed,
} from '../../../web/src/conversation/conversation-state.ts';
import { createTutorKind } from '../../../web/src/conversation/tutor-kind.ts';
import { someMessage } from '../../support/page-messages.ts';

test('a quotation is marked in whichever brackets it stands', () => {
  const annotations = { citations: new Set<number>(), quotes: ['学而时习之'] };
  for (const text of [
    '「学而时习之」',
    '『学而时习之』',
    '“学而时习之”',
    '「他说『学而时习之』」',
  ]) {
    const kinds = annotateText(text, annotations).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'quote')).toHaveLength(1);
  }
});

test('what is not let through goes from the page; what merely broke off stays', () => {
  const half = someMessage('a1', { content: '仁者', status: 'streaming' });
  const written = withFollowed({ ...EMPTY, messages: [half] }, 'a1');
  const after = (slug: string) =>
    applyAnswerEvent(written, { id: 1, name: 'error', slug, message: '没有扣费' }).messages[0];
  expect(after('content_rejected')).toMatchObject({ status: 'failed', content: '' });
  expect(after('model_failed')).toMatchObject({ status: 'failed', content: '仁者' });
});

test('which tutor answers is asked once, and again only where nobody replied', async () => {
  const replies = [null, { model: 'offline' }, { model: 'online' }];
  const client = {
    call: async () => {
      const reply = replies.shift();
      if (!reply) throw new Error('nobody');
      return reply;
    },
  } as unknown as ApiClient;
  const tutor = createTutorKind(client);
  for (const offline of [false, true, true]) {
    await tutor.learn();
    expect(tutor.offline.get()).toBe(offline);
  }
});
