import type { Certificate } from '../certificate';
import { parseIp } from '../ip';
import { isPublicSuffix } from '../public-suffix';
import { extensionOids as oids } from '../oids';
import { altNames, commonNames, criticality, lintsOf, type Row } from './lint';

const someDns = (c: Certificate, fits: (name: string) => boolean): boolean => altNames(c, 'dns').some(fits);
const someLabel = (c: Certificate, fits: (label: string) => boolean): boolean =>
  someDns(c, (name) => parseIp(name) === null && name.split('.').some(fits));
const has =
  (kind: 'email' | 'uri' | 'directory' | 'other' | 'registered' | 'edi') =>
  (c: Certificate): boolean =>
    altNames(c, kind).length > 0;
const folded = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());

// prettier-ignore
const rows: readonly Row[] = [
  ['e_ext_san_missing', 'high', 'server', (c) => criticality(c, oids.subjectAltName) === null, 'has no subjectAltName: no current client accepts it for any host'],
  ['e_ext_san_no_entries', 'high', 'any', ({ extensions: e }) => e.subjectAltName?.value.length === 0, 'has an empty subjectAltName'],
  ['e_ext_san_empty_name', 'medium', 'any', ({ extensions: e }) => e.subjectAltName?.value.some(({ bytes }) => bytes.length === 0) ?? false, 'has an empty name in its subjectAltName'],
  ['e_ext_san_not_critical_without_subject', 'low', 'any', (c) => c.subject.keys.length === 0 && c.extensions.subjectAltName?.critical === false, 'has an empty subject and a subjectAltName that is not critical'],
  ['w_ext_san_critical_with_subject_dn', 'low', 'any', (c) => c.subject.keys.length > 0 && c.extensions.subjectAltName?.critical === true, 'has a critical subjectAltName beside a subject'],
  ['cfy_san_ip_only_as_dns_name', 'high', 'server', hasIpOnlyAsDns, 'names an address only as a dNSName, which RFC 9525 clients ignore'],
  ['cfy_san_ip_as_dns_name', 'low', 'server', (c) => someDns(c, (name) => parseIp(name) !== null), 'names an address as a dNSName'],
  ['cfy_san_ip_malformed', 'medium', 'any', (c) => altNames(c, 'ip').some((text) => parseIp(text) === null), 'has an iPAddress that is not 4 or 16 octets long'],
  ['e_dnsname_bad_character_in_label', 'medium', 'server', (c) => someLabel(c, (label) => label !== '*' && /[^A-Za-z0-9_-]/.test(label)), 'has a dNSName with characters that no host name has'],
  ['e_dnsname_label_too_long', 'medium', 'server', (c) => someLabel(c, (label) => label.length > 63), 'has a dNSName with a label of more than 63 characters'],
  ['e_dnsname_empty_label', 'medium', 'server', (c) => someDns(c, (name) => name.split('.').slice(1).includes('')), 'has a dNSName with an empty label'],
  ['e_san_dns_name_starts_with_period', 'medium', 'any', (c) => someDns(c, (name) => name.startsWith('.')), 'has a dNSName that starts with a period'],
  ['e_ext_san_dns_name_too_long', 'medium', 'any', (c) => someDns(c, (name) => name.length > 253), 'has a dNSName of more than 253 characters'],
  ['e_san_dns_name_includes_null_char', 'high', 'any', (c) => someDns(c, (name) => name.includes('\0')), 'has a dNSName with a NUL character'],
  ['e_ext_san_space_dns_name', 'medium', 'any', (c) => someDns(c, (name) => name === ' '), 'has a dNSName of one space'],
  ['e_ext_san_dns_not_ia5_string', 'medium', 'any', (c) => someDns(c, (name) => /[^\p{ASCII}]/u.test(name)), 'has a dNSName that is not ASCII'],
  ['e_underscore_not_permissible_in_dnsname', 'low', 'server', (c) => someDns(c, (name) => name.includes('_')), 'has an underscore in a dNSName'],
  ['cfy_dnsname_hyphen_at_edge', 'low', 'server', (c) => someLabel(c, (label) => /^-|-$/.test(label)), 'has a dNSName label that starts or ends with a hyphen'],
  ['e_san_bare_wildcard', 'high', 'server', (c) => someDns(c, (name) => name === '*'), 'is for every host: its dNSName is *'],
  ['e_san_wildcard_not_first', 'medium', 'server', (c) => someDns(c, (name) => name.lastIndexOf('*') > 0), 'has a wildcard that does not come first'],
  ['e_dnsname_wildcard_only_in_left_label', 'medium', 'server', (c) => someDns(c, (name) => name.split('.').slice(1).some((label) => label.includes('*'))), 'has a wildcard outside the left-most label'],
  ['e_dnsname_left_label_wildcard_correct', 'medium', 'server', (c) => someDns(c, (name) => /^[^.]*\*/.test(name) && !/^\*(\.|$)/.test(name)), 'has a wildcard that is only a part of its label'],
  ['w_dnsname_wildcard_left_of_public_suffix', 'high', 'server', (c) => someDns(c, (name) => name.startsWith('*.') && isPublicSuffix(name.slice(2).toLowerCase())), 'has a wildcard for a whole public suffix'],
  ['cfy_san_wildcard', 'info', 'server', (c) => someDns(c, (name) => name.startsWith('*.')), 'is for every host of a domain'],
  ['n_san_dns_name_duplicate', 'info', 'any', (c) => new Set(folded(altNames(c, 'dns'))).size !== altNames(c, 'dns').length, 'names a host twice'],
  ['e_ext_san_rfc822_name_present', 'low', 'server', has('email'), 'is a server certificate with a mail address'],
  ['e_ext_san_uri_name_present', 'low', 'server', has('uri'), 'is a server certificate with a URI'],
  ['e_ext_san_directory_name_present', 'low', 'server', has('directory'), 'is a server certificate with a directory name'],
  ['e_ext_san_other_name_present', 'low', 'server', has('other'), 'is a server certificate with an otherName'],
  ['e_ext_san_registered_id_present', 'low', 'server', has('registered'), 'is a server certificate with a registeredID'],
  ['e_ext_san_edi_party_name_present', 'low', 'server', has('edi'), 'is a server certificate with an ediPartyName'],
  ['e_ext_san_rfc822_format_invalid', 'low', 'any', (c) => altNames(c, 'email').some((text) => !/^[^@\s<>]+@[^@\s<>]+$/.test(text)), 'has a malformed mail address'],
  ['e_ext_san_uri_relative', 'low', 'any', (c) => altNames(c, 'uri').some((text) => !/^[a-z][a-z0-9+.-]*:/i.test(text)), 'has a relative URI'],
  ['e_subject_common_name_not_from_san', 'medium', 'server', (c) => commonNames(c).some((name) => !names(c).has(name.toLowerCase())), 'has a common name that is not among its alternative names'],
  ['cfy_common_name_repeated', 'low', 'any', (c) => commonNames(c).length > 1, 'has several common names'],
  ['cfy_generated_by_cloudify', 'info', 'any', ({ issuer, subject }) => [issuer, subject].some((name) => /^CN=Cloudify generated certificate [A-Za-z]{8}$/.test(name.text)), 'comes from the CA that Cloudify\'s installer or generate-test-cert made'],
];

/** Lints of the subjectAltName and of common names. */
export const nameLints = lintsOf(rows);

const names = (c: Certificate): Set<string> => new Set(folded([...altNames(c, 'dns'), ...altNames(c, 'ip')]));

function hasIpOnlyAsDns(certificate: Certificate): boolean {
  const hex = (text: string): string => Buffer.from(parseIp(text) ?? []).toString('hex');
  const addresses = new Set(altNames(certificate, 'ip').map(hex));
  return someDns(certificate, (name) => parseIp(name) !== null && !addresses.has(hex(name)));
}
