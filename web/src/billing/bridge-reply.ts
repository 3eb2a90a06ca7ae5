/** What WeChat's payment says when it closes; `ok` is only what the phone believes. */
export type BridgeReply = 'ok' | 'cancel' | 'fail';

export function isInWechat(agent: string): boolean {
  return /MicroMessenger/i.test(agent);
}

export function readBridgeReply(message: string | undefined): BridgeReply {
  if (message?.endsWith(':ok')) return 'ok';
  return message?.endsWith(':cancel') ? 'cancel' : 'fail';
}
