import type { DiskComparison, TlsService } from '../../../model/tls-endpoint';
import { type Certificate, validatePath } from '../../../protocol/x509';
import type { ReadFile, ReadSource } from './read';

/** Where Cloudify 7.1 keeps what a service presents: cfy_manager copies every supplied certificate to these places. */
interface Place {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
}

const ssl = (certificate: string, key: string): Place => ({ folder: '/etc/cloudify/ssl', certificate, key });
const internal = ssl('cloudify_internal_cert.pem', 'cloudify_internal_key.pem');
const external = ssl('cloudify_external_cert.pem', 'cloudify_external_key.pem');
const rabbitmq = ssl('rabbitmq-cert.pem', 'rabbitmq-key.pem');

const places: Readonly<Record<TlsService, readonly Place[]>> = {
  // nginx presents the internal certificate to users where there is no external one.
  'rest-external': [external, internal],
  'rest-internal': [internal],
  monitoring: [ssl('monitoring_cert.pem', 'monitoring_key.pem')],
  amqp: [rabbitmq],
  'amqp-management': [rabbitmq],
  postgresql: [{ folder: '/pgsql/14/data', certificate: 'server.crt', key: 'server.key' }],
  patroni: [{ folder: '/patroni', certificate: 'rest.crt', key: 'rest.key' }],
  etcd: [{ folder: '/etc/etcd', certificate: 'etcd.crt', key: 'etcd.key' }],
};

/** Compares what a listener presents with the files that its node declares. */
export function compareWithDisk(
  leaf: Certificate,
  service: TlsService,
  node: string,
  sources: readonly ReadSource[],
): DiskComparison {
  const own = sources.filter((source) => source.holder === 'node' && source.node === node);
  const files = own.flatMap((source) => source.files);
  const nothing = { files: [], key: 'not-found', mismatch: null, testCa: testCaOf(leaf, sources) } as const;
  if (own.length === 0) return { ...nothing, state: 'not-declared' };
  const found = places[service].flatMap((place) => {
    const candidates = candidatesOf(place, files);
    return candidates.length === 0 ? [] : [{ place, candidates }];
  });
  if (found.length === 0) {
    const names = new Set(places[service].map(({ certificate }) => certificate));
    const hidden = own.flatMap(({ notRead }) => notRead).filter(({ path }) => names.has(nameOf(path)));
    return hidden.length === 0
      ? { ...nothing, state: 'not-found' }
      : { ...nothing, state: 'unreadable', files: hidden.map(({ path }) => path) };
  }
  const same = found.filter(({ candidates }) => candidates.some((file) => holds(file, leaf)));
  const [best] = same.length > 0 ? same : found;
  if (best === undefined) return { ...nothing, state: 'not-found' };
  const { candidates } = best;
  const paths = candidates.map(({ path }) => path);
  if (candidates.every(({ certificates }) => certificates.length === 0))
    return { ...nothing, state: 'unreadable', files: paths };
  if (same.length === 0)
    return { ...nothing, state: 'other', files: paths, mismatch: differs(candidates[0], leaf) };
  if (!candidates.every((file) => holds(file, leaf))) return { ...nothing, state: 'ambiguous', files: paths };
  const key = keyBeside(candidates, best.place, files, leaf);
  return {
    ...nothing,
    state: 'same',
    files: paths,
    key: key.state,
    mismatch:
      key.state === 'other'
        ? `${key.path} is not the key of the certificate in ${paths[0] ?? ''}: the service will not start again`
        : null,
  };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
const holds = ({ certificates }: ReadFile, leaf: Certificate): boolean =>
  certificates[0]?.sha256 === leaf.sha256;

/** Files of the documented name; where one lies in the documented folder, backups of that name do not count. */
function candidatesOf({ folder, certificate }: Place, files: readonly ReadFile[]): readonly ReadFile[] {
  const named = files.filter(({ path }) => nameOf(path) === certificate);
  const placed = named.filter(({ path }) => folderOf(path).endsWith(folder));
  const last = folder.slice(folder.lastIndexOf('/'));
  const near = named.filter(({ path }) => folderOf(path).endsWith(last));
  return placed.length > 0 ? placed : near.length > 0 ? near : named;
}

function differs(file: ReadFile | undefined, leaf: Certificate): string {
  const [other] = file?.certificates ?? [];
  const name = (certificate: Certificate): string =>
    `"${certificate.subject.text.slice(0, 120)}" of "${certificate.issuer.text.slice(0, 120)}", serial ${certificate.serial.slice(0, 40)}, until ${new Date(certificate.notAfter).toISOString().slice(0, 10)}`;
  return other === undefined
    ? `${file?.path ?? 'the file'} holds no certificate, while ${name(leaf)} is served`
    : `${file?.path ?? 'the file'} holds ${name(other)}, while ${name(leaf)} is served: the service was not restarted after a replacement, or the file was changed by hand`;
}

function keyBeside(
  candidates: readonly ReadFile[],
  { key }: Place,
  files: readonly ReadFile[],
  leaf: Certificate,
): { readonly state: DiskComparison['key']; readonly path: string } {
  const folders = new Set(candidates.map(({ path }) => folderOf(path)));
  const beside = files.filter(({ path }) => folders.has(folderOf(path)) && nameOf(path) === key);
  for (const { path, keys } of beside) {
    const [first] = keys;
    if (first === undefined) continue;
    if (first.encrypted) return { state: 'encrypted', path };
    if (first.spkiSha256 !== null)
      return { state: first.spkiSha256 === leaf.key.spkiSha256 ? 'matches' : 'other', path };
  }
  return { state: 'not-found', path: '' };
}

/** `cfy_manager generate-test-cert` keeps its CA in ~/.cloudify-test-ca of the node where it ran, whatever it signs for. */
function testCaOf(leaf: Certificate, sources: readonly ReadSource[]): string | null {
  const files = sources
    .flatMap((source) => source.files)
    .filter(({ path }) => path.includes('/.cloudify-test-ca/'));
  const signer = files.find(
    ({ certificates }) =>
      validatePath({
        leaf,
        intermediates: [],
        anchors: certificates,
        at: new Date(leaf.notBefore),
        purpose: 'serverAuth',
        profile: 'private-pki',
        setAside: ['dates', 'digests', 'revocation'],
      }).anchored,
  );
  return signer?.path ?? null;
}
