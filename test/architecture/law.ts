/** What one part of the house may use. The longest matching `part` holds. */
export interface Law {
  /** A folder (ends with `/`) or a file of src. */
  readonly part: string;
  /** Other parts it may import; it may always import within itself. */
  readonly parts: readonly string[];
  /** Packages and node modules. */
  readonly modules: readonly string[];
}

const files = ['node:fs', 'node:path'];

/** The import law of ARCHITECTURE.md. To change it, change both. */
export const importLaw: readonly Law[] = [
  { part: 'model/', parts: [], modules: [] },

  { part: 'schema/', parts: ['model/'], modules: ['node:crypto', ...files] },
  { part: 'schema/ajv.ts', parts: ['model/'], modules: ['ajv', 'ajv-formats'] },
  { part: 'schema/document.ts', parts: ['model/', 'schema/'], modules: [...files] },
  { part: 'schema/yaml-text.ts', parts: ['model/', 'schema/'], modules: ['yaml'] },

  {
    part: 'protocol/',
    parts: [],
    modules: ['node:net', 'node:tls', 'node:crypto', 'node:stream', 'node:zlib'],
  },
  {
    part: 'protocol/postgres/password.ts',
    parts: ['protocol/'],
    // promisify: iterations of SCRAM must not hold up the other subjects.
    modules: ['node:crypto', 'node:util'],
  },
  { part: 'protocol/x509/pkcs12.ts', parts: ['protocol/'], modules: ['node-forge', 'node:crypto'] },
  {
    part: 'protocol/http/',
    parts: ['protocol/'],
    modules: ['undici', 'node:net', 'node:tls', 'node:crypto', 'node:stream', 'node:zlib'],
  },

  { part: 'plan/', parts: ['model/', 'schema/'], modules: ['node:dns', 'node:crypto', ...files] },

  {
    part: 'collect/',
    parts: ['model/', 'schema/', 'protocol/'],
    modules: ['node:crypto', 'node:timers/promises'],
  },
  {
    part: 'collect/http-surface/',
    parts: [...inCollect()],
    modules: ['node:crypto', 'node:timers/promises'],
  },
  { part: 'collect/manager-inventory/', parts: [...inCollect()], modules: ['node:timers/promises'] },
  {
    part: 'collect/api/',
    parts: [...inCollect()],
    modules: ['node:crypto', 'node:timers/promises', 'node:path'],
  },
  {
    part: 'collect/api/contents/',
    // The search for credentials is one, whether its text comes from a file or over REST.
    parts: [
      ...inCollect(),
      'collect/api/',
      ...['lines', 'known', 'look-alikes', 'allow'].map((file) => `collect/log-secrets/${file}.ts`),
    ],
    modules: ['node:crypto', 'node:timers/promises'],
  },
  // isIP only: sockets are opened in protocol/.
  { part: 'collect/network-listener/', parts: [...inCollect()], modules: ['node:net'] },
  { part: 'collect/tls-endpoint/', parts: [...inCollect()], modules: ['node:crypto'] },
  {
    part: 'collect/tls-endpoint/files/',
    // Finding files is one, whether logs or certificates are in them.
    parts: [
      ...inCollect(),
      ...['discover', 'glob', 'printable'].map((file) => `collect/log-secrets/${file}.ts`),
    ],
    modules: ['node:fs/promises'],
  },
  {
    part: 'collect/log-secrets/',
    parts: [...inCollect()],
    modules: [
      'node:crypto',
      'node:fs/promises',
      'node:stream',
      'node:v8',
      'node:worker_threads',
      'node:zlib',
      ...files,
    ],
  },
  {
    part: 'collect/log-secrets/served/',
    parts: [...inCollect(), 'collect/log-secrets/'],
    modules: ['node:timers/promises'],
  },
  {
    part: 'collect/log-secrets/decoders.ts',
    parts: [...inCollect(), 'collect/log-secrets/'],
    modules: ['fzstd', 'xz-decompress', 'node:zlib'],
  },
  {
    part: 'collect/log-secrets/bzip2.ts',
    parts: [...inCollect(), 'collect/log-secrets/'],
    modules: ['unbzip2-stream/lib/bit_iterator', 'unbzip2-stream/lib/bzip2'],
  },

  { part: 'evaluate/', parts: ['model/', 'schema/'], modules: [] },
  { part: 'evaluate/catalogue.ts', parts: ['model/', 'schema/', 'evaluate/'], modules: files },
  { part: 'evaluate/find-rule.ts', parts: ['model/', 'schema/', 'evaluate/'], modules: files },
  { part: 'evaluate/package-schema.ts', parts: ['model/', 'schema/', 'evaluate/'], modules: files },
  { part: 'evaluate/profile.ts', parts: ['model/', 'schema/', 'evaluate/'], modules: files },

  { part: 'score/', parts: ['model/'], modules: [] },
  { part: 'report/', parts: ['model/'], modules: [] },
  { part: 'report/html/', parts: ['model/', 'report/*'], modules: ['node:crypto'] },
  { part: 'report/json/', parts: ['model/', 'report/*'], modules: [] },
  { part: 'report/terminal/', parts: ['model/', 'report/*'], modules: ['table', 'picocolors'] },

  {
    part: 'scan.ts',
    parts: ['model/', 'schema/', 'plan/', 'collect/*', 'evaluate/', 'score/', 'report/*'],
    modules: ['node:path'],
  },
  { part: 'index.ts', parts: ['scan.ts', 'model/', 'schema/', ...doors()], modules: [] },
  {
    part: 'cli/',
    parts: ['scan.ts', 'model/', 'schema/', ...doors()],
    modules: ['node:crypto', 'node:os', ...files],
  },
  {
    part: 'cli/demo.ts',
    parts: ['scan.ts', 'cli/', 'model/', 'schema/', 'fixtures/deployment/', ...doors()],
    modules: ['node:os', ...files],
  },
  { part: 'cli/program.ts', parts: ['cli/', 'model/', ...doors()], modules: ['commander'] },
  { part: 'main.ts', parts: ['cli/', 'model/', 'schema/'], modules: files },
];

/** Each package enters by one door. */
export const packageDoors: Readonly<Record<string, string>> = {
  fzstd: 'collect/log-secrets/decoders.ts',
  'xz-decompress': 'collect/log-secrets/decoders.ts',
  'unbzip2-stream': 'collect/log-secrets/bzip2.ts',
  ajv: 'schema/ajv.ts',
  'ajv-formats': 'schema/ajv.ts',
  commander: 'cli/program.ts',
  'node-forge': 'protocol/x509/pkcs12.ts',
  picocolors: 'report/terminal/',
  table: 'report/terminal/',
  undici: 'protocol/http/',
  yaml: 'schema/yaml-text.ts',
};

/** Parts after the seam (and the border they share): they know neither time nor network nor environment. */
export const timeless = ['model/', 'schema/', 'evaluate/', 'score/', 'report/'];

/** What knows time, network or environment, as the sources write it. */
export const worldly =
  /^(process|fetch|performance|setTimeout|setInterval|setImmediate|WebSocket|navigator|globalThis|Intl|Date\.now|new Date\(\)|Math\.random|crypto)(\.|$)/;

/** Exports whose user is still to come. Take a line out when it has come, or when the export has gone. */
export const waiting: readonly string[] = [
  'src/collect/log-secrets/detector.ts: loadDetectors',
  'src/protocol/amqp/preface.ts: protocolHeader',
  'src/protocol/amqp/preface.ts: readPreface',
  'src/protocol/http/client.ts: defaultLimits',
  'src/protocol/http/index.ts: defaultLimits',
  'src/protocol/x509/index.ts: isSelfSigned',
  'src/report/html/rules.ts: ruleState',
  'src/report/html/rules.ts: shortDigest',
  'src/report/reading.ts: isOpen',
  'src/schema/document.ts: readText',
];

/** Words that say nothing of what a file holds. */
export const emptyWords = ['utils', 'util', 'common', 'helper', 'helpers', 'misc', 'shared'];

/** A collector may use what all collectors share, never another collector. */
function inCollect(): readonly string[] {
  return ['model/', 'schema/', 'protocol/', 'collect/*'];
}

/** The files by which a stage is entered from outside. */
function doors(): readonly string[] {
  return [
    'plan/index.ts',
    'collect/index.ts',
    'collect/run.ts',
    'collect/manager-inventory/index.ts',
    'evaluate/index.ts',
    // One rule by its id, without compiling the catalogue.
    'evaluate/find-rule.ts',
    'score/index.ts',
    'report/index.ts',
  ];
}
