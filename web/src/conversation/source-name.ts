interface Source {
  work: string | null;
  chapter: string | null;
}

/** 《论语·为政》; the chapter's name is left out where it only repeats the work's. */
export function sourceOf({ work, chapter }: Source): string {
  if (!work) return '';
  return !chapter || chapter === work ? `《${work}》` : `《${work}·${chapter}》`;
}

/** 李白 · 唐, or as much of it as is known. */
export function bylineOf(source: { author: string | null; dynasty: string | null }): string {
  return [source.author, source.dynasty].filter(Boolean).join(' · ');
}

/** The first words of a passage on one line. */
export function firstWords(text: string, length: number): string {
  const line = Array.from(text.replace(/\s+/g, ''));
  return line.length > length ? `${line.slice(0, length).join('')}…` : line.join('');
}
