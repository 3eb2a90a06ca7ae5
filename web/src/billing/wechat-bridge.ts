import { type BridgeReply, readBridgeReply } from './bridge-reply.ts';

/** What WeChat's own browser offers the pages in it. */
interface WechatBridge {
  invoke(
    method: 'getBrandWCPayRequest',
    parameters: Readonly<Record<string, string>>,
    done: (reply: { err_msg?: string }) => void,
  ): void;
}

declare global {
  interface Window {
    WeixinJSBridge?: WechatBridge;
  }
}

const READY_MS = 5000;

/** WeChat puts its bridge into the page some time after the page is there; or never. */
function bridgeReady(): Promise<WechatBridge | undefined> {
  if (window.WeixinJSBridge) return Promise.resolve(window.WeixinJSBridge);
  return new Promise((resolve) => {
    const end = () => {
      document.removeEventListener('WeixinJSBridgeReady', end);
      clearTimeout(timer);
      resolve(window.WeixinJSBridge);
    };
    const timer = setTimeout(end, READY_MS);
    document.addEventListener('WeixinJSBridgeReady', end);
  });
}

/** Opens WeChat's payment; `ok` is what the phone believes, only the server knows. */
export async function payInWechat(
  parameters: Readonly<Record<string, string>>,
): Promise<BridgeReply> {
  const bridge = await bridgeReady();
  if (bridge === undefined) return 'fail';
  return new Promise((resolve) => {
    bridge.invoke('getBrandWCPayRequest', parameters, ({ err_msg }) =>
      resolve(readBridgeReply(err_msg)),
    );
  });
}
