import { parseArgs } from 'node:util';

export interface IngestArguments {
  paths: string[];
  title: string | undefined;
  author: string | undefined;
  dynasty: string | undefined;
  category: string | undefined;
  form: string | undefined;
  replaces: string | undefined;
  dryRun: boolean;
  /** A folder of several books is one document all the same. */
  asOne: boolean;
  url: string | undefined;
  email: string | undefined;
}

export const USAGE = `用法：npm run ingest -- <文件或文件夹>… [选项]

  --title <书名>      不写则用文件里写的书名，没有再用文件名
  --author <作者>  --dynasty <朝代>  --category <类别>
  --form <体裁>       verse 诗、primer 蒙书、prose 文、dialogue 对话、sayings 语录；不写则自动判断
  --replaces <编号>   作为这份文献的新版本；new：另立一份
  --dry-run           只看读出了什么，不发布
  --as-one            一个文件夹里有多部书时，也合为一份文献
  --url <网址>        服务的地址，默认取 PUBLIC_URL；没有服务在运行时，由本程序自己处理
  --email <邮箱>      管理员；密码取 ADMIN_PASSWORD，没有则询问

支持 .txt .md .json .csv .docx .epub .zip，以及「书/篇/bitext.txt」一类的古今对照文件夹（一部书一份文献）。`;

/** A sentence for whoever sits at the terminal. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** Null when help was asked for. */
export function readArguments(args: readonly string[]): IngestArguments | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  if (positionals.length === 0) throw new UsageError(`没有说要收哪个文件。\n\n${USAGE}`);
  const { title, author, dynasty, category, form, replaces, url, email } = values;
  if (positionals.length > 1 && (title !== undefined || replaces !== undefined)) {
    throw new UsageError('--title 和 --replaces 只能用于一份文献，请一份一份地收。');
  }
  return {
    ...{ paths: positionals, title, author, dynasty, category, form, replaces, url, email },
    dryRun: values['dry-run'],
    asOne: values['as-one'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ title: text, author: text, dynasty: text, category: text, form: text },
        ...{ replaces: text, url: text, email: text },
        ...{ 'dry-run': flag, 'as-one': flag, help: { ...flag, short: 'h' } },
      },
    });
  } catch (error) {
    throw new UsageError(`看不懂的选项：${(error as Error).message}\n\n${USAGE}`);
  }
}
