import { useId, useRef, useState } from 'react';
import type { Order, Recharge } from '../api/billing-types.ts';
import { randomKey } from '../api/random-key.ts';
import { faultOf, fieldFault } from '../form/field-fault.ts';
import { FormError } from '../form/form-error.tsx';
import { useSubmit } from '../form/use-submit.ts';
import { useWait } from '../form/wait.ts';
import { ProfileSection } from '../profile/profile-section.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { CreditedDialog } from './credited-dialog.tsx';
import { faultOfCode, groupCode } from './redeem-code.ts';

const words = strings.redeem;
const FIELD = 'redeemCode';

export function RedeemSection({ onCredited }: { onCredited(): void }) {
  const [credited, setCredited] = useState<Order | null>(null);
  const [round, setRound] = useState(0);
  return (
    <ProfileSection title={words.title} lead={words.lead}>
      <RedeemForm
        key={round}
        onRedeemed={(order) => {
          setCredited(order);
          setRound(round + 1);
          onCredited();
        }}
      />
      {credited && <CreditedDialog order={credited} onClose={() => setCredited(null)} />}
    </ProfileSection>
  );
}

function RedeemForm({ onRedeemed }: { onRedeemed(order: Order): void }) {
  const { client } = useServices();
  const [typed, setTyped] = useState('');
  const attempt = useAttempt();
  const { busy, error, onSubmit } = useSubmit(async () => {
    const fault = faultOfCode(typed);
    if (fault !== null) throw fieldFault(FIELD, fault);
    const redeemCode = groupCode(typed);
    const { order } = await client.call<Recharge>('/api/billing/recharge', {
      method: 'POST',
      body: { channel: 'redeem_code', redeemCode },
      idempotencyKey: attempt(redeemCode),
    });
    onRedeemed(order);
  });
  const wait = useWait(error);
  return (
    <form className="redeem-form" onSubmit={onSubmit} noValidate>
      <CodeField typed={typed} onTyped={setTyped} fault={faultOf(error, FIELD)} />
      <button type="submit" className="button" disabled={busy || wait > 0}>
        {words.submit}
      </button>
      <FormError error={error} fields={[FIELD]} wait={wait} />
    </form>
  );
}

/** The same code sent again is the same act, so that a reply that got lost is had again. */
function useAttempt() {
  const last = useRef({ code: '', key: '' });
  return (code: string) => {
    if (last.current.code !== code) last.current = { code, key: randomKey() };
    return last.current.key;
  };
}

interface CodeFieldProps {
  typed: string;
  onTyped(typed: string): void;
  fault: string | null;
}

function CodeField({ typed, onTyped, fault }: CodeFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{words.field}</label>
      <input
        id={id}
        name={FIELD}
        className="code-input"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={200}
        placeholder="XXXX-XXXX-…"
        value={typed}
        aria-invalid={fault !== null}
        aria-describedby={fault ? `${id}-note` : undefined}
        onChange={(event) => onTyped(event.target.value)}
        onBlur={() => onTyped(groupCode(typed))}
        onPaste={(event) => {
          event.preventDefault();
          onTyped(groupCode(typed + event.clipboardData.getData('text')));
        }}
      />
      {fault && (
        <p id={`${id}-note`} className="field-fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
