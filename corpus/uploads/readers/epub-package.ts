import { posix } from 'node:path';
import type { Archive } from '../archive/archive.ts';
import { type FileNames, tidyNames } from '../names/file-names.ts';
import { RefusedFile } from '../refused-file.ts';
import { visitXml, type XmlVisitor } from './xml-stream.ts';

/** A place in the book that its table of contents names. */
export interface NavigationPoint {
  title: string;
  level: number;
}

export interface EpubPackage {
  /** The texts, in reading order, by their names in the archive. */
  spine: string[];
  /** By file, or file and 「#」 and mark. */
  navigation: Map<string, NavigationPoint>;
  names: FileNames;
}

export async function readPackage(archive: Archive, where: string | null): Promise<EpubPackage> {
  const { path, description } = await readDescription(archive, where);
  await refuseProtected(archive, where);
  const folder = posix.dirname(path);
  const items = new Map<string, Record<string, string>>();
  const order: string[] = [];
  let contents = '';
  visit(description, {
    open(name, attributes) {
      if (name === 'item') items.set(attributes.id ?? '', attributes);
      else if (name === 'itemref' && attributes.linear !== 'no') order.push(attributes.idref ?? '');
      else if (name === 'spine') contents = attributes.toc ?? '';
    },
  });
  const pathOf = (id: string) => resolve(folder, items.get(id)?.href ?? '');
  const nav = [...items].find(([, { properties }]) => properties?.split(' ').includes('nav'))?.[0];
  const navigation = new Map<string, NavigationPoint>();
  const ncx =
    contents || [...items].find(([, item]) => /dtbncx/u.test(item['media-type'] ?? ''))?.[0];
  if (ncx) readNcx(await archive.readSmall(pathOf(ncx)), pathOf(ncx), navigation);
  if (nav) readNav(await archive.readSmall(pathOf(nav)), pathOf(nav), navigation);
  const spine = order.map(pathOf).filter((page) => page !== (nav ? pathOf(nav) : ''));
  return { spine, navigation, names: namesIn(description) };
}

export async function epubNames(archive: Archive): Promise<FileNames> {
  return namesIn((await readDescription(archive, null)).description);
}

/** What the book is made of and called, as it describes itself. */
async function readDescription(archive: Archive, where: string | null) {
  const container = (await archive.readSmall('META-INF/container.xml')) ?? '';
  const path = /full-path\s*=\s*["']([^"']+)["']/u.exec(container)?.[1];
  const description = path ? await archive.readSmall(path) : null;
  if (!path || description === null) throw new RefusedFile('wrong_content', where);
  return { path, description };
}

/** Its first title, and all who are its authors. */
function namesIn(description: string): FileNames {
  const titles: string[] = [];
  const authors: string[] = [];
  let said: string[] | null = null;
  visit(description, {
    open(name, attributes) {
      if (name === 'dc:title') said = titles;
      else if (name === 'dc:creator' && /^(?:aut)?$/u.test(attributes['opf:role'] ?? '')) {
        said = authors;
      } else return;
      said.push('');
    },
    text(text) {
      said?.push((said.pop() ?? '') + text);
    },
    close(name) {
      if (name === 'dc:title' || name === 'dc:creator') said = null;
    },
  });
  const [title] = titles;
  return tidyNames({
    ...(title && { title }),
    author: authors.map((one) => one.trim()).join('、'),
  });
}

/** Fonts may be scrambled; texts that are cannot be read. */
async function refuseProtected(archive: Archive, where: string | null): Promise<void> {
  const encryption = (await archive.readSmall('META-INF/encryption.xml')) ?? '';
  const protectedText = /CipherReference[^>]+URI\s*=\s*["'][^"']+\.(?:x?html?|xml)["']/iu;
  if (
    protectedText.test(encryption) ||
    archive.entries.some(({ name }) => name === 'META-INF/rights.xml')
  ) {
    throw new RefusedFile('encrypted', where);
  }
}

function readNcx(xml: string | null, path: string, navigation: Map<string, NavigationPoint>): void {
  const titles: string[] = [];
  let inText = false;
  visit(xml ?? '', {
    open(name, attributes) {
      if (name === 'navPoint') titles.push('');
      else if (name === 'text') inText = true;
      else if (name === 'content' && titles.length > 0) {
        addPoint(navigation, path, attributes.src, titles.at(-1), titles.length);
      }
    },
    text(text) {
      if (inText && titles.length > 0) titles.push((titles.pop() ?? '') + text);
    },
    close(name) {
      if (name === 'navPoint') titles.pop();
      else if (name === 'text') inText = false;
    },
  });
}

function readNav(xml: string | null, path: string, navigation: Map<string, NavigationPoint>): void {
  let inContents = false;
  let level = 0;
  let link: { href: string | undefined; title: string } | null = null;
  visit(xml ?? '', {
    open(name, attributes) {
      if (name === 'nav') inContents = /toc/u.test(attributes['epub:type'] ?? 'toc');
      else if (name === 'ol') level += 1;
      else if (name === 'a' && inContents) link = { href: attributes.href, title: '' };
    },
    text(text) {
      if (link) link.title += text;
    },
    close(name) {
      if (name === 'nav') inContents = false;
      else if (name === 'ol') level -= 1;
      else if (name === 'a' && link) {
        addPoint(navigation, path, link.href, link.title, Math.max(1, level));
        link = null;
      }
    },
  });
}

function addPoint(
  navigation: Map<string, NavigationPoint>,
  from: string,
  href: string | undefined,
  title: string | undefined,
  level: number,
): void {
  const name = title?.replace(/\s+/gu, ' ').trim() ?? '';
  if (!href || name === '') return;
  const [file = '', mark] = href.split('#');
  const path = file === '' ? from : resolve(posix.dirname(from), file);
  for (const key of mark ? [`${path}#${mark}`] : [path])
    navigation.set(key, { title: name, level });
}

function resolve(folder: string, href: string): string {
  const plain = href.split('#')[0] ?? '';
  return posix.normalize(posix.join(folder, decode(plain)));
}

function decode(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** Whichever prefixes the names of its elements have. */
function visit(xml: string, visitor: Partial<XmlVisitor>): void {
  const bare = (name: string) => name.replace(/^(?:opf|ncx|xhtml):/u, '');
  visitXml(xml, {
    ...visitor,
    open: (name, attributes) => visitor.open?.(bare(name), attributes),
    close: (name) => visitor.close?.(bare(name)),
  });
}
