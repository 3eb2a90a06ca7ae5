import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { defineRoute, HANDLED, type Route } from '../../http/route.ts';
import type { Logger } from '../../logger.ts';
import { inTime } from '../../platform/in-time.ts';
import { isFromWechat } from '../virtual-payment/message-push.ts';
import type { VirtualPushes } from '../virtual-payment/virtual-pushes.ts';
import { readSignature } from '../wechat-pay/verification.ts';
import type { NoticeAnswer, WechatPayNotices } from '../wechat-pay/wechat-pay-notices.ts';
import { nothingIsReceived } from './channel-not-open.ts';
import { pushEchoQuery, pushQuery } from './recharge-schemas.ts';

const tag = 'billing';
const LIMIT = 64 * 1024;
/** Both give up after 5 seconds and come again; what was begun goes on meanwhile. */
const ANSWER_WITHIN_MS = 4_000;

export interface NoticeReceivers {
  notices: WechatPayNotices | undefined;
  pushes: (VirtualPushes & { token: string }) | undefined;
  logger: Logger;
}

const anyBytes = z.instanceof(Buffer, { error: '请求体是空的' });

export function paymentNoticeRoutes(receivers: NoticeReceivers): Route[] {
  const { notices, logger } = receivers;
  return [
    defineRoute({
      method: 'post',
      path: '/api/billing/wechat/notify',
      summary: 'For WeChat Pay: a payment or a refund has come to its end',
      tag,
      access: 'open',
      rateClass: 'notice',
      binaryBody: {
        contentTypes: ['application/json'],
        limit: LIMIT,
        refusal: '通知必须是 JSON。',
      },
      body: anyBytes,
      data: z.null(),
      handle: async ({ body, request, response }) => {
        if (!notices) throw nothingIsReceived();
        const signed = readSignature((name) => request.get(name));
        const work = notices.receive(body.toString('utf8'), signed);
        const late: NoticeAnswer = { status: 500, message: '稍后再试' };
        const { status, message } = await answerInTime(work, late, logger);
        const code = status === 200 ? 'SUCCESS' : 'FAIL';
        response.status(status).json({ code, message });
        return HANDLED;
      },
    }),
    ...pushRoutes(receivers),
  ];
}

function pushRoutes({ pushes, logger }: NoticeReceivers): Route[] {
  const path = '/api/billing/wechat/virtual-notify';
  const open = { path, tag, access: 'open', rateClass: 'notice' } as const;
  return [
    defineRoute({
      ...open,
      method: 'get',
      summary: 'For WeChat: whether messages of the mini program may be pushed here',
      query: pushEchoQuery,
      data: z.null(),
      handle: async ({ query, response }) => {
        if (!pushes) throw nothingIsReceived();
        if (!isFromWechat(query, pushes.token)) {
          throw new AppError(403, 'forbidden', '签名验证失败。');
        }
        response.type('text/plain').send(query.echostr);
        return HANDLED;
      },
    }),
    defineRoute({
      ...open,
      method: 'post',
      summary: 'For WeChat: something was bought in the mini program, or given back',
      query: pushQuery,
      // The console has formats that call themselves otherwise, or by no name that is known.
      binaryBody: { contentTypes: ['*/*'], limit: LIMIT, refusal: '推送没有说明格式。' },
      body: anyBytes,
      data: z.null(),
      handle: async ({ body, query, response }) => {
        if (!pushes) throw nothingIsReceived();
        const work = pushes.receive(body.toString('utf8'), query);
        const answer = await answerInTime(work, { ErrCode: 1, ErrMsg: 'busy' }, logger);
        response.json(answer);
        return HANDLED;
      },
    }),
  ];
}

async function answerInTime<Answer>(
  work: Promise<Answer>,
  late: Answer,
  logger: Logger,
): Promise<Answer> {
  const failed = work.catch((error: unknown) => {
    logger.error({ err: error }, 'a notice of a payment could not be handled');
    return late;
  });
  return inTime(ANSWER_WITHIN_MS, failed, () => late);
}
