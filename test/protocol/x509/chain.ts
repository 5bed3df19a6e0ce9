import {
  type CertificateOptions,
  createKey,
  issueCertificate,
  type Issued,
  type Key,
} from '../../../fixtures/pki/write-certificate';
import {
  parseCertificate,
  type PathInput,
  type PathResult,
  type Profile,
  validatePath,
} from '../../../src/protocol/x509';

export const day = 86_400_000;
export const now = new Date();
export const dates = {
  notBefore: new Date(now.getTime() - day),
  notAfter: new Date(now.getTime() + 90 * day),
};

/** What differs from a certificate that satisfies every profile; undefined leaves a field out. */
export type Change = {
  readonly [K in Exclude<keyof CertificateOptions, 'issuer'>]?: CertificateOptions[K] | undefined;
};

const keys = new Map<string, Key>();

/** A P-256 key, the same for the same name within a test file. */
export function keyOf(name: string): Key {
  const key = keys.get(name) ?? createKey({ kind: 'ec' });
  keys.set(name, key);
  return key;
}

/** A CA that satisfies every profile, but for the changes. */
export function issueCa(name: string, issuer?: Issued, change: Change = {}): Issued {
  return issueCertificate({
    ...dates,
    subject: `CN=${name}`,
    key: keyOf(name),
    ca: true,
    keyUsage: ['keyCertSign', 'cRLSign'],
    keyIds: true,
    ...(issuer === undefined ? {} : { issuer }),
    ...change,
  } as CertificateOptions);
}

/** A server certificate for host.example.com that satisfies every profile, but for the changes. */
export function issueLeaf(issuer: Issued, change: Change = {}): Issued {
  return issueCertificate({
    ...dates,
    subject: 'CN=host.example.com',
    key: keyOf('leaf'),
    issuer,
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['serverAuth'],
    san: { dns: ['host.example.com'] },
    keyIds: true,
    ...change,
  } as CertificateOptions);
}

/** Validates; the last certificate is the anchor unless others are given. */
export function validate(
  chain: readonly Issued[],
  profile: Profile,
  more: Partial<PathInput> & { readonly trusted?: readonly Issued[] } = {},
): PathResult {
  const [leaf, ...rest] = chain.map(({ der }) => parseCertificate(der));
  if (leaf === undefined) throw new Error('empty chain');
  const { trusted, ...input } = more;
  return validatePath({
    leaf,
    intermediates: trusted === undefined ? rest.slice(0, -1) : rest,
    anchors: trusted?.map(({ der }) => parseCertificate(der)) ?? rest.slice(-1),
    at: now,
    host: 'host.example.com',
    purpose: 'serverAuth',
    profile,
    ...input,
  });
}
