import type { Message } from '../api/types.ts';
import { useAction } from '../form/use-action.ts';
import { describeError } from '../layout/describe-error.ts';
import { Icon } from '../layout/icon.tsx';
import { MenuItem } from '../layout/menu-item.tsx';
import { Popover } from '../layout/popover.tsx';
import { useConvert } from '../script/use-convert.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { answerAsText } from './answer-as-text.ts';
import { AnswerRating } from './answer-rating.tsx';
import { copyText } from './copy-text.ts';
import { useOfflineTutor } from './use-offline-tutor.ts';
import { VersionSwitcher } from './version-switcher.tsx';

const words = strings.actions;

interface AnswerActionsProps {
  current: Message;
  shown: Message;
  /** Another answer is being written in this session. */
  busy: boolean;
}

/** What can be done with an answer that has ended. */
export function AnswerActions({ current, shown, busy }: AnswerActionsProps) {
  return (
    <fieldset className="answer-actions">
      <legend className="sr-only">{words.label}</legend>
      {current.versions > 1 && <VersionSwitcher current={current} shown={shown} />}
      {shown.content !== '' && (
        <>
          <CopyButton message={shown} />
          <FavorButton message={shown} />
        </>
      )}
      {!busy && <AgainMenu current={current} />}
      {shown.content !== '' && <AnswerRating message={shown} />}
    </fieldset>
  );
}

function CopyButton({ message }: { message: Message }) {
  const convert = useConvert();
  const { run, announce } = useAction();
  const copy = () =>
    run(async () => {
      const copied = await copyText(answerAsText(message, convert));
      announce(copied ? words.copied : words.copyFailed);
    });
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={words.copy}
      title={words.copy}
      onClick={() => void copy()}
    >
      <Icon name="copy" />
    </button>
  );
}

function FavorButton({ message }: { message: Message }) {
  const { conversations } = useServices();
  const { busy, run, announce } = useAction();
  const { favorite } = message;
  const toggle = () =>
    run(async () => {
      await conversations.favor(message, !favorite);
      announce(favorite ? words.unfavored : words.favored);
    });
  return (
    <button
      type="button"
      className="icon-button favor-button"
      aria-label={words.favor}
      title={favorite ? words.unfavor : words.favor}
      aria-pressed={favorite}
      aria-disabled={busy}
      onClick={() => void toggle()}
    >
      <Icon name="star" />
    </button>
  );
}

function AgainMenu({ current }: { current: Message }) {
  const { conversations } = useServices();
  const { run, announce } = useAction();
  const offline = useOfflineTutor();
  const again = (thinking?: boolean) =>
    run(async () => {
      const { sessionId, id } = current;
      const refused = await conversations.regenerate(sessionId, id, thinking);
      if (refused) announce(describeError(refused).text);
    });
  return (
    <Popover label={words.again} className="icon-button" trigger={<Icon name="again" />}>
      {(close) => (
        <span className="menu">
          <MenuItem
            name={words.again}
            hint={words.againHint}
            onChoose={() => {
              close();
              void again();
            }}
          />
          {!offline && (
            <MenuItem
              name={words.againThinking}
              hint={words.againThinkingHint}
              onChoose={() => {
                close();
                void again(true);
              }}
            />
          )}
        </span>
      )}
    </Popover>
  );
}
