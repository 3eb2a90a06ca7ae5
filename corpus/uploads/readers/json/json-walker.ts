import { Tokenizer, TokenType } from '@streamparser/json';
import { DEEPEST_JSON, LONGEST_LINE } from '../../limits.ts';
import { RefusedFile } from '../../refused-file.ts';

/** Told what a JSON text is made of, in order; the key is null in an array and at the top. */
export interface JsonVisitor {
  openObject(key: string | null): void;
  openArray(key: string | null): void;
  close(): void;
  scalar(key: string | null, value: string | number | boolean | null): void;
}

export interface JsonWalker {
  write(chunk: string): void;
  end(): void;
}

/** Bytes a single string may be spread over before it certainly is too long. */
const LONGEST_TOKEN = LONGEST_LINE * 6;

interface Level {
  object: boolean;
  key: string | null;
  /** What may come next. */
  expects: 'first' | 'key' | 'colon' | 'value' | 'comma';
}

/**
 * Checks the grammar over a tokenizer that only knows words. Texts may follow each other, as in JSON
 * Lines; nothing is kept but the way down to where it is.
 */
export function createJsonWalker(visitor: JsonVisitor, where: string | null): JsonWalker {
  const tokenizer = new Tokenizer();
  const levels: Level[] = [];
  let written = 0;
  let lastToken = 0;
  let values = 0;

  const fault = () => new RefusedFile('bad_json', where);

  function takeValue(): string | null {
    const level = levels.at(-1);
    if (!level) {
      values += 1;
      return null;
    }
    const allowed = level.object ? level.expects === 'value' : level.expects !== 'comma';
    if (!allowed) throw fault();
    level.expects = 'comma';
    return level.key;
  }

  function open(object: boolean): void {
    const key = takeValue();
    if (levels.length >= DEEPEST_JSON) throw new RefusedFile('nested_too_deep', where);
    levels.push({ object, key: null, expects: 'first' });
    if (object) visitor.openObject(key);
    else visitor.openArray(key);
  }

  function close(object: boolean): void {
    const level = levels.pop();
    const complete = level?.expects === 'comma' || level?.expects === 'first';
    if (!level || level.object !== object || !complete) throw fault();
    visitor.close();
  }

  function string(value: string): void {
    if (value.length > LONGEST_LINE) throw new RefusedFile('line_too_long', where);
    const level = levels.at(-1);
    if (level?.object && (level.expects === 'first' || level.expects === 'key')) {
      level.key = value;
      level.expects = 'colon';
    } else visitor.scalar(takeValue(), value);
  }

  tokenizer.onError = (error) => {
    throw error instanceof RefusedFile ? error : fault();
  };
  tokenizer.onToken = ({ token, value, offset }) => {
    lastToken = offset;
    const level = levels.at(-1);
    if (token === TokenType.STRING) string(value as string);
    else if (token === TokenType.LEFT_BRACE) open(true);
    else if (token === TokenType.LEFT_BRACKET) open(false);
    else if (token === TokenType.RIGHT_BRACE) close(true);
    else if (token === TokenType.RIGHT_BRACKET) close(false);
    else if (token === TokenType.COLON) {
      if (level?.expects !== 'colon') throw fault();
      level.expects = 'value';
    } else if (token === TokenType.COMMA) {
      if (level?.expects !== 'comma') throw fault();
      level.expects = level.object ? 'key' : 'value';
    } else if (token !== TokenType.SEPARATOR) {
      visitor.scalar(takeValue(), value as number | boolean | null);
    }
  };

  function attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      throw error instanceof RefusedFile ? error : fault();
    }
  }

  return {
    write(chunk) {
      attempt(() => tokenizer.write(chunk));
      written += Buffer.byteLength(chunk);
      if (written - lastToken > LONGEST_TOKEN) throw new RefusedFile('line_too_long', where);
    },
    end() {
      if (!tokenizer.isEnded) attempt(() => tokenizer.end());
      if (levels.length > 0 || values === 0) throw fault();
    },
  };
}
