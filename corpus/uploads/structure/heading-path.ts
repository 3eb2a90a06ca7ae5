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
      open = heading.alone ? around : [...around, heading];
      return [...around, heading].map(({ title }) => title);
    },
  };
}
