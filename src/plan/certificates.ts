import type { CertificateSource, Secret } from '../model/target';
import type { CertificatesEntry } from '../model/target-file';
import type { CredentialRequest } from './credentials';
import { readLogs } from './logs';
import type { TargetText } from './target-text';

/** Checks nodes and paths of certificate files as those of logs are checked. Throws InputError. */
export function readCertificateSources(
  entries: readonly CertificatesEntry[],
  nodes: ReadonlyMap<string, string>,
  text: TargetText,
  folder: string,
): readonly Omit<CertificateSource, 'password'>[] {
  return entries.map(({ node, holder = 'node', paths }, index) => {
    // Agents and workstations are no nodes of the deployment.
    const named = holder === 'node' && node !== undefined ? { node } : {};
    const [source] = readLogs([{ ...named, paths }], nodes, text, folder, `/certificates/${index}`);
    return { node: node ?? null, holder, paths: source?.paths ?? [] };
  });
}

/** The passwords of PKCS#12 files, to be looked up like credentials. */
export function passwordRequests(entries: readonly CertificatesEntry[]): readonly CredentialRequest[] {
  return entries.flatMap(({ node, password }, index) =>
    password === undefined
      ? []
      : [
          {
            pointer: `/certificates/${index}/password`,
            entry: password,
            question: `Password of the PKCS#12 files of ${node ?? `certificates[${index}]`}: `,
          },
        ],
  );
}

/** Sources with the passwords that were looked up. */
export function certificatesOf(
  sources: readonly Omit<CertificateSource, 'password'>[],
  found: ReadonlyMap<string, Secret>,
): readonly CertificateSource[] {
  return sources.map((source, index) => ({
    ...source,
    password: found.get(`/certificates/${index}/password`) ?? null,
  }));
}
