import { useEffect, useRef, useState } from 'react';
import { describeError } from '../layout/describe-error.ts';
import { Icon } from '../layout/icon.tsx';
import { useAnnounce } from '../layout/notices.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AnswerLive } from './answer-live.tsx';
import { Composer } from './composer.tsx';
import { ConversationFault } from './conversation-fault.tsx';
import { MessageList } from './message-list.tsx';
import { useFollowedScroll } from './use-followed-scroll.ts';

const words = strings.conversation;

export function Conversation({ sessionId }: { sessionId: string }) {
  const { conversations, account } = useServices();
  const cell = conversations.state(sessionId);
  const state = useObservable(cell);
  const { user, phase } = useObservable(account.state);
  const scroller = useRef<HTMLDivElement>(null);
  const follow = useFollowedScroll(scroller, state.messages);
  const stop = useStop(sessionId);
  const userId = user?.id;
  useEffect(() => {
    if (userId !== undefined) void conversations.open(sessionId);
  }, [conversations, sessionId, userId]);

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
          <MessageList sessionId={sessionId} state={state} />
        )}
      </div>
      <AnswerLive state={state} />
      {!showFault && (
        <div className="conversation-foot">
          {follow.away && (
            <button type="button" className="to-newest" onClick={follow.toNewest}>
              <Icon name="down" />
              <span className="sr-only">{words.toNewest}</span>
            </button>
          )}
          <Composer
            busy={state.live !== null || state.phase === 'loading'}
            onAsk={(content) => {
              follow.toNewest();
              void conversations.ask(sessionId, content);
            }}
            onStop={state.live !== null ? stop : undefined}
          />
        </div>
      )}
    </>
  );
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
