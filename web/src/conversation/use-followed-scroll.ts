import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { Message } from '../api/types.ts';

/** Closer to the end than this counts as being at the end. */
const NEAR_PX = 96;

/**
 * Keeps the end in view while text arrives, unless the reader has scrolled away, and keeps what is
 * read in place when earlier messages are put above it.
 */
export function useFollowedScroll(
  scroller: RefObject<HTMLDivElement | null>,
  messages: readonly Message[],
) {
  const following = useRef(true);
  const before = useRef<{ firstId: string | undefined; height: number }>({
    firstId: undefined,
    height: 0,
  });
  const [away, setAway] = useState(false);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const firstId = messages[0]?.id;
    const { firstId: oldFirst, height } = before.current;
    const grewAbove = oldFirst !== undefined && messages.some(({ id }) => id === oldFirst);
    if (firstId !== oldFirst && grewAbove) box.scrollTop += box.scrollHeight - height;
    else if (following.current) box.scrollTop = box.scrollHeight;
    before.current = { firstId, height: box.scrollHeight };
  }, [scroller, messages]);

  const onScroll = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    following.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    setAway(!following.current);
  }, [scroller]);

  const toNewest = useCallback(() => {
    following.current = true;
    setAway(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [scroller]);

  return { away, onScroll, toNewest };
}
