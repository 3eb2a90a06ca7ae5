import type { Session } from '../api/types.ts';
import { strings } from '../strings.ts';

export const titleOf = (session: Session): string => session.title || strings.sessions.untitled;
