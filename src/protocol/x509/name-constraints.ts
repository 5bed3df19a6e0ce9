import type { Certificate } from './certificate';
import type { GeneralName } from './general-name';
import { isDnsName } from './host';
import { formatIp } from './ip';
import { attributeValues } from './name';
import { nameOf } from './problem';
import { compareName, isBase } from './subtree';

/** The name space that the CAs above leave over: a name must be in one base of every group, and in no excluded base. */
export interface NameSpace {
  readonly permitted: readonly { readonly by: Certificate; readonly bases: readonly GeneralName[] }[];
  readonly excluded: readonly { readonly by: Certificate; readonly base: GeneralName }[];
}

export const everyName: NameSpace = { permitted: [], excluded: [] };

/** The name space below a CA. */
export function narrow(space: NameSpace, by: Certificate): NameSpace {
  const constraints = by.extensions.nameConstraints?.value;
  if (constraints === undefined) return space;
  const { permitted, excluded } = constraints;
  return {
    permitted: permitted === null ? space.permitted : [...space.permitted, { by, bases: permitted }],
    excluded:
      excluded === null ? space.excluded : [...space.excluded, ...excluded.map((base) => ({ by, base }))],
  };
}

/** Which names of a certificate are held against constraints: those of RFC 5280, or what OpenSSL takes for names as well. */
export type Naming = 'rfc5280' | 'openssl' | 'openssl-leaf';

/** Why a certificate's names are outside the space (RFC 5280 §6.1.3 b, c); null when they are inside. */
export function outsideOf(
  space: NameSpace,
  certificate: Certificate,
  budget: { comparisons: number },
  naming: Naming = 'rfc5280',
): string | null {
  if (space.permitted.length + space.excluded.length === 0) return null;
  for (const name of namesOf(certificate, naming)) {
    for (const { by, base } of space.excluded) {
      if (base.kind !== name.kind) continue;
      budget.comparisons -= 1;
      const answer = compareName(name, base);
      if (answer !== 'out')
        return `${said(name)}, which ${nameOf(by)} above it ${answer === 'cannot' ? 'constrains in a way that cannot be judged' : `excludes (${said(base)})`}`;
    }
    for (const { by, bases: all } of space.permitted) {
      const bases = all.filter((base) => base.kind === name.kind);
      if (bases.length === 0) continue;
      budget.comparisons -= bases.length;
      if (budget.comparisons < 0) break;
      if (!bases.some((base) => compareName(name, base) === 'in'))
        return `${said(name)}, which ${nameOf(by)} above it does not permit (it permits ${bases.slice(0, 3).map(said).join(', ')})`;
    }
    if (budget.comparisons < 0) return 'more names than are worth comparing with the constraints above it';
  }
  return null;
}

/** Why a CA's own constraints are malformed (RFC 5280 §4.2.1.10); null when they are not. `lenient`: as OpenSSL reads. */
export function malformedConstraint({ extensions }: Certificate, lenient: boolean): string | null {
  const constraints = extensions.nameConstraints?.value;
  if (constraints === undefined) return null;
  if (constraints.bounded) return 'a name constraint with a minimum or maximum';
  const bases = [...(constraints.permitted ?? []), ...(constraints.excluded ?? [])];
  const wrong = bases.find((base) => !isBase(base, lenient));
  return wrong === undefined ? null : `a malformed name constraint ${said(wrong)}`;
}

/**
 * Subject and subjectAltName; the subject's mail addresses count when there is no subjectAltName. To OpenSSL they always do, and
 * so does the common name of a leaf that has no dNSName, where it looks like one.
 */
function namesOf({ subject, extensions }: Certificate, naming: Naming): readonly GeneralName[] {
  const none = new Uint8Array();
  const names: GeneralName[] = [...(extensions.subjectAltName?.value ?? [])];
  const hasDns = names.some(({ kind }) => kind === 'dns');
  if (extensions.subjectAltName === null || naming !== 'rfc5280') {
    for (const value of attributeValues(subject, '1.2.840.113549.1.9.1')) {
      names.push({ kind: 'email', value, bytes: none, name: null });
    }
  }
  if (naming === 'openssl-leaf' && !hasDns) {
    for (const value of attributeValues(subject, '2.5.4.3')) {
      if (value.includes('.') && isDnsName(value))
        names.push({ kind: 'dns', value, bytes: none, name: null });
    }
  }
  if (subject.keys.length > 0)
    names.push({ kind: 'directory', value: subject.text, bytes: none, name: subject });
  return names;
}

const said = ({ kind, value, bytes }: GeneralName): string =>
  `${kind} ${JSON.stringify((kind === 'ip' ? (network(bytes) ?? value) : value).slice(0, 100))}`;

/** Address and mask of a constraint as people write a network; null for anything else. */
function network(bytes: Uint8Array): string | null {
  if (bytes.length !== 8 && bytes.length !== 32) return null;
  const half = bytes.length / 2;
  const mask = Array.from(bytes.subarray(half), (octet) => octet.toString(2).padStart(8, '0')).join('');
  const ones = mask.indexOf('0');
  const address = formatIp(bytes.subarray(0, half));
  return address === null || mask.includes('01')
    ? null
    : `${address}/${String(ones < 0 ? mask.length : ones)}`;
}
