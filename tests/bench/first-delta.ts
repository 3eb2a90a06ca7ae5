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
  /** What points the program at it. */
  environment: Record<string, string>;
}

export async function startDelayedModel(): Promise<DelayedModel> {
  const standIn = await startDeepSeekStandIn({
    apiKey: API_KEY,
    defaults: { firstDeltaDelayMs: MODEL_DELAY_MS, deltaDelayMs: DELTA_DELAY_MS },
  });
  return {
    standIn,
    environment: { DEEPSEEK_API_KEY: API_KEY, DEEPSEEK_BASE_URL: standIn.url },
  };
}

/** Milliseconds until the first text, one of each list per question, in pairs. */
export interface FirstDeltas {
  service: number[];
  direct: number[];
  /** Of the time through the service: until it was stored, and from there until passages were found. */
  stored: number[];
  found: number[];
}

/** Through the service, then the same request straight to the model, in turns. */
export async function measureFirstDelta(
  url: string,
  { standIn }: DelayedModel,
  signal: AbortSignal,
): Promise<FirstDeltas> {
  const measured: FirstDeltas = { service: [], direct: [], stored: [], found: [] };
  for (const [index, question] of questions().entries()) {
    const answer = await askAsGuest(url, question, signal);
    if (!answer.cited) throw new Error(`not cited: ${question}\n${answer.content}`);
    const sent = standIn.requests.at(-1)?.body;
    if (!sent) throw new Error(`the service did not call the model for ${question}`);
    const directMs = await firstTextMs(standIn.url, JSON.stringify(sent), signal);
    if (index < WARM_UPS) continue;
    measured.service.push(answer.deltaMs);
    measured.direct.push(directMs);
    measured.stored.push(answer.metaMs);
    measured.found.push(answer.citationsMs - answer.metaMs);
  }
  return measured;
}

function questions(): string[] {
  const asked = quotations.flatMap((line) => [`「${line}」是什么意思？`, `「${line}」出自哪里？`]);
  return asked.slice(0, WARM_UPS + ANSWERS);
}

async function firstTextMs(url: string, body: string, signal: AbortSignal): Promise<number> {
  const sentAt = performance.now();
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}` },
    body,
    signal,
  });
  let first: number | undefined;
  for await (const { data, at } of timedEvents(response)) {
    if (data === '[DONE]' || first !== undefined) continue;
    if (JSON.parse(data).choices[0]?.delta.content) first = at - sentAt;
  }
  if (first === undefined) throw new Error(`the stand-in model wrote nothing (${response.status})`);
  return first;
}
