import type { ParseInput } from '../../backend/documents/parsing/parse-document.ts';
import { readBack } from './upload-files.ts';

export const LEARN = '子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？」';
export const RULE = '子曰：「為政以德，譬如北辰，居其所而眾星共之。」';
export const STUDY = '子曰：「學而不思則罔，思而不學則殆。」';
export const LONG = '臣聞求木之長者，必固其根本；欲流之遠者，必浚其泉源；思國之安者，必積其德義。';

/** The paragraphs of each chapter that is found in a plain text. */
export const bookOf = async (text: string, about: Partial<ParseInput> = {}) =>
  (await readBack('a.txt', text, about)).book;
