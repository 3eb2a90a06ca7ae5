/** A process of its own: the stand-in model that program and proxy both ask. Prints its address. */
import { startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { API_KEY, DELTA_DELAY_MS, DELTA_LENGTH, TEXT } from './stream-settings.ts';

const model = await startDeepSeekStandIn({
  apiKey: API_KEY,
  defaults: { text: TEXT, deltaLength: DELTA_LENGTH, deltaDelayMs: DELTA_DELAY_MS },
});
console.log(model.url);
