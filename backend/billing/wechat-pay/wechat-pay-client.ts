import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Logger } from '../../logger.ts';
import {
  createPlatformCertificates,
  type PlatformKeys,
  publicKeyBeside,
  type UnverifiedReply,
} from './platform-keys.ts';
import { distrustOf, readSignature } from './verification.ts';
import { authorizationOf } from './wechat-pay-crypto.ts';
import { WechatPayError } from './wechat-pay-error.ts';

export interface WechatPaySettings {
  baseUrl: string;
  mchId: string;
  appId: string;
  serialNo: string;
  privateKey: string;
  apiV3Key: string;
  publicKey: { id: string; pem: string } | undefined;
}

/** Signs what goes out and believes only what comes back signed. */
export interface WechatPayClient {
  settings: WechatPaySettings;
  keys: PlatformKeys;
  /** `path` with its query. Throws {@link WechatPayError}. */
  get<Reply extends z.ZodType>(path: string, reply: Reply): Promise<z.output<Reply>>;
  post<Reply extends z.ZodType>(path: string, body: object, reply: Reply): Promise<z.output<Reply>>;
  /** A file whose address and hash a signed reply named. */
  download(address: string, sha1: string): Promise<string>;
}

interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
}

interface Answer extends UnverifiedReply {
  status: number;
}

const TIMEOUT_MS = 8_000;
const DOWNLOAD_TIMEOUT_MS = 60_000;
/** Answered to merchants who never had any, or have them no more. */
const NO_CERTIFICATES = 404;

const failureSchema = z.object({ code: z.string() });

export function createWechatPayClient(
  settings: WechatPaySettings,
  logger: Logger,
  timeoutMs = TIMEOUT_MS,
): WechatPayClient {
  const { publicKey, apiV3Key } = settings;
  const download = async () => {
    // Signed with one of the certificates, which only who does not ask for the public key gets.
    const asking = { ...settings, publicKey: undefined };
    const reply = await send(asking, { method: 'GET', path: '/v3/certificates' }, timeoutMs);
    return publicKey && reply.status === NO_CERTIFICATES ? undefined : reply;
  };
  const certificates = createPlatformCertificates({ download, apiV3Key, logger });
  const keys = publicKey ? publicKeyBeside(certificates, publicKey) : certificates;

  async function call<Reply extends z.ZodType>(request: Call, schema: Reply) {
    const what = `${request.method} ${request.path.replace(/\?.*/, '')}`;
    const answer = await send(settings, request, timeoutMs);
    const distrust = await distrustOf(answer, keys).catch((cause: unknown) => {
      throw new WechatPayError('UNREACHABLE', what, { cause });
    });
    const { status, body } = answer;
    const failed = status < 200 || status >= 300;
    // Gateways in front of WeChat Pay sign nothing; whoever signs, however, signs right.
    if (distrust && !(failed && distrust === 'unsigned')) {
      throw new WechatPayError('BAD_SIGNATURE', `${what} (${distrust})`, { status });
    }
    if (failed) throw new WechatPayError(codeIn(body), what, { status });
    const parsed = schema.safeParse(body === '' ? {} : readJson(body));
    if (!parsed.success) throw new WechatPayError('UNREADABLE', what, { status });
    return parsed.data;
  }

  return {
    settings,
    keys,
    get: (path, reply) => call({ method: 'GET', path }, reply),
    post: (path, body, reply) => call({ method: 'POST', path, body: JSON.stringify(body) }, reply),
    async download(address, sha1) {
      // Wherever the address points, a file is fetched from where WeChat Pay was told to be.
      const { pathname, search } = new URL(address);
      const path = pathname + search;
      const answer = await send(settings, { method: 'GET', path }, DOWNLOAD_TIMEOUT_MS);
      const { status, body } = answer;
      if (status !== 200) throw new WechatPayError(codeIn(body), 'download', { status });
      if (createHash('sha1').update(body).digest('hex') !== sha1.toLowerCase()) {
        throw new WechatPayError('BAD_SIGNATURE', 'download');
      }
      return body;
    },
  };
}

async function send(
  settings: WechatPaySettings,
  { method, path, body = '' }: Call,
  timeoutMs: number,
): Promise<Answer> {
  const { baseUrl, publicKey } = settings;
  try {
    const response = await fetch(baseUrl + path, {
      method,
      headers: {
        Accept: 'application/json',
        Authorization: authorizationOf(settings, { method, path, body }),
        'User-Agent': 'guoxue-tutor',
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        // Asks for replies signed with the key that we have.
        ...(publicKey ? { 'Wechatpay-Serial': publicKey.id } : {}),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body ? { body } : {}),
    });
    const signed = readSignature((name) => response.headers.get(name));
    // Not text(): it would swallow the byte order mark that was hashed and signed with the rest.
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, body: bytes.toString('utf8'), signed };
  } catch (cause) {
    throw new WechatPayError('UNREACHABLE', `${method} ${path.replace(/\?.*/, '')}`, { cause });
  }
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function codeIn(body: string): string {
  return failureSchema.safeParse(readJson(body)).data?.code ?? 'UNREADABLE';
}
