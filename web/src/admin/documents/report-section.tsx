import { Link } from 'wouter';
import { strings } from '../../strings.ts';
import { formatCount } from '../jobs/job-words.ts';
import type { DocumentReport, LibraryDocument } from './document-types.ts';

const words = strings.documents.report;

/** What was found in the file, and what a person should look at before it is published. */
export function ReportSection({ document }: { document: LibraryDocument }) {
  const { report } = document;
  if (!report) return null;
  return (
    <section className="overview-section" aria-labelledby="report">
      <header>
        <h2 id="report">{words.title}</h2>
      </header>
      <dl className="report-figures">
        {figuresOf(report).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Heed document={document} report={report} />
    </section>
  );
}

function figuresOf(report: DocumentReport): [string, string][] {
  const { chapters, passages, characters, translated, script, encoding, format, files } = report;
  const figures: [string, string][] = [
    [words.chapters, formatCount(chapters)],
    [words.passages, formatCount(passages)],
    [words.characters, formatCount(characters)],
    [words.script, words.scripts[script]],
    [words.translated, translated ? words.translatedOf(formatCount(translated)) : words.none],
    [words.format, format],
  ];
  if (encoding) figures.push([words.encoding, encoding]);
  if (files > 1) figures.push([words.files, formatCount(files)]);
  return figures;
}

const such = (examples: readonly string[]) =>
  examples.length > 0 ? words.such(examples.join('　')) : null;

function Heed({ document, report }: { document: LibraryDocument; report: DocumentReport }) {
  const { lacunae, unknownCharacters, skipped } = report;
  const { duplicates, correctionsLost } = document;
  const notes: [string, string | null][] = [];
  if (correctionsLost > 0) notes.push([words.lost(formatCount(correctionsLost)), null]);
  if (lacunae.count > 0) {
    notes.push([words.lacunae(formatCount(lacunae.count)), such(lacunae.examples)]);
  }
  if (unknownCharacters.count > 0) {
    const { count, examples } = unknownCharacters;
    notes.push([words.unknown(formatCount(count)), such(examples)]);
  }
  for (const { reason, count, example } of skipped) {
    notes.push([words.skipped(reason, formatCount(count)), example ? such([example]) : null]);
  }
  if (duplicates && duplicates.repeated.count > 0) {
    const { count, examples } = duplicates.repeated;
    notes.push([words.repeated(formatCount(count)), such(examples)]);
  }
  const overlap = duplicates && hasOverlap(duplicates);
  if (notes.length === 0 && !overlap) return <p className="fine-print">{words.fine}</p>;
  return (
    <div className="heed">
      <h3 className="quiet-heading">{words.heed}</h3>
      <ul>
        {notes.map(([said, examples]) => (
          <li key={said}>
            {said}
            {examples && <p className="fine-print classical">{examples}</p>}
          </li>
        ))}
        {duplicates && <Overlap duplicates={duplicates} />}
      </ul>
    </div>
  );
}

type Duplicates = NonNullable<LibraryDocument['duplicates']>;

function hasOverlap({ document, work, former, passages }: Duplicates): boolean {
  return document !== null || work !== null || former !== null || passages > 0;
}

function Overlap({ duplicates }: { duplicates: Duplicates }) {
  const { document, work, passages, works, former } = duplicates;
  return (
    <>
      {former && <li>{words.former(formatCount(former.kept), formatCount(former.passages))}</li>}
      {document && (
        <li>
          <Link href={`/admin/documents/${document.id}`} className="text-link">
            {words.twin(document.title)}
          </Link>
        </li>
      )}
      {work && !document && (
        <li>
          <Link href={`/library/works/${work.workId}`} className="text-link">
            {words.sameWork(work.title)}
          </Link>
        </li>
      )}
      {passages > 0 && (
        <li>
          {words.shared(formatCount(passages))}
          <p className="shared-works">
            {works.map((work) => (
              <Link key={work.workId} href={`/library/works/${work.workId}`} className="text-link">
                {words.sharedWork(work.title, formatCount(work.passages))}
              </Link>
            ))}
          </p>
        </li>
      )}
    </>
  );
}
