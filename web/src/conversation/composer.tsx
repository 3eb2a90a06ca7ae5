import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { formatAmount } from '../account/account-name.ts';
import { Icon } from '../layout/icon.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

const words = strings.composer;
const LIMIT = 4000;
/** From here on the remaining room is worth mentioning. */
const NEAR_LIMIT = 3600;

interface ComposerProps {
  busy: boolean;
  onAsk(content: string): void;
  /** Given while an answer is being written and the server offers stopping. */
  onStop?: (() => void) | undefined;
}

function countCharacters(text: string): number {
  return Array.from(text).length;
}

/** The question box: Enter sends, Shift+Enter starts a line, Enter in an input method does neither. */
export function Composer({ busy, onAsk, onStop }: ComposerProps) {
  const [content, setContent] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const question = content.trim();
  const length = countCharacters(question);
  const sendable = !busy && length > 0 && length <= LIMIT;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the content.
  useEffect(() => {
    const box = field.current;
    if (box === null) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
  }, [content]);

  function send(): void {
    if (!sendable) return;
    onAsk(question);
    setContent('');
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey) return;
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="composer-box">
        <label htmlFor={id} className="sr-only">
          {words.label}
        </label>
        <textarea
          id={id}
          ref={field}
          rows={1}
          enterKeyHint="send"
          placeholder={words.placeholder}
          value={content}
          onChange={(event) => setContent(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {onStop ? (
          <button type="button" className="send-button" aria-label={words.stop} onClick={onStop}>
            <Icon name="stop" />
          </button>
        ) : (
          <button
            type="submit"
            className="send-button"
            aria-label={words.send}
            disabled={!sendable}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
      <ComposerFoot length={length} />
    </form>
  );
}

function ComposerFoot({ length }: { length: number }) {
  const { account } = useServices();
  const { user, balance } = useObservable(account.state);
  const parts = [
    user?.role === 'guest' ? strings.account.guest : null,
    balance ? strings.account.available(formatAmount(balance.available)) : null,
  ].filter((part) => part !== null);
  return (
    <p className="composer-foot">
      {length > NEAR_LIMIT ? (
        <span className={length > LIMIT ? 'field-fault' : undefined} role="status">
          {length > LIMIT ? words.tooLong(LIMIT) : words.left(LIMIT - length)}
        </span>
      ) : (
        <span className="composer-keys">{words.keys}</span>
      )}
      <span>{parts.join(' · ')}</span>
    </p>
  );
}
