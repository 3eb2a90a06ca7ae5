import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiError } from '../api/api-error.ts';
import type { User } from '../api/types.ts';
import { FormError } from '../form/form-error.tsx';
import { CardPage } from '../layout/card-page.tsx';
import { describeError } from '../layout/describe-error.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { useOnce } from '../state/use-once.ts';
import { strings } from '../strings.ts';
import { nameOf } from './account-name.ts';
import { useWechat } from './use-wechat.ts';
import { takeErrand, type WechatErrand } from './wechat-errand.ts';

const words = strings.wechat;

/** Where WeChat sends the browser back to, for a login or for linking. */
export function WechatLoginPage() {
  const [errand] = useState(() => takeErrand(window.sessionStorage));
  const [fault, setFault] = useState<string | null>(null);
  const finish = useErrand(errand);
  const title = errand.purpose === 'link' ? words.linkTitle : words.title;
  useOnce(() => {
    finish().then(setFault, (error: unknown) => setFault(describeError(error).text));
  });
  if (fault !== null) return <Failed title={title} fault={fault} errand={errand} />;
  return (
    <CardPage title={title}>
      <p className="form-lead" role="status">
        {words.working}
      </p>
    </CardPage>
  );
}

/** Null when all went well and the page has moved on, else why it has not. */
function useErrand(errand: WechatErrand): () => Promise<string | null> {
  const { arrival, client, account } = useServices();
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  async function link(body: object): Promise<void> {
    const options = { method: 'POST', body } as const;
    account.meet(await client.call<User>('/api/user/wechat', options));
    announce(words.linked);
  }
  async function logIn(reply: { code: string; state: string }): Promise<void> {
    await account.signInWithWechat(reply);
    const { user } = account.state.get();
    if (user) announce(strings.account.welcome(nameOf(user)));
  }
  return async () => {
    const { code, state } = arrival;
    // Without a code the person has refused.
    if (code === null || state === null) return words.denied;
    await account.restore();
    try {
      if (errand.purpose === 'link') await link({ code, state, client: 'web' });
      else await logIn({ code, state });
    } catch (error) {
      const lapsed = error instanceof ApiError && error.slug === 'unauthenticated';
      if (errand.purpose === 'link' && lapsed) return words.needSignIn;
      throw error;
    }
    navigate(errand.back, { replace: true });
    return null;
  };
}

function Failed(props: { title: string; fault: string; errand: WechatErrand }) {
  const [error, setError] = useState<unknown>(null);
  const { busy, leave } = useWechat(setError);
  return (
    <CardPage title={props.title}>
      <p className="form-lead" role="alert">
        {props.fault}
      </p>
      <FormError error={error} fields={[]} />
      <button
        type="button"
        className="button button-primary"
        disabled={busy}
        onClick={() => void leave(props.errand)}
      >
        {words.again}
      </button>
      <Link href={props.errand.back} className="text-link">
        {strings.errors.goBack}
      </Link>
    </CardPage>
  );
}
