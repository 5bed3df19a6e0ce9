import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { CertificateSource, Target } from '../../../model/target';
import type { TlsEndpoint } from '../../../model/tls-endpoint';
import type { Certificate } from '../../../protocol/x509';
import type { Task, Work } from '../../collector';
import { describeSource } from './describe';
import { compareWithDisk } from './disk';
import { type Dialled, judgePins } from './pins';
import { readSource, type ReadSource } from './read';

/** The declared certificate files, read once for all that are compared with them. */
export interface CertificateLibrary {
  readonly tasks: readonly Task<'certificate.file'>[];
  readonly missing: Work['missing'];
  /** What the files say to a presented chain, its leaf first. */
  compare(
    chain: readonly Certificate[],
    endpoint: Dialled,
    at: Date,
  ): Promise<Pick<TlsEndpoint, 'disk' | 'pins'>>;
}

/** Opens nothing yet: files are read when the first task needs them. */
export function openLibrary(target: Target, authorities: readonly Certificate[]): CertificateLibrary {
  const sources = target.certificates ?? [];
  const never = new AbortController().signal;
  const reading = new Map<CertificateSource, Promise<ReadSource>>();
  // Whoever asks first reads; nobody's deadline may cut the reading short for the others.
  const read = (source: CertificateSource): Promise<ReadSource> => {
    const known = reading.get(source) ?? readSource(source, never);
    reading.set(source, known);
    return known;
  };
  return {
    tasks: sources.map((source, index) =>
      task(source, index, { authorities, weakKeys: target.weakKeys }, read),
    ),
    missing: sources.length > 0 ? [] : [missing],
    compare: async (chain, endpoint, at) => {
      const all = await Promise.all(sources.map(read));
      const [leaf] = chain;
      if (leaf === undefined) throw new Error('a presented chain without a leaf');
      return {
        disk: compareWithDisk(leaf, endpoint.service, endpoint.node, all),
        pins: judgePins(chain, endpoint, target.managers, all, at),
      };
    },
  };
}

const missing: Work['missing'][number] = {
  type: 'certificate.file',
  subject: { id: 'certificates', kind: 'target', title: 'Certificate files of the deployment' },
  reason: 'the target names no certificate files',
  supply:
    'certificates: in the target file (/etc/cloudify/ssl of each node, folders of agents and CLI profiles, or copies)',
};

const holders: Readonly<Record<CertificateSource['holder'], string>> = {
  node: 'Certificate files of',
  agent: 'Certificates that an agent trusts:',
  cli: 'Profiles of the cfy command:',
};

/** What files are held against. */
interface Held {
  readonly authorities: readonly Certificate[];
  readonly weakKeys: Target['weakKeys'];
}

function task(
  source: CertificateSource,
  index: number,
  { authorities, weakKeys }: Held,
  read: (source: CertificateSource) => Promise<ReadSource>,
): Task<'certificate.file'> {
  const { node, holder } = source;
  const subject: Subject = {
    id: `certificates:${holder}:${node ?? '-'}:${String(index)}`,
    kind: 'certificate-source',
    title: `${holders[holder]} ${node ?? 'the deployment'}`,
    ...(node !== null && holder === 'node' ? { node } : {}),
  };
  return {
    subject,
    type: 'certificate.file',
    address: null,
    connections: 0,
    requests: 0,
    identities: [],
    collect: async (context): Promise<EvidenceOf<'certificate.file'>> => {
      const found = await read(source);
      const now = context.now();
      const base = { type: 'certificate.file' as const, subject, observedAt: now.toISOString() };
      return found.files.length + found.profiles.length === 0
        ? { ...base, state: 'unavailable', reason: reasonOf(found) }
        : { ...base, state: 'observed', data: describeSource(found, authorities, now, weakKeys) };
    },
  };
}

function reasonOf({ notRead }: ReadSource): string {
  const [first] = notRead;
  return first === undefined
    ? 'the declared paths hold no certificate file'
    : `no certificate file could be read: ${first.path} ${first.reason}`;
}
