import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { z } from 'zod';
import { defineRoute, HANDLED, type Route } from '../http/route.ts';
import { sessionParams } from './chat-schemas.ts';
import type { MarkdownExport } from './session-markdown-export.ts';

export function sessionMarkdownRoutes(exported: MarkdownExport): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/sessions/{id}/export',
      summary: 'A conversation as a Markdown file, with its sources and the AI label',
      tag: 'chat',
      access: 'user',
      params: sessionParams,
      data: z.never(),
      binaryReply: ['text/markdown'],
      handle: async ({ identity, params, response }) => {
        const { title, pieces } = await exported.open(identity.userId, params.id);
        response.set({
          'Content-Type': 'text/markdown; charset=utf-8',
          'Content-Disposition': attachmentNamed(title),
          'Cache-Control': 'no-store',
        });
        await send(response, pieces);
        return HANDLED;
      },
    }),
  ];
}

async function send(response: Response, pieces: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    if (!clientLeft(error)) throw error;
  }
}

const LONGEST_NAME = 60;
/** What some file system or other refuses or takes for a path; and marks that are not seen. */
const UNFIT_FOR_FILES = /[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]/gu;

/** RFC 6266: by the title for whoever reads RFC 5987, by a plain name for others. */
export function attachmentNamed(title: string): string {
  const cleaned = title.replaceAll(UNFIT_FOR_FILES, ' ').replaceAll(/\s+/g, ' ');
  const name = [...cleaned.replace(/^[\s.]+/, '')].slice(0, LONGEST_NAME).join('').trim();
  const encoded = encodeURIComponent(`${name || 'session'}.md`).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="session.md"; filename*=UTF-8''${encoded}`;
}

function clientLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
