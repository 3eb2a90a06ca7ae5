import type { Read } from '../platform/database/reading.ts';
import type { Transact } from '../platform/database/transact.ts';
import { createFavoriteService } from './favorite-service.ts';
import type { FavoriteStore } from './favorite-store.ts';
import {
  createFeedbackDesk,
  createFeedbackService,
  type FeedbackDeskStores,
} from './feedback-service.ts';
import type { MessageStore } from './message-store.ts';
import { createMarkdownExport } from './session-markdown-export.ts';
import type { SessionStore } from './session-store.ts';

interface KeepsakeStores extends FeedbackDeskStores {
  favorites: FavoriteStore;
  messages: MessageStore;
  sessions: SessionStore;
}

export type Keepsakes = ReturnType<typeof createKeepsakes>;

/** What readers keep of their conversations, and what they say of them. */
export function createKeepsakes(parts: {
  stores: KeepsakeStores;
  read: Read<KeepsakeStores>;
  transact: Transact<FeedbackDeskStores>;
  publicUrl: string;
  producer: string;
  /** Of the passages that can be read now. */
  passage: (id: string) => { workId: string; chapterId: string } | undefined;
}) {
  const { stores, read, transact, publicUrl, producer, passage } = parts;
  return {
    favorites: createFavoriteService({ ...stores, read }),
    feedback: createFeedbackService(stores),
    feedbackDesk: createFeedbackDesk({ stores, transact }),
    markdown: createMarkdownExport({
      ...stores,
      producer,
      pageOf(id) {
        const found = passage(id);
        if (!found) return undefined;
        return `${publicUrl}/library/works/${found.workId}/chapters/${found.chapterId}?p=${id}`;
      },
    }),
  };
}
