import { useLocation } from 'wouter';
import { CardPage } from '../layout/card-page.tsx';
import { strings } from '../strings.ts';
import { ForgotPasswordForm } from './forgot-password-form.tsx';

export function ForgotPasswordPage() {
  const [, navigate] = useLocation();
  return (
    <CardPage title={strings.forgotPassword.title}>
      <ForgotPasswordForm onBack={() => navigate('/account')} />
    </CardPage>
  );
}
