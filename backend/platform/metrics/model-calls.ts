import { MODEL_PURPOSES } from '../../../ai/providers/answer-model.ts';
import type { WatchModelCall } from '../../../ai/providers/model-call.ts';
import { MODEL_FAILURES } from '../../../ai/providers/model-error.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { type Metrics, SECONDS } from './metrics.ts';

/** Those that are asked for by name, and a few dated names that a provider may answer under. */
const MOST_MODELS = 10;

/** Requests to models: how many by account and outcome, how long they take, what they use. */
export function createModelCallWatch(
  metrics: Metrics,
  tracing: Tracing,
  accounts: readonly string[],
): WatchModelCall {
  const whose = { account: accounts, purpose: MODEL_PURPOSES };
  const duration = metrics.histogram({
    name: 'model_call_duration_seconds',
    help: 'Time from a request to a model to the end of its answer or its failure',
    labels: { ...whose, outcome: ['answered', 'aborted', ...MODEL_FAILURES] },
    buckets: SECONDS,
  });
  const firstPart = metrics.histogram({
    name: 'model_call_first_part_seconds',
    help: 'Time until a model says its first word or thought',
    labels: whose,
    buckets: SECONDS,
  });
  const tokens = metrics.counter({
    name: 'model_tokens_total',
    help: 'Tokens by the count of the provider; cached ones are part of the prompt',
    labels: { ...whose, model: MOST_MODELS, part: ['prompt', 'cached', 'completion'] },
  });
  return ({ account, model, purpose }) => {
    const asked = performance.now();
    const seconds = () => (performance.now() - asked) / 1000;
    const span = tracing.begin(`chat ${model}`, {
      kind: 'client',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': account,
        'gen_ai.request.model': model,
        'guoxue.purpose': purpose,
      },
    });
    return {
      headers: span.headers(),
      began: () => firstPart.observe({ account, purpose }, seconds()),
      used(usage) {
        const { promptTokens, cachedTokens, completionTokens } = usage;
        const parts = { prompt: promptTokens, cached: cachedTokens, completion: completionTokens };
        for (const [part, count] of Object.entries(parts)) {
          tokens.add({ account, purpose, model: usage.model, part }, count);
        }
        span.set({
          'gen_ai.response.model': usage.model,
          'gen_ai.usage.input_tokens': promptTokens,
          'gen_ai.usage.output_tokens': completionTokens,
        });
      },
      ended(outcome) {
        duration.observe({ account, purpose, outcome }, seconds());
        span.set({ 'guoxue.outcome': outcome });
        if (outcome !== 'answered' && outcome !== 'aborted') span.fail(outcome);
        span.end();
      },
    };
  };
}
