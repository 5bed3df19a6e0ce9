import type { Certificate } from './certificate';
import { toHex } from './values';
import { parseIp } from './ip';
import { attributeValues } from './name';

/** How a certificate covers a host: only `dns` and `ip` count (RFC 9525 §6.1), the others are said as they are. */
export type HostMatch = 'dns' | 'ip' | 'ip-as-dns' | 'common-name' | 'none';

/** Which name of the certificate covers this DNS name or IP address. */
export function matchHost(certificate: Certificate, host: string): HostMatch {
  const names = certificate.extensions.subjectAltName?.value ?? [];
  const dns = names.flatMap((name) => (name.kind === 'dns' ? [name.value] : []));
  const commonNames = attributeValues(certificate.subject, '2.5.4.3');
  const address = parseIp(host.replace(/^\[(.*)\]$/, '$1'));
  if (address !== null) {
    const octets = toHex(address);
    if (names.some((name) => name.kind === 'ip' && toHex(name.bytes) === octets)) return 'ip';
    const same = (text: string): boolean => toHex(parseIp(text) ?? new Uint8Array()) === octets;
    if (dns.some(same)) return 'ip-as-dns';
    return commonNames.some(same) ? 'common-name' : 'none';
  }
  const wanted = foldHost(host);
  // A last label of digits makes an address, if a malformed one, never a DNS name (RFC 1123 §2.1, WHATWG URL).
  if (!isDnsName(wanted) || /(?:^|\.)\d+$/.test(wanted)) return 'none';
  if (dns.some((pattern) => matchesDns(foldName(pattern), wanted))) return 'dns';
  return commonNames.some((pattern) => matchesDns(foldName(pattern), wanted)) ? 'common-name' : 'none';
}

/** The wildcards that cover a DNS name, lower case; null when a name of its own covers it. */
export function matchingWildcards(certificate: Certificate, host: string): readonly string[] | null {
  const wanted = foldHost(host);
  const names = (certificate.extensions.subjectAltName?.value ?? []).filter(({ kind }) => kind === 'dns');
  const fitting = names.map(({ value }) => foldName(value)).filter((name) => matchesDns(name, wanted));
  return fitting.includes(wanted) ? null : fitting;
}

/** A presented name against a DNS name, both lower case: `*` only as the whole left-most label (RFC 9525 §6.3). */
function matchesDns(presented: string, wanted: string): boolean {
  if (!presented.includes('*')) return presented === wanted;
  // OpenSSL and Node take no wildcard right below the root: `*.internal` covers nothing.
  if (!isWildcard(presented) || !presented.slice(2).includes('.')) return false;
  const dot = wanted.indexOf('.');
  // Nor does OpenSSL let one stand for a label with an underscore.
  return dot > 0 && !wanted.slice(0, dot).includes('_') && wanted.slice(dot) === presented.slice(1);
}

/** `*.` and a DNS name. */
export function isWildcard(name: string): boolean {
  return name.startsWith('*.') && isDnsName(name.slice(2));
}

/** Labels of letters, digits, hyphens and underscores (which the wild has), 1 to 63 each, 253 in all. */
export function isDnsName(name: string): boolean {
  return (
    name.length <= 253 && name.split('.').every((label) => /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/.test(label))
  );
}

const foldName = (name: string): string => name.toLowerCase();

/** The name a client looks up: lower case, as A-labels, without the root's final dot. */
function foldHost(host: string): string {
  const name = host.replace(/\.$/, '').toLowerCase();
  if (/^\p{ASCII}*$/u.test(name)) return name;
  try {
    return new URL(`http://${name}/`).hostname;
  } catch {
    return name;
  }
}
