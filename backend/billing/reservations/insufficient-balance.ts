import { AppError } from '../../errors.ts';

const inWords = (tokens: number) => tokens.toLocaleString('en');

/** For a question: what has to be set aside is not what it will cost, which nobody knows before. */
export class InsufficientBalance extends AppError {
  /** What would have to be set aside at least. */
  readonly needed: number;

  constructor(needed: number, available: number) {
    const setAside = `这个问题要先预留 ${inWords(needed)} 个词元（多退少补，通常只用其中一小部分）`;
    const message = `余额不足：${setAside}，现在可用 ${inWords(available)} 个。`;
    super(402, 'insufficient_balance', message);
    this.needed = needed;
  }
}
