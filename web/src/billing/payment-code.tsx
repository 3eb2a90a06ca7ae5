import { QRCodeSVG } from 'qrcode.react';
import { strings } from '../strings.ts';

/** Dark on light whatever the page looks like: scanners want it so. */
export function PaymentCode({ value, spent }: { value: string; spent: boolean }) {
  return (
    <div className={spent ? 'payment-code payment-code-spent' : 'payment-code'}>
      <QRCodeSVG
        value={value}
        size={208}
        level="M"
        marginSize={3}
        bgColor="#fffdf6"
        fgColor="#29231d"
        title={strings.recharge.codeLabel}
      />
    </div>
  );
}
