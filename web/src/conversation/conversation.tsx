import { useCallback, useEffect, useRef, useState } from 'react';
import type { Mode } from '../api/types.ts';
import { useAction } from '../form/use-action.ts';
import { describeError } from '../layout/describe-error.ts';
import { Icon } from '../layout/icon.tsx';
import { useAnnounce } from '../layout/notices.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AnswerLive } from './answer-live.tsx';
import { Composer } from './composer.tsx';
import { ConversationFault } from './conversation-fault.tsx';
import { type ConversationState, isLocal } from './conversation-state.ts';
import { MessageList } from './message-list.tsx';
import { ModePicker } from './mode-picker.tsx';
import { useFollowedScroll } from './use-followed-scroll.ts';
import { useReveal } from './use-reveal.ts';

const words = strings.conversation;

export function Conversation({ sessionId }: { sessionId: string }) {
  const { conversations, account } = useServices();
  const state = useObservable(conversations.state(sessionId));
  const { user, phase } = useObservable(account.state);
  const scroller = useRef<HTMLDivElement>(null);
  const follow = useFollowedScroll(scroller, state);
  const { toNewest, fromTop } = follow;
  const userId = user?.id;
  useEffect(() => {
    if (userId !== undefined) void conversations.open(sessionId);
  }, [conversations, sessionId, userId]);
  useReveal(sessionId, state.phase === 'ready', follow.stay);
  const ask = useCallback(
    (content: string) => {
      fromTop();
      void conversations.ask(sessionId, content);
    },
    [conversations, sessionId, fromTop],
  );

  const visitor = phase === 'visitor';
  const showFault = visitor || state.phase === 'failed';
  return (
    <>
      <div className="conversation-scroll" ref={scroller} onScroll={follow.onScroll}>
        {showFault ? (
          <ConversationFault
            visitor={visitor}
            error={state.error}
            onRetry={() => void conversations.open(sessionId)}
          />
        ) : (
          <MessageList sessionId={sessionId} state={state} onAsk={ask} />
        )}
      </div>
      <AnswerLive state={state} />
      {!showFault && (
        <ConversationFoot
          {...{ sessionId, state }}
          away={follow.away}
          onAsk={ask}
          {...{ toNewest }}
        />
      )}
    </>
  );
}

interface ConversationFootProps {
  sessionId: string;
  state: ConversationState;
  away: boolean;
  toNewest(): void;
  onAsk(content: string): void;
}

function ConversationFoot({ sessionId, state, away, toNewest, onAsk }: ConversationFootProps) {
  const stop = useStop(sessionId);
  return (
    <div className="conversation-foot">
      {away && (
        <button type="button" className="to-newest" onClick={toNewest}>
          <Icon name="down" />
          <span className="sr-only">{words.toNewest}</span>
        </button>
      )}
      {state.live?.reconnecting && (
        <p className="line-note" role="status">
          {isLocal(state.live.messageId) ? words.waiting : words.reconnecting}
        </p>
      )}
      <Composer
        place={sessionId}
        busy={state.live !== null || state.phase === 'loading'}
        draft={state.draft}
        onAsk={onAsk}
        onStop={state.live !== null ? stop : undefined}
      >
        <SessionMode sessionId={sessionId} />
      </Composer>
    </div>
  );
}

function SessionMode({ sessionId }: { sessionId: string }) {
  const { sessions } = useServices();
  const session = useObservable(sessions.state).known[sessionId];
  const { run, announce } = useAction();
  if (session === undefined) return null;
  const choose = (mode: Mode) =>
    run(async () => {
      await sessions.choose(sessionId, mode);
      announce(strings.modes.changed(strings.modes.names[mode]));
    });
  return <ModePicker mode={session.mode} onChoose={(mode) => void choose(mode)} />;
}

/** Undefined once the server has said that it does not know stopping. */
function useStop(sessionId: string): (() => void) | undefined {
  const { conversations } = useServices();
  const announce = useAnnounce();
  const [offered, setOffered] = useState(true);
  if (!offered) return undefined;
  return () => {
    conversations.stop(sessionId).then(setOffered, (error: unknown) => {
      announce(describeError(error).text);
    });
  };
}
