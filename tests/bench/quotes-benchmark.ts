import { type Finder, levenshteinScan, plainIncludes, quotationIndex } from './quotes-finders.ts';
import { defaultLibrary, type LibraryTexts } from './quotes-library.ts';
import { costTable, findingTable, type Judged } from './quotes-report.ts';
import { generateSuite, readSuite, type Suite } from './quotes-suite.ts';
import { machineLine } from './report.ts';

/** Prints the tables; resolves with the exit code. Without suites one is made up from the library. */
export async function runQuotesBenchmark(files: readonly string[]): Promise<number> {
  const machine = machineLine();
  const library = await defaultLibrary();
  const runs = files.length > 0 ? await Promise.all(files.map(readSuite)) : [];
  if (runs.length > 0) measure(machine, library, runs);
  else {
    const { suite, without } = generateSuite(library);
    measure(machine, without, [suite]);
  }
  return 0;
}

function measure(machine: string, library: LibraryTexts, suites: readonly Suite[]): void {
  const finders = [quotationIndex, plainIncludes, levenshteinScan].map((build) => build(library));
  const judged = suites.flatMap((suite) => judge(suite, library, finders));
  const characters = library.characters.toLocaleString('en');
  console.log(`\n${machine} · ${library.works.length} works, ${characters} characters\n`);
  console.log(`${findingTable(judged, finders)}\n\n${costTable(judged, finders)}`);
}

/** In turns, so that what else the machine does hits all alike. */
function judge(
  { name, lines }: Suite,
  library: LibraryTexts,
  finders: readonly Finder[],
): Judged[] {
  return lines.map((line) => {
    const outcomes = finders.map(({ find }) => {
      const began = performance.now();
      const passageId = find(line.quote);
      const milliseconds = performance.now() - began;
      if (passageId === undefined) return { outcome: 'missed' as const, milliseconds };
      const isRight = line.gold !== null && library.around(passageId).includes(line.gold);
      return { outcome: isRight ? ('right' as const) : ('wrong' as const), milliseconds };
    });
    return { suite: name, kind: line.kind, present: line.present, outcomes };
  });
}
