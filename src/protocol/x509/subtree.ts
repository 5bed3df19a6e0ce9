import type { GeneralName } from './general-name';
import { isDnsName, isWildcard } from './host';

/** Whether a name is in a base; `maybe`: a wildcard that stands for names inside and outside; `cannot`: not to be told. */
export type Answer = 'in' | 'out' | 'maybe' | 'cannot';

/** Whether a name is in the subtree of a base of the same kind (RFC 5280 §4.2.1.10). */
export function compareName(name: GeneralName, base: GeneralName): Answer {
  switch (name.kind) {
    case 'dns':
      return compareDns(name.value.toLowerCase(), base.value.toLowerCase());
    case 'ip':
      return compareIp(name.bytes, base.bytes);
    case 'email':
      return compareEmail(name.value, base.value);
    case 'uri':
      return compareUri(name.value, base.value.toLowerCase());
    case 'directory': {
      const keys = name.name?.keys ?? [];
      return (base.name?.keys ?? []).every((key, i) => key === keys[i]) ? 'in' : 'out';
    }
    case 'other':
    case 'x400':
    case 'edi':
    case 'registered':
      return 'cannot';
  }
}

function compareDns(name: string, base: string): Answer {
  const wildcard = isWildcard(name);
  if (!wildcard && !isDnsName(name)) return 'cannot';
  const parent = wildcard ? name.slice(2) : name;
  if (base === '') return 'in';
  if (base.startsWith('.')) return name.endsWith(base) ? 'in' : 'out';
  if (parent === base || parent.endsWith(`.${base}`)) return 'in';
  // `*.example.com` stands for `foo.example.com` too (CVE-2025-61727), but for nothing below that.
  const reached = wildcard && base.endsWith(`.${parent}`) && !base.slice(0, -parent.length - 1).includes('.');
  return reached ? 'maybe' : 'out';
}

function compareIp(address: Uint8Array, base: Uint8Array): Answer {
  if (address.length !== 4 && address.length !== 16) return 'cannot';
  if (base.length !== address.length * 2) return 'out';
  const same = address.every((octet, i) => {
    const mask = base[address.length + i] ?? 0;
    return (octet & mask) === ((base[i] ?? 0) & mask);
  });
  return same ? 'in' : 'out';
}

/** A base is a mailbox (compared literally, the host without case), a host, or `.domain` for hosts below it. */
function compareEmail(name: string, base: string): Answer {
  const [local = '', host, more] = name.split('@');
  if (host === undefined || more !== undefined || local === '' || !isDnsName(host)) return 'cannot';
  if (base === '') return 'in';
  const at = base.indexOf('@');
  if (at >= 0)
    return base.slice(0, at) === local && base.slice(at + 1).toLowerCase() === host.toLowerCase()
      ? 'in'
      : 'out';
  return hostIn(host.toLowerCase(), base.toLowerCase());
}

function compareUri(name: string, base: string): Answer {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@[\]]+)(?::\d*)?(?:[/?#]|$)/i.exec(
    name,
  )?.[1];
  if (authority === undefined || !isDnsName(authority) || /^[\d.]+$/.test(authority)) return 'cannot';
  return base === '' ? 'in' : hostIn(authority.toLowerCase(), base);
}

function hostIn(host: string, base: string): Answer {
  return (base.startsWith('.') ? host.endsWith(base) && host !== base : host === base) ? 'in' : 'out';
}

/** A base is well-formed; `lenient` as OpenSSL takes it, with a dot before a DNS name. */
export function isBase({ kind, value, bytes }: GeneralName, lenient: boolean): boolean {
  const domain = (text: string): boolean => isDnsName(text.startsWith('.') ? text.slice(1) : text);
  switch (kind) {
    case 'dns':
      return value === '' || (lenient ? domain(value) : isDnsName(value));
    case 'ip':
      return isAddressAndMask(bytes);
    case 'email':
      return (
        value === '' ||
        (value.includes('@')
          ? /^[^@\s]+@[^@]+$/.test(value) && isDnsName(value.slice(value.indexOf('@') + 1))
          : domain(value))
      );
    case 'uri':
      return value === '' || domain(value);
    case 'directory':
    case 'other':
    case 'x400':
    case 'edi':
    case 'registered':
      return true;
  }
}

/** Address and mask of one family; the mask is ones, then zeros (RFC 4632). */
function isAddressAndMask(bytes: Uint8Array): boolean {
  if (bytes.length !== 8 && bytes.length !== 32) return false;
  const mask = Array.from(bytes.subarray(bytes.length / 2), (octet) =>
    octet.toString(2).padStart(8, '0'),
  ).join('');
  return /^1*0*$/.test(mask);
}
