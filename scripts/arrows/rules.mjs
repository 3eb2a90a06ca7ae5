/** The arrows of docs/architecture.md. Each rule names what is refused, as dependency-cruiser wants it. */
const DOMAINS = ['accounts', 'admin', 'billing', 'chat', 'documents', 'jobs', 'library'];
const domains = `^backend/(${DOMAINS.join('|')})/`;
const OURS = '^(ai|backend|corpus|migrations|tasks|tests|web)/';

const refuse = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Files of `room` import nothing of ours but what matches `allowed`. */
const only = (room, comment, ...allowed) =>
  refuse(
    `${room.replace(/\W+$/, '').replaceAll('/', '-')}-arrows`,
    comment,
    { path: `^${room}` },
    { path: OURS, pathNot: [`^${room}`, ...allowed.map((path) => `^${path}`)] },
  );

const common = ['backend/errors\\.ts', 'backend/logger\\.ts'];

const rooms = [
  only('ai/', 'ai knows nothing of the program around it'),
  only('corpus/', 'readers of sources stand alone'),
  only('migrations/', 'a migration must mean the same for ever'),
  only('web/', 'the page shares nothing with the server but the HTTP contract'),
  only('tasks/', 'processors call services', 'backend/'),
  only(
    'backend/http/',
    'HTTP knows no domain',
    ...common,
    'backend/platform/',
    'backend/config\\.ts',
  ),
  only(
    'backend/mail/',
    'mail knows no domain',
    ...common,
    'backend/config\\.ts',
    'backend/platform/make-folder\\.ts',
  ),
  only(
    'backend/moderation/',
    'whoever judges texts knows no domain',
    ...common,
    'backend/config\\.ts',
    'backend/platform/',
  ),
  only('backend/realtime/', 'an event log knows no domain', ...common, 'backend/platform/'),
  only('backend/citations/', 'shared vocabulary of chat and library', 'ai/', 'backend/http/'),
];

const platform = [
  refuse(
    'platform-arrows',
    'adapters know nothing of what they carry',
    {
      path: '^backend/platform/',
      pathNot: '^backend/platform/((open-)?platform|observation|metrics/(model-calls|stages))\\.ts',
    },
    {
      path: OURS,
      pathNot: [
        '^backend/platform/',
        '^backend/(config|observation-config|errors|logger|version)\\.ts',
        '^migrations/index\\.ts',
      ],
    },
  ),
  refuse(
    'open-platform-arrows',
    'the switch also opens what ai and realtime need, and watches it',
    { path: '^backend/platform/((open-)?platform|observation|metrics/(model-calls|stages))\\.ts' },
    {
      path: OURS,
      pathNot: [
        '^backend/platform/',
        '^backend/(config|errors|logger|version)\\.ts',
        '^ai/stages\\.ts',
        '^backend/mail/(create-mailer|mailer)\\.ts',
        '^backend/realtime/[\\w-]*event-store\\.ts',
        '^ai/(memory|providers|rag|tokens)/',
      ],
    },
  ),
];

const domainArrows = [
  refuse(
    'domain-to-domain',
    'another domain only through a service handed over in compose.ts',
    { path: '^backend/([^/]+)/', pathNot: '^backend/(backup|ingest|roles|startup)/' },
    { path: domains, pathNot: '^backend/$1/' },
  ),
  refuse(
    'domain-arrows',
    'a domain is composed, it does not compose',
    { path: domains },
    {
      path: '^(corpus|migrations|tasks|web)/|^backend/(ingest/|roles/|startup/|compose|main\\.ts|config\\.ts)',
      // What ingestion reads: the shape every reader of the corpus brings its source into, and the
      // readers of uploaded files with what these lean on.
      pathNot: '^corpus/((source-work|irregularities|unique-titles)\\.ts|uploads/)',
    },
  ),
];

const everywhere = [
  refuse('no-tests', 'nothing imports tests', { pathNot: '^tests/' }, { path: '^tests/' }),
  refuse('no-cycles', 'no cycles, not even of types', {}, { circular: true }),
  refuse(
    'resolvable',
    'an import that leads nowhere checks nothing',
    {},
    { couldNotResolve: true },
  ),
];

/** A vendor's package → the file or files that adapt it. */
const ADAPTERS = {
  '@electric-sql/pglite': ['backend/platform/database/embedded-database'],
  '@streamparser/json': ['corpus/uploads/readers/json/json-walker'],
  '@elastic/ecs-pino-format': ['backend/logger'],
  '@opentelemetry': ['backend/platform/tracing/open-telemetry'],
  '@sentry/core': ['backend/startup/sentry'],
  '@langchain/community': ['ai/rag/chroma-collection'],
  '@langchain/openai': ['ai/providers/chat-completions', 'ai/rag/embeddings/openai-embeddings'],
  '@zxcvbn-ts/language-common': ['backend/accounts/passwords/common-passwords'],
  '@node-rs/argon2': ['backend/accounts/passwords/password-hash'],
  busboy: ['backend/documents/receive-upload'],
  bull: ['backend/platform/queue/bull-job-queue'],
  chardet: ['corpus/uploads/encoding/detect-encoding'],
  chromadb: ['ai/rag/chroma-collection'],
  'cli-progress': ['backend/startup/announcement', 'backend/ingest/follow-job'],
  'chinese-days': ['backend/billing/prices/peak-hours'],
  'csv-parse': ['corpus/uploads/readers/csv'],
  'csv-stringify': ['backend/billing/transaction-csv'],
  htmlparser2: ['corpus/uploads/readers/(xml-stream|docx-styles|epub-package)'],
  'iconv-lite': [
    'corpus/uploads/encoding/(decode-text|detect-encoding|ordinary-characters)',
    'corpus/uploads/archive/entry-name',
  ],
  ioredis: ['backend/platform/redis-connection'],
  jsonwebtoken: ['backend/accounts/logins/access-tokens'],
  knex: ['backend/platform/database/(embedded|postgres)-database'],
  marked: ['corpus/uploads/readers/markdown'],
  nodemailer: ['backend/mail/smtp-mailer'],
  'opencc-js': ['ai/rag/folding', 'web/src/script/load-converter'],
  passport: ['backend/accounts/(passport-strategies|wechat/wechat-strategy)'],
  'passport-jwt': ['backend/accounts/passport-strategies'],
  'passport-local': ['backend/accounts/passport-strategies'],
  pg: [],
  'pinyin-pro': ['ai/pinyin/read-in-context'],
  pino: ['backend/(logger|redaction)', 'backend/startup/log-file'],
  'prom-client': ['backend/platform/metrics/metrics'],
  'rate-limiter-flexible': ['backend/http/rate-limit'],
  'wechatpay-axios-plugin': ['backend/billing/wechat-pay/wechat-pay-crypto'],
  'wechat-oauth': ['backend/accounts/wechat/wechat-oauth-client'],
  'qrcode.react': ['web/src/billing/payment-code'],
  ws: ['backend/realtime/web-sockets'],
  yauzl: ['corpus/uploads/archive/archive', 'backend/backup/archive-reader'],
  yazl: ['backend/ingest/zip-folder', 'backend/backup/archive-writer'],
  'zod-openapi': ['backend/http/openapi'],
};

const vendors = Object.entries(ADAPTERS).map(([vendor, files]) =>
  refuse(
    `only-adapter-${vendor.replace(/\W+/g, '-')}`,
    `${vendor} is imported by its adapter only`,
    { path: OURS, pathNot: ['^tests/', ...files.map((file) => `^${file}\\.ts`)] },
    { path: `node_modules/${vendor}/` },
  ),
);

export const rules = [...rooms, ...platform, ...domainArrows, ...everywhere, ...vendors];
