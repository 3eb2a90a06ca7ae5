import { Parser } from 'htmlparser2';
import { decodeText } from '../encoding/decode-text.ts';
import { DEEPEST_XML, LONGEST_LINE } from '../limits.ts';
import { RefusedFile } from '../refused-file.ts';
import type { ByteSource } from '../text-source.ts';

/** Told what an XML or XHTML text is made of, in order. */
export interface XmlVisitor {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(name: string): void;
}

const ENTITIES = /<!ENTITY|<!DOCTYPE[^>]{0,500}\[/iu;
/** So much of a chunk is looked at again with the next, for what lies across the border. */
const BORDER = 512;

export interface XmlReading {
  where: string;
  xml: boolean;
  visitor: XmlVisitor;
  /** Awaited after each chunk. */
  drain(): Promise<void>;
}

/** Reads XML as a stream; documents that define entities are refused, none is ever expanded. */
export async function readXml(source: ByteSource, reading: XmlReading): Promise<void> {
  const { where } = reading;
  const text = await decodeText(source, where);
  let run = 0;
  const visitor: XmlVisitor = {
    ...reading.visitor,
    text(piece) {
      run += piece.length;
      reading.visitor.text(piece);
    },
  };
  const parser = createParser(visitor, reading.xml, where);
  let border = '';
  let silent = 0;
  for await (const chunk of text.chunks()) {
    const seen = border + chunk;
    if (ENTITIES.test(seen)) throw new RefusedFile('xml_entities', where);
    border = seen.slice(-BORDER);
    const before = run;
    parser.write(chunk);
    // A tag or a comment without end would be kept until the memory is full.
    if (run === before) silent += chunk.length;
    else silent = 0;
    if (silent > LONGEST_LINE * 4) throw new RefusedFile('damaged', where);
    await reading.drain();
  }
  parser.end();
}

/** Goes through a description that is held whole: styles, contents; or the beginning of a text. */
export function visitXml(xml: string, visitor: Partial<XmlVisitor>): void {
  if (ENTITIES.test(xml)) throw new RefusedFile('xml_entities');
  const nothing = () => {};
  createParser({ open: nothing, text: nothing, close: nothing, ...visitor }, true, null).end(xml);
}

function createParser(visitor: XmlVisitor, xml: boolean, where: string | null): Parser {
  let depth = 0;
  return new Parser(
    {
      onopentag(name, attributes) {
        depth += 1;
        if (depth > DEEPEST_XML) throw new RefusedFile('xml_too_deep', where);
        visitor.open(name, attributes);
      },
      ontext: (text) => visitor.text(text),
      onclosetag(name) {
        depth -= 1;
        visitor.close(name);
      },
    },
    { xmlMode: xml, recognizeSelfClosing: true },
  );
}
