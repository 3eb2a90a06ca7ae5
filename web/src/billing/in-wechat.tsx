import { useState } from 'react';
import { useOnce } from '../state/use-once.ts';
import { strings } from '../strings.ts';
import { payInWechat } from './wechat-bridge.ts';

const words = strings.recharge;

type Phase = 'open' | 'cancel' | 'fail' | 'ok';

/** Opens WeChat's own payment over the page, and once more for whoever closed it. */
export function InWechat({ parameters }: { parameters: Readonly<Record<string, string>> }) {
  const [phase, setPhase] = useState<Phase>('open');
  async function pay(): Promise<void> {
    setPhase('open');
    setPhase(await payInWechat(parameters));
  }
  useOnce(() => void pay());
  return (
    <>
      <p className="form-lead" role="status">
        {phase === 'cancel' && words.cancelled}
        {phase === 'fail' && words.notStarted}
        {phase === 'open' && words.inWechat}
      </p>
      {(phase === 'cancel' || phase === 'fail') && (
        <button type="button" className="button button-primary" onClick={() => void pay()}>
          {words.payNow}
        </button>
      )}
    </>
  );
}
