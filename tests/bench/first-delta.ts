import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { askAsGuest, timedEvents } from './asking.ts';
import { quotations } from './questions.ts';

export const MODEL_DELAY_MS = 50;
/** A model writes on at its pace; all at once would measure something else. */
const DELTA_DELAY_MS = 5;
const API_KEY = 'sk-bench';
const WARM_UPS = 5;
export const ANSWERS = 35;

export interface DelayedModel {
  standIn: DeepSeekStandIn;
  /** When the last request reached it. */
  calledAt(): number;
  /** What points the program at it. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

export async function startDelayedModel(): Promise<DelayedModel> {
  const standIn = await startDeepSeekStandIn({
    apiKey: API_KEY,
    defaults: { firstDeltaDelayMs: MODEL_DELAY_MS, deltaDelayMs: DELTA_DELAY_MS },
  });
  // The stand-in is the only server in this process, and its clock is ours.
  let calledAt = Number.NaN;
  const note = () => {
    calledAt = performance.now();
  };
  subscribe('http.server.request.start', note);
  return {
    standIn,
    calledAt: () => calledAt,
    environment: { DEEPSEEK_API_KEY: API_KEY, DEEPSEEK_BASE_URL: standIn.url },
    close() {
      unsubscribe('http.server.request.start', note);
      return standIn.close();
    },
  };
}

/** Milliseconds; one in each list per question. */
export interface FirstDeltas {
  /** Until the first text, through the service and straight from the model. */
  service: number[];
  direct: number[];
  /** Of the time through the service: until the question was stored, from there until the model was called. */
  stored: number[];
  called: number[];
  /** From the call of the model to the first text, beyond what that takes without the service. */
  passedOn: number[];
}

/** Through the service, then the same request straight to the model, in turns. */
export async function measureFirstDelta(
  url: string,
  model: DelayedModel,
  signal: AbortSignal,
): Promise<FirstDeltas> {
  const measured: FirstDeltas = { service: [], direct: [], stored: [], called: [], passedOn: [] };
  for (const [index, question] of questions().entries()) {
    const answer = await askAsGuest(url, question, signal);
    if (!answer.cited) throw new Error(`not cited: ${question}\n${answer.content}`);
    const called = model.calledAt() - answer.sentAt;
    const sent = model.standIn.requests.at(-1)?.body;
    if (!sent) throw new Error(`the service did not call the model for ${question}`);
    const sentAt = performance.now();
    const direct = (await firstTextAt(model.standIn.url, JSON.stringify(sent), signal)) - sentAt;
    const directCalled = model.calledAt() - sentAt;
    if (index < WARM_UPS) continue;
    measured.service.push(answer.deltaMs);
    measured.direct.push(direct);
    measured.stored.push(answer.metaMs);
    measured.called.push(called - answer.metaMs);
    measured.passedOn.push(answer.deltaMs - called - (direct - directCalled));
  }
  return measured;
}

function questions(): string[] {
  const asked = quotations.flatMap((line) => [`「${line}」是什么意思？`, `「${line}」出自哪里？`]);
  return asked.slice(0, WARM_UPS + ANSWERS);
}

async function firstTextAt(url: string, body: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}` },
    body,
    signal,
  });
  let first: number | undefined;
  for await (const { data, at } of timedEvents(response)) {
    if (data === '[DONE]' || first !== undefined) continue;
    if (JSON.parse(data).choices[0]?.delta.content) first = at;
  }
  if (first === undefined) throw new Error(`the stand-in model wrote nothing (${response.status})`);
  return first;
}
