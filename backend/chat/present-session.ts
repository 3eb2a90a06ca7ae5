import type { z } from 'zod';
import type { listedSessionSchema, sessionSchema } from './chat-schemas.ts';
import type { Session } from './session.ts';
import type { FoundSession } from './session-service.ts';

export function presentSession(session: Session): z.input<typeof sessionSchema> {
  const { id, title, mode, archived } = session;
  return {
    id,
    title,
    mode,
    archived,
    createdAt: session.createdAt.toISOString(),
    updatedAt: session.updatedAt.toISOString(),
    lastMessageAt: session.lastMessageAt?.toISOString() ?? null,
  };
}

export function presentFoundSession(found: FoundSession): z.input<typeof listedSessionSchema> {
  return { ...presentSession(found), match: found.match };
}
