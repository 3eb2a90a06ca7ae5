import { useState } from 'react';
import { CardPage } from '../layout/card-page.tsx';
import { strings } from '../strings.ts';
import { AccountForms, type Mode } from './account-forms.tsx';

/** In the place of a page that is for people who are signed in; it follows as soon as they are. */
export function SignInPage() {
  const [mode, setMode] = useState<Mode>('sign-in');
  const { visitorTitle, visitorLead } = strings.account;
  return (
    <CardPage title={mode === 'forgot' ? strings.forgotPassword.title : visitorTitle}>
      {mode !== 'forgot' && <p className="form-lead">{visitorLead}</p>}
      <AccountForms mode={mode} onMode={setMode} onDone={() => undefined} />
    </CardPage>
  );
}
