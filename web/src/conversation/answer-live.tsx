import { useEffect, useRef, useState } from 'react';
import { strings } from '../strings.ts';
import { stageText } from './answer-stage.ts';
import type { ConversationState } from './conversation-state.ts';
import { finishedParagraphs } from './prepare-markdown.ts';

/**
 * Reads an arriving answer out to a screen reader: where it stands, then each paragraph once it is
 * whole. Empty again when the answer is complete, so that nothing is found twice on the page.
 */
export function AnswerLive({ state }: { state: ConversationState }) {
  const { live } = state;
  const finished = useFinished(live !== null);
  const answer = state.messages.find((message) => message.id === live?.messageId);
  return (
    <div className="sr-only" aria-live="polite" aria-relevant="additions">
      {live && answer && live.stage !== 'writing' && (
        <p key={live.stage}>{stageText(live, answer.citations.length)}</p>
      )}
      {live &&
        answer &&
        finishedParagraphs(answer.content, false).map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      {finished && <p>{strings.conversation.finished}</p>}
    </div>
  );
}

/** True once an answer that was running has ended. */
function useFinished(running: boolean): boolean {
  const ran = useRef(false);
  const [finished, setFinished] = useState(false);
  useEffect(() => {
    setFinished(ran.current && !running);
    ran.current = running;
  }, [running]);
  return finished;
}
