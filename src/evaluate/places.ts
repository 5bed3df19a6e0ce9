import type { Evidence, EvidenceType } from '../model/evidence';
import type { CertificateFile } from '../model/certificate-files';
import type {
  AnchorFacts,
  CertificateFacts,
  HostCoverage,
  PathVerdict,
  PinVerdict,
  RevocationFact,
  TlsDeployment,
  TlsEndpoint,
} from '../model/tls-endpoint';
import { shorten } from '../model/visible';
import { unescapeToken } from '../model/pointer';

/** What the reader calls an entry of the evidence: which certificate, which file, which key. */
type Tell<Data> = (entry: never, data: Data) => string;

/** Observed evidence of any type. */
export type Judged = Evidence & { readonly state: 'observed' };

/** By evidence type and place; `*` is any entry of a list. A pointer alone tells an operator nothing. */
const places: Readonly<Partial<Record<EvidenceType, Readonly<Record<string, Tell<never>>>>>> = {
  'tls.endpoint': {
    '/chain/*': (entry: CertificateFacts, { chain }: TlsEndpoint) =>
      `${entry.position === 0 ? 'server certificate' : `certificate ${String(entry.position + 1)} of ${String(chain.length)} sent`} ${certificate(entry)}`,
    '/hosts/*': ({ host, declaredAt }: HostCoverage, { chain }: TlsEndpoint) =>
      `${host} (${declaredAt}), while ${names(chain[0])}`,
    '/path': pathText,
    '/path/authorities/*': (ca: AnchorFacts) => `the declared CA ${certificate(ca)}`,
    '/revocation/*': ({ subject, reason }: RevocationFact) => `revocation of ${quote(subject)}: ${reason}`,
    '/clientCertificates': ({ note }: TlsEndpoint['clientCertificates']) => note ?? '',
    '/disk/testCa': (_: string, { chain }: TlsEndpoint) =>
      chain[0] === undefined ? '' : certificate(chain[0]),
    '/pins/*': ({ holder, node }: PinVerdict) =>
      holder === 'agent' ? `agent ${node ?? 'of unknown name'}` : 'profile of the cfy command',
  },
  'tls.deployment': {
    '/internalIssuers/*': ({ issuer, sha256, endpoints }: Issuer) =>
      `${quote(issuer)} (${sha256 === null ? 'known by its name only' : `SHA-256 ${sha256.slice(0, 12)}…`}) of ${some(endpoints)}`,
    '/keys/*': (key: Key) => keyText(key),
    '/keys/*/signed/*': ({ subject, sha256 }: Key['signed'][number]) =>
      `the certificate ${quote(subject)} (SHA-256 ${sha256.slice(0, 12)}…)`,
    '/unseenIssuers/*': ({ endpoint, issuer, subject }: TlsDeployment['unseenIssuers'][number]) =>
      `the CA ${quote(issuer)}, neither sent nor declared, which signed ${quote(subject)} of ${endpoint}`,
    '/sharedPrimes/*': (pair: readonly string[], { keys }: TlsDeployment) =>
      pair
        .map((spki) => keyText(keys.find(({ spkiSha256 }) => spkiSha256 === spki) ?? { spkiSha256: spki }))
        .join(' and '),
  },
  'certificate.file': {
    '/files/*': ({ path, mode, privateKeys }: CertificateFile) =>
      `${path}, mode ${mode}, ${privateKeys.length > 0 ? `with the private key of ${keyOwners(privateKeys)}` : 'without a private key'}`,
    '/files/*/certificates/*': (entry: CertificateFacts) => certificate(entry),
  },
};

type Issuer = TlsDeployment['internalIssuers'][number];
type Key = TlsDeployment['keys'][number];

/** What a pointer into evidence leads through, in words, outermost first; empty where nothing on the way has a name. */
export function placeOf(evidence: Judged, pointer: string): string {
  return namesOn(evidence, pointer)
    .filter((name) => name !== '')
    .join(': ');
}

/** What stands at a pointer itself is called; empty where it has no name. */
export function nameOf(evidence: Judged, pointer: string): string {
  return namesOn(evidence, pointer).at(-1) ?? '';
}

function namesOn({ type, data }: Judged, pointer: string): readonly string[] {
  const known = places[type] as Readonly<Record<string, Tell<unknown>>> | undefined;
  if (known === undefined) return [];
  const names: string[] = [];
  let value: unknown = data;
  let pattern = '';
  for (const token of pointer.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') break;
    pattern += `/${Array.isArray(value) ? '*' : token}`;
    value = (value as Readonly<Record<string, unknown>>)[unescapeToken(token)];
    if (value === undefined) break;
    names.push(known[pattern]?.(value as never, data) ?? '');
  }
  return names;
}

function certificate({ subject, issuer, serial, notBefore, notAfter }: AnchorFacts): string {
  return `${subject === '' ? `serial ${serial}` : quote(subject)} of ${quote(issuer)}, valid ${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
}

function names(leaf: CertificateFacts | undefined): string {
  if (leaf === undefined) return 'no certificate is known';
  const all = [...leaf.sanDns.map((name) => `DNS:${name}`), ...leaf.sanIp.map((name) => `IP:${name}`)];
  return `${quote(leaf.subject)} names ${all.length === 0 ? 'nothing in a subjectAltName' : some(all)}`;
}

function pathText({ steps, authorities, trusted }: PathVerdict): string {
  const way = steps.map(
    ({ subject, source }) => `${quote(subject)} (${source === 'declared' ? 'a declared CA' : 'sent'})`,
  );
  if (way.length === 0) return '';
  const against =
    authorities.length > 0 || trusted.length === 0 ? '' : `, held against ${some(trusted.map(quote))}`;
  return `path ${way.join(' ← ')}${against}`;
}

function keyText({ spkiSha256, endpoints }: Pick<Key, 'spkiSha256'> & Partial<Key>): string {
  const of = endpoints === undefined ? '' : ` of ${some(endpoints)}`;
  return `key ${spkiSha256.slice(0, 12)}…${of}`;
}

function keyOwners(keys: CertificateFile['privateKeys']): string {
  const owners = keys.map(({ ofCa, certificates }) =>
    ofCa
      ? 'a CA'
      : certificates === null || certificates.length === 0
        ? 'no certificate here'
        : some(certificates),
  );
  return [...new Set(owners)].join(' and ');
}

const quote = (name: string): string => {
  const { text, cut } = shorten(name, 120);
  return `"${text}${cut > 0 ? '…' : ''}"`;
};

/** Names in a sentence: the first dozen. */
function some(list: readonly string[]): string {
  const rest = list.length - mostNamed;
  return `${list.slice(0, mostNamed).join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
}

const mostNamed = 12;
