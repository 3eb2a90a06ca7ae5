import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { ConversationState } from './conversation-state.ts';
import { turnId } from './question-view.tsx';

/** Closer to the end than this counts as being at the end. */
const NEAR_PX = 96;

/** The question keeps this distance from the upper edge while its answer is written. */
const HEAD_PX = 12;

/** Where the first message stood before the page was drawn again. */
interface Landmark {
  id: string;
  top: number;
}

/** How often a place is looked at again while what came into view takes its true height. */
const FRAMES = 3;

function topOf(messageId: string): number | null {
  return document.getElementById(turnId(messageId))?.getBoundingClientRect().top ?? null;
}

function hold(box: HTMLElement, landmark: Landmark, frames = FRAMES): void {
  const top = topOf(landmark.id);
  if (top === null) return;
  box.scrollTop += top - landmark.top;
  if (frames > 0) requestAnimationFrame(() => hold(box, landmark, frames - 1));
}

/** How far to scroll to the end, or only until this message stands at the upper edge. */
function restingPlace(box: HTMLElement, firstRead: string | undefined): number {
  const end = box.scrollHeight - box.clientHeight;
  const top = firstRead === undefined ? null : topOf(firstRead);
  if (top === null) return end;
  return Math.min(end, box.scrollTop + top - box.getBoundingClientRect().top - HEAD_PX);
}

/**
 * Follows the text that arrives, unless the reader has scrolled away, but no further than its
 * question goes up to the edge: an answer is read from its beginning. Keeps what is read in place
 * when earlier messages are put above it.
 */
export function useFollowedScroll(
  scroller: RefObject<HTMLDivElement | null>,
  { messages, live }: ConversationState,
) {
  const following = useRef(true);
  const fromQuestion = useRef(false);
  const before = useRef<Landmark | null>(null);
  const [away, setAway] = useState(false);
  const firstId = messages[0]?.id;
  const questionId = messages.findLast(({ role }) => role === 'user')?.id;
  const writing = live !== null;

  useLayoutEffect(() => {
    if (writing) fromQuestion.current = true;
  }, [writing]);

  const remember = useCallback((id: string | undefined) => {
    const top = id === undefined ? null : topOf(id);
    before.current = id === undefined || top === null ? null : { id, top };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: any change of the messages moves them.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const landmark = before.current;
    const moved = landmark?.id !== firstId;
    if (landmark !== null && moved && topOf(landmark.id) !== null) hold(box, landmark);
    else if (following.current) {
      box.scrollTop = restingPlace(box, fromQuestion.current ? questionId : undefined);
    }
    // Otherwise scrolling itself tells; asking at each new word would lay the page out twice.
    if (moved) remember(firstId);
  }, [scroller, messages, remember, firstId, questionId]);

  const onScroll = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    remember(firstId);
    const short = box.scrollHeight - box.scrollTop - box.clientHeight;
    const place = restingPlace(box, fromQuestion.current ? questionId : undefined);
    following.current = short < NEAR_PX || Math.abs(place - box.scrollTop) < HEAD_PX;
    setAway(short >= NEAR_PX);
  }, [scroller, remember, firstId, questionId]);

  const toNewest = useCallback(() => {
    following.current = true;
    fromQuestion.current = false;
    setAway(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [scroller]);

  /** For a question that is just put. */
  const fromTop = useCallback(() => {
    following.current = true;
    fromQuestion.current = true;
    setAway(false);
  }, []);

  /** Something else decides where to look. */
  const stay = useCallback(() => {
    following.current = false;
  }, []);

  return { away, onScroll, toNewest, fromTop, stay };
}
