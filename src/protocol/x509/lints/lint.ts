import type { Certificate } from '../certificate';
import type { GeneralName } from '../general-name';
import { attributeValues } from '../name';

/** How much a broken lint matters in a private PKI. */
export type LintSeverity = 'high' | 'medium' | 'low' | 'info';

/** Which certificates a lint is about. */
export type LintScope = 'any' | 'ca' | 'root' | 'leaf' | 'server' | 'rsa';

/** One statement on a single certificate. Names with `e_`, `w_` or `n_` mean what zlint's lint of that name means. */
export interface Lint {
  readonly name: string;
  readonly severity: LintSeverity;
  readonly scope: LintScope;
  readonly broken: (certificate: Certificate) => boolean;
  /** What is wrong, as a predicate. */
  readonly says: string;
}

/** One row of a table of lints. */
export type Row = readonly [
  name: string,
  severity: LintSeverity,
  scope: LintScope,
  broken: (certificate: Certificate) => boolean,
  says: string,
];

/** Rows as lints. */
export const lintsOf = (rows: readonly Row[]): readonly Lint[] =>
  rows.map(([name, severity, scope, broken, says]) => ({ name, severity, scope, broken, says }));

/** basicConstraints says CA:TRUE. */
export const isCa = ({ extensions }: Certificate): boolean => extensions.basicConstraints?.value.ca ?? false;

/** Whether a lint of this scope is about a certificate. */
export function concerns(scope: LintScope, certificate: Certificate): boolean {
  const purposes = certificate.extensions.extendedKeyUsage?.value;
  switch (scope) {
    case 'any':
      return true;
    case 'ca':
      return isCa(certificate);
    case 'root':
      return isCa(certificate) && certificate.subject.key === certificate.issuer.key;
    case 'leaf':
      return !isCa(certificate);
    case 'server':
      return !isCa(certificate) && (purposes?.includes('serverAuth') ?? true);
    case 'rsa':
      return certificate.key.modulus !== null;
  }
}

/** The alternative names of one kind. */
export const altNames = ({ extensions }: Certificate, kind: GeneralName['kind']): readonly string[] =>
  (extensions.subjectAltName?.value ?? []).flatMap((name) => (name.kind === kind ? [name.value] : []));

/** The subject's common names. */
export const commonNames = ({ subject }: Certificate): readonly string[] =>
  attributeValues(subject, '2.5.4.3');

/** Whether an extension is there and critical; null when it is not there. */
export function criticality({ extensions }: Certificate, oid: string): boolean | null {
  return extensions.all.find((extension) => extension.oid === oid)?.critical ?? null;
}

/** Whether keyUsage has a bit; null without keyUsage. */
export const hasUsage = ({ extensions }: Certificate, usage: string): boolean | null =>
  extensions.keyUsage?.value.includes(usage) ?? null;
