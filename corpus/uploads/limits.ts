/** Characters of a line, a paragraph or a string; a whole long novel has fewer than a million. */
export const LONGEST_LINE = 2_000_000;

/** Files and folders of an archive. */
export const MOST_ENTRIES = 20_000;

/** Bytes of all files of an archive together, as they really come out of it. */
export const LARGEST_INSIDE = 1024 ** 3;

/** How many times larger than packed a file may become: text grows to ten times, its marks to forty. */
export const LARGEST_RATIO = 100;

/** Below so many bytes no ratio is suspicious. */
export const HARMLESS_INSIDE = 1024 ** 2;

/** Bytes of an XML file that describes others: styles, contents. Texts themselves are streamed. */
export const LARGEST_DESCRIPTION = 8 * 1024 ** 2;

/** Arrays and objects inside each other. */
export const DEEPEST_JSON = 64;

/** Elements inside each other; a table in a table in a note has some thirty. */
export const DEEPEST_XML = 256;
