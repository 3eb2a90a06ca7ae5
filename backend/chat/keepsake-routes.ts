import type { Route } from '../http/route.ts';
import type { Keepsakes } from './compose-keepsakes.ts';
import { favoriteRoutes } from './favorite-routes.ts';
import { feedbackRoutes } from './feedback-routes.ts';
import { sessionMarkdownRoutes } from './session-markdown-routes.ts';

export function keepsakeRoutes({
  favorites,
  feedback,
  feedbackDesk,
  markdown,
}: Keepsakes): Route[] {
  return [
    ...favoriteRoutes(favorites),
    ...feedbackRoutes(feedback, feedbackDesk),
    ...sessionMarkdownRoutes(markdown),
  ];
}
