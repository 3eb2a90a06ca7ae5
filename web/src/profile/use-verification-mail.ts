import { useAction } from '../form/use-action.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

export function useVerificationMail() {
  const { client } = useServices();
  const { busy, run, announce } = useAction();
  const send = () =>
    run(async () => {
      await client.call('/api/user/verification-mail', { method: 'POST', body: {} });
      announce(strings.profile.verificationSent);
    });
  return { busy, send };
}
