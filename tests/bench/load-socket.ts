import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Question } from './load-asking.ts';
import type { Accepted } from './load-record.ts';

const PATIENCE_MS = 90_000;
const RETRY_MS = 1_000;
const OPEN_MS = 10_000;

interface Frame {
  type: string;
  id?: number;
  messageId?: string;
  clientId?: string;
  error?: string;
}

/** One question, over however many connections. */
interface Asked {
  clientId: string;
  lastId: number;
  accepted?: Accepted;
}

/** A learner who listens over a WebSocket that stays open, and comes again when it does not. */
export interface Listener {
  /** As `askByEvents`. */
  ask(question: Question): Promise<boolean>;
  leave(): void;
}

export function createListener(): Listener {
  let socket: WebSocket | undefined;

  async function connected({ url, token }: Question): Promise<WebSocket | undefined> {
    if (socket?.readyState === WebSocket.OPEN) return socket;
    const opening = new WebSocket(`${url().replace('http', 'ws')}/ws`);
    socket = opening;
    const ready = new Promise<boolean>((resolve) => {
      opening.on('open', () => opening.send(JSON.stringify({ type: 'auth', token })));
      opening.on('message', (data) => resolve(JSON.parse(String(data)).type === 'ready'));
      opening.on('error', () => resolve(false)).on('close', () => resolve(false));
    });
    const inTime = sleep(OPEN_MS, false, { ref: false });
    if (await Promise.race([ready, inTime])) return opening;
    opening.terminate();
    return undefined;
  }

  /** Says one thing and hears the answer until its end, or that of the connection. */
  function converse(line: WebSocket, said: object, hear: (frame: Frame) => string | undefined) {
    return new Promise<string>((resolve) => {
      const hearing = (data: unknown) => {
        const outcome = hear(JSON.parse(String(data)));
        if (outcome !== undefined) settle(outcome);
      };
      const broken = () => settle('cut off');
      const late = setTimeout(() => settle('silence'), PATIENCE_MS);
      const settle = (outcome: string) => {
        clearTimeout(late);
        line.off('message', hearing).off('close', broken);
        resolve(outcome);
      };
      line.on('message', hearing).on('close', broken);
      line.send(JSON.stringify(said));
    });
  }

  async function attempt(question: Question, state: Asked) {
    const sentAt = performance.now();
    const [clientId, again] = [state.clientId, state.accepted];
    const { sessionId, content, record } = question;
    let firstTextMs: number | undefined;
    const hear = (frame: Frame): string | undefined => {
      if (frame.type === 'error' && frame.id === undefined) return frame.error ?? 'refused';
      if (
        frame.messageId !== undefined &&
        state.accepted &&
        frame.messageId !== state.accepted.messageId
      )
        return;
      if (frame.type === 'meta' && !state.accepted && frame.messageId) {
        state.accepted = { messageId: frame.messageId, at: performance.now(), heard: 'nothing' };
        record.accepted.push(state.accepted);
      }
      if (frame.id !== undefined) state.lastId = frame.id;
      if (frame.type === 'delta') firstTextMs ??= performance.now() - sentAt;
      if (frame.type !== 'done' && frame.type !== 'error') return;
      if (state.accepted) state.accepted.heard = frame.type;
      return frame.type === 'done' ? 'ok' : 'said failure';
    };
    const line = await connected(question);
    const said = again
      ? { type: 'subscribe', messageId: again.messageId, after: state.lastId }
      : { type: 'ask', sessionId, content, clientId };
    const outcome = line ? await converse(line, said, hear) : 'no connection';
    const endedAt = performance.now();
    const kind = again ? 'listen again' : 'ask (WebSocket)';
    const first = again || firstTextMs === undefined ? {} : { firstTextMs };
    record.calls.push({ kind, endedAt, ms: endedAt - sentAt, outcome, ...first });
    return outcome;
  }

  return {
    async ask(question) {
      const state: Asked = { clientId: randomUUID(), lastId: 0 };
      const until = performance.now() + PATIENCE_MS;
      while (performance.now() < until) {
        const outcome = await attempt(question, state);
        if (outcome === 'ok' || outcome === 'said failure') return true;
        const passing = ['cut off', 'no connection', 'unavailable', 'silence'].includes(outcome);
        // Asked, but never told whether it was accepted: the conversation shows it, a second question would double it.
        if (!state.accepted && outcome === 'cut off') return false;
        if (!passing) return false;
        question.wentWrong();
        await sleep(RETRY_MS);
      }
      return false;
    },
    leave: () => socket?.terminate(),
  };
}
