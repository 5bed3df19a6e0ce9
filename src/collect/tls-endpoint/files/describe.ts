import type { CertificateFile, CertificateFiles, PrivateKeyFact } from '../../../model/certificate-files';
import type { WeakKeyLists } from '../../../model/target';
import type { CertificateFacts } from '../../../model/tls-endpoint';
import { type Certificate, describeCertificate } from '../../../protocol/x509';
import { certificateOf } from './profile';
import type { ReadFile, ReadSource } from './read';

const MOST = 50;

/** What was read as evidence. */
export function describeSource(
  { holder, node, files, notRead, profiles }: ReadSource,
  authorities: readonly Certificate[],
  at: Date,
  weakKeys?: WeakKeyLists,
): CertificateFiles {
  const cas = [...authorities, ...files.flatMap(({ certificates }) => certificates.filter(isCa))];
  const caKeys = new Set(cas.map(({ key }) => key.spkiSha256));
  const paths = files.map(({ path }) => path);
  return {
    holder,
    node,
    files: files
      .map((file) =>
        describeFile(file, files, caKeys, (certificate, position) =>
          describeCertificate(certificate, position, at, weakKeys),
        ),
      )
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    notRead,
    profiles: profiles.map((profile) => ({ ...profile, certificate: certificateOf(profile, paths) })),
  };
}

function describeFile(
  file: ReadFile,
  all: readonly ReadFile[],
  caKeys: ReadonlySet<string>,
  describe: (certificate: Certificate, position: number) => CertificateFacts,
): CertificateFile {
  const { path, mode, format, certificates, problems } = file;
  return {
    path,
    mode: mode.toString(8).padStart(4, '0'),
    readableBy: (mode & 0o004) !== 0 ? 'everybody' : (mode & 0o040) !== 0 ? 'group' : 'owner',
    format,
    certificates: certificates.slice(0, MOST).map(describe),
    moreCertificates: Math.max(0, certificates.length - MOST),
    privateKeys: file.keys.map(({ algorithm, encrypted, spkiSha256 }): PrivateKeyFact => ({
      algorithm,
      encrypted,
      certificates:
        spkiSha256 === null
          ? null
          : all.filter((other) => leads(other, spkiSha256)).map((other) => other.path),
      ofCa: spkiSha256 !== null && caKeys.has(spkiSha256),
    })),
    problems,
  };
}

/** The first certificate of a file is the one that its key is for. */
const leads = ({ certificates }: ReadFile, spkiSha256: string): boolean =>
  certificates[0]?.key.spkiSha256 === spkiSha256;

const isCa = ({ extensions }: Certificate): boolean => extensions.basicConstraints?.value.ca === true;
