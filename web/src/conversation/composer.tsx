import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { formatAmount } from '../account/account-name.ts';
import { Icon } from '../layout/icon.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { OfflineNote } from './offline-note.tsx';
import { useDraft } from './use-draft.ts';

const words = strings.composer;
const LIMIT = 4000;
/** From here on the remaining room is worth mentioning. */
const NEAR_LIMIT = 3600;

interface ComposerProps {
  /** What is written for: a session, or one that is still to be. */
  place: string;
  busy: boolean;
  onAsk(content: string): void;
  /** Given while an answer is being written and the server offers stopping. */
  onStop?: (() => void) | undefined;
  /** Text to go on with, put into an empty box each time it is another object. */
  draft?: { text: string } | null;
  /** At the foot, beside what may still be spent. */
  children?: ReactNode;
}

function countCharacters(text: string): number {
  return Array.from(text).length;
}

/** The question box: Enter sends, Shift+Enter starts a line, Enter in an input method does neither. */
export function Composer(props: ComposerProps) {
  const { place, busy, onAsk, onStop, draft = null, children } = props;
  const [content, write] = useDraft(place);
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

  useEffect(() => {
    if (draft === null) return;
    if (field.current?.value.trim() === '') write(draft.text);
    field.current?.focus();
  }, [draft, write]);

  function send(): void {
    if (!sendable) return;
    write('');
    onAsk(question);
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
          onChange={(event) => write(event.target.value)}
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
      <OfflineNote />
      <ComposerFoot length={length}>{children}</ComposerFoot>
    </form>
  );
}

function ComposerFoot({ length, children }: { length: number; children: ReactNode }) {
  const { account } = useServices();
  const { user, balance } = useObservable(account.state);
  // Not less what a running answer sets aside: most of that comes back, and the number would jump.
  const parts = [
    user?.role === 'guest' ? strings.account.guest : null,
    balance ? strings.account.available(formatAmount(balance.balance)) : null,
  ].filter((part) => part !== null);
  return (
    <div className="composer-foot">
      {children}
      {length > NEAR_LIMIT && (
        <span className={length > LIMIT ? 'field-fault' : undefined} role="status">
          {length > LIMIT ? words.tooLong(LIMIT) : words.left(LIMIT - length)}
        </span>
      )}
      <span className="composer-balance">{parts.join(' · ')}</span>
      <span className="composer-mark">{words.mark}</span>
    </div>
  );
}
