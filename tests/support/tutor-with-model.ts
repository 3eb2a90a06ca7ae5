import type { DeepSeekBehaviour } from './deepseek-completion.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from './deepseek-stand-in.ts';
import { type Mode, openSpace, type ServerName, type ServiceSpace } from './service-space.ts';
import { errorsIn, type RunningService } from './start-service.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** A service whose tutor asks the DeepSeek stand-in. */
export interface TutorWithModel {
  space: ServiceSpace;
  service: RunningService;
  model: DeepSeekStandIn;
  /** Before the server that was to be cut off. */
  proxy: TcpProxy | undefined;
  /** What a further process of the same service, or its next life, is started with. */
  environment: Record<string, string>;
  /** Ends everything; expects that nothing failed that was not meant to. */
  dispose(): Promise<void>;
}

export async function startTutorWithModel(
  mode: Mode,
  more: Record<string, string> = {},
  defaults: DeepSeekBehaviour = {},
  cuttable?: ServerName,
): Promise<TutorWithModel> {
  const model = await startDeepSeekStandIn({ defaults });
  const space = await openSpace(mode);
  const behind = cuttable && (await space.behindProxy(cuttable));
  const environment = {
    DEEPSEEK_API_KEY: 'sk-test',
    DEEPSEEK_BASE_URL: model.url,
    SIGNUP_GRANT_TOKENS: '1000000',
    GUEST_GRANT_TOKENS: '1000000',
    ...behind?.environment,
    ...more,
  };
  const service = await space.start(environment);
  return {
    ...{ space, service, model, environment, proxy: behind?.proxy },
    async dispose() {
      await space.dispose();
      await model.close();
      expect(errorsIn(service)).toEqual([]);
    },
  };
}
