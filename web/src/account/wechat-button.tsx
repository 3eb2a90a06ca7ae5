import { useState } from 'react';
import type { LoginMethods } from '../api/types.ts';
import { FormError } from '../form/form-error.tsx';
import { Icon } from '../layout/icon.tsx';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';
import { useWechat } from './use-wechat.ts';

/** Only where the site has WeChat set up; a server that cannot say so has not. */
export function WechatButton() {
  const [methods] = useResource<LoginMethods>('/api/auth/methods');
  const [error, setError] = useState<unknown>(null);
  const { busy, leave } = useWechat(setError);
  if (methods.state !== 'ready' || !methods.data.wechatWeb) return null;
  const back = window.location.pathname + window.location.search;
  return (
    <>
      <p className="form-or" aria-hidden="true">
        {strings.account.or}
      </p>
      <button
        type="button"
        className="button"
        disabled={busy}
        onClick={() => void leave({ purpose: 'login', back })}
      >
        <Icon name="wechat" />
        {strings.account.wechat}
      </button>
      <FormError error={error} fields={[]} />
    </>
  );
}
