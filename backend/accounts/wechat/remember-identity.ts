import type { SecretBox } from '../../platform/secret-box.ts';
import type { WechatPerson } from './wechat-identity.ts';
import type { WechatIdentityStore } from './wechat-identity-store.ts';

/** The session key is sealed for this very identity: copied to another row it opens nothing. */
export function sessionKeyContext({ appId, openid }: { appId: string; openid: string }): string {
  return `wechat session key ${appId} ${openid}`;
}

export async function rememberIdentity(
  identities: Pick<WechatIdentityStore, 'save'>,
  secretBox: SecretBox,
  { person, userId }: { person: WechatPerson; userId: string },
): Promise<void> {
  const { appId, openid, unionid, client, sessionKey } = person;
  const sealedSessionKey =
    sessionKey === null ? null : secretBox.seal(sessionKey, sessionKeyContext(person));
  await identities.save({ appId, openid, unionid, client, userId }, { sealedSessionKey });
}
