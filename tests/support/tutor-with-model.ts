import type { DeepSeekBehaviour } from './deepseek-completion.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from './deepseek-stand-in.ts';
import { type Mode, openSpace, type ServiceSpace } from './service-space.ts';
import { errorsIn, type RunningService } from './start-service.ts';

/** A service whose tutor asks the DeepSeek stand-in. */
export interface TutorWithModel {
  space: ServiceSpace;
  service: RunningService;
  model: DeepSeekStandIn;
  /** What a further process of the same service, or its next life, is started with. */
  environment: Record<string, string>;
  /** Ends everything; expects that nothing failed that was not meant to. */
  dispose(options?: { expectErrors?: boolean }): Promise<void>;
}

export async function startTutorWithModel(
  mode: Mode,
  more: Record<string, string> = {},
  defaults: DeepSeekBehaviour = {},
): Promise<TutorWithModel> {
  const model = await startDeepSeekStandIn({ defaults });
  const environment = {
    DEEPSEEK_API_KEY: 'sk-test',
    DEEPSEEK_BASE_URL: model.url,
    SIGNUP_GRANT_TOKENS: '1000000',
    GUEST_GRANT_TOKENS: '1000000',
    ...more,
  };
  const space = await openSpace(mode);
  const service = await space.start(environment);
  return {
    ...{ space, service, model, environment },
    async dispose({ expectErrors = false } = {}) {
      await space.dispose();
      await model.close();
      if (!expectErrors) expect(errorsIn(service)).toEqual([]);
    },
  };
}
