import type { CitedPassage } from '../../ai/citations.ts';
import type { CheckedQuote } from '../../ai/quotes.ts';
import type { Citation, Message, Quote } from './message.ts';

export function presentMessage(message: Message) {
  return {
    id: message.id,
    sessionId: message.sessionId,
    role: message.role,
    content: message.content,
    status: message.status,
    citations: message.citations,
    quotes: message.quotes,
    usage: message.usage,
    favorite: message.favorite,
    createdAt: message.createdAt.toISOString(),
  };
}

export function toCitation({ n, passage, score }: CitedPassage): Citation {
  const { id: passageId, work, chapter, author, dynasty, text } = passage;
  return { n, passageId, work, chapter, author, dynasty, text, score: Math.round(score * 1e4) / 1e4 };
}

export function toQuote({ text, verdict, passage, found }: CheckedQuote): Quote {
  return {
    text,
    verdict,
    passageId: passage?.id ?? null,
    work: passage?.work ?? null,
    chapter: passage?.chapter ?? null,
    found,
  };
}
