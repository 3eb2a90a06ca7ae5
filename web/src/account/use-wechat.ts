import { useAction } from '../form/use-action.ts';
import { useServices } from '../state/services.tsx';
import { rememberErrand, type WechatErrand } from './wechat-errand.ts';

/** Sends the browser to WeChat, which sends it back to /login/wechat. */
export function useWechat(onFailed?: (error: unknown) => void) {
  const { client } = useServices();
  const { busy, run } = useAction(onFailed);
  const leave = (errand: WechatErrand) =>
    run(async () => {
      const path = '/api/auth/wechat/authorize';
      const { url } = await client.call<{ url: string }>(path);
      rememberErrand(window.sessionStorage, errand);
      window.location.assign(url);
    });
  return { busy, leave };
}
