import { isContentsHeading } from './contents-list.ts';
import type { FoundHeading } from './headings.ts';

/** Keeps which 卷 the current 章 stands in. */
export interface HeadingPath {
  /** The names from the outermost to this one. */
  enter(heading: FoundHeading): string[];
}

export function createHeadingPath(): HeadingPath {
  let open: FoundHeading[] = [];
  return {
    enter(heading) {
      const around = open.filter(({ level }) => level < heading.level);
      // Nothing stands in a table of contents, however its heading was set.
      const isAlone = heading.alone || isContentsHeading(heading.title);
      open = isAlone ? around : [...around, heading];
      return [...around, heading].map(({ title }) => title);
    },
  };
}
