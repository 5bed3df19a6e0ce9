import { generatePrimeSync } from 'node:crypto';
import {
  boolean,
  integer,
  nothing,
  oid,
  sequence,
  set,
  tlv,
  utf8,
} from '../../../../fixtures/pki/der-writer';
import { createKey, type Issued, type RawExtension } from '../../../../fixtures/pki/write-certificate';
import { parseCertificate } from '../../../../src/protocol/x509';
import { lintCertificate, lints } from '../../../../src/protocol/x509/lints';
import { hasSmallFactor, isFermatWeak, isRoca, toNumber } from '../../../../src/protocol/x509/lints/weak-key';
import { type Change, day, issueCa, issueLeaf, now } from '../chain';

const start = new Date(now.getTime() - day);
const until = (days: number): Date => new Date(start.getTime() + days * day);
const far = '491231235959Z';
const extension = (type: string, value: Uint8Array, critical = false): RawExtension => ({
  oid: type,
  value,
  critical,
});
const ext = (type: string, value: Uint8Array, critical = false): Change => ({
  extensions: [extension(type, value, critical)],
});
const times = (first: Uint8Array): Change => ({
  replace: { validity: sequence(first, tlv(0x17, Buffer.from(far))) },
});
const utc = (text: string): Change => times(tlv(0x17, Buffer.from(text)));
const general = (text: string): Change => times(tlv(0x18, Buffer.from(text)));
const dns = (...names: string[]): Change => ({ san: { dns: ['host.example.com', ...names] } });
const rsaSpki = (n: bigint, e: Uint8Array, parameters = nothing()): Change => ({
  keyIds: false,
  replace: {
    spki: sequence(
      sequence(oid('1.2.840.113549.1.1.1'), parameters),
      tlv(3, Uint8Array.of(0), sequence(integer(n), e)),
    ),
  },
});
const f4 = integer(65537);
const odd = (1n << 2047n) + 1n;
const attribute = (type: string, text: string, tag = 0x0c): Change => ({
  replace: { subject: sequence(set(sequence(oid(type), tlv(tag, Buffer.from(text))))) },
});
const aia = sequence(sequence(oid('1.3.6.1.5.5.7.48.2'), tlv(0x86, Buffer.from('http://ca/'))));
const policy = sequence(oid('1.2.3'));
const point = sequence(sequence());

/** A modulus whose residues are all powers of 65537, as Infineon's generator made them. */
function rocaModulus(): bigint {
  const small = Array.from({ length: 168 }, (_, n) => n).filter(
    (n) => n > 1 && !Array.from({ length: n }, (_u, d) => d).some((d) => d > 1 && n % d === 0),
  );
  const primorial = small.reduce((all, prime) => all * BigInt(prime), 1n);
  let power = 1n;
  for (let i = 0; i < 12345; i += 1) power = (power * 65537n) % primorial;
  const room = (1n << 2047n) / primorial + 1n;
  return power + primorial * room;
}

function closePrimes(): bigint {
  const p = generatePrimeSync(256, { bigint: true });
  let q = p + 2n;
  while ([3n, 5n, 7n, 11n].some((prime) => q % prime === 0n)) q += 2n;
  return p * q;
}

type Place = 'root' | 'ca' | 'leaf';
const rows: readonly (readonly [string, Place, Change])[] = [
  ['e_rsa_mod_less_than_2048_bits', 'leaf', { key: createKey({ kind: 'rsa', bits: 1024 }) }],
  ['e_rsa_public_exponent_too_small', 'leaf', rsaSpki(odd, integer(1))],
  ['e_rsa_public_exponent_not_odd', 'leaf', rsaSpki(odd, integer(65538))],
  ['w_rsa_public_exponent_not_in_range', 'leaf', rsaSpki(odd, integer(3))],
  ['e_rsa_exp_negative', 'leaf', rsaSpki(odd, integer(-3))],
  ['w_rsa_mod_not_odd', 'leaf', rsaSpki(1n << 2047n, f4)],
  ['w_rsa_mod_factors_smaller_than_752', 'leaf', rsaSpki(751n * ((1n << 2040n) + 1n), f4)],
  ['e_rsa_fermat_factorization', 'leaf', rsaSpki(closePrimes(), f4)],
  ['cfy_rsa_roca', 'leaf', rsaSpki(rocaModulus(), f4)],
  ['cfy_rsa_mod_not_whole_octets', 'leaf', rsaSpki((1n << 2049n) + 1n, f4)],
  ['e_ec_improper_curves', 'leaf', { key: createKey({ kind: 'ec', curve: 'secp256k1' }) }],
  ['cfy_ec_explicit_parameters', 'leaf', { key: createKey({ kind: 'ec', explicit: true }), keyIds: false }],
  [
    'e_public_key_type_not_allowed',
    'leaf',
    { keyIds: false, replace: { spki: sequence(sequence(oid('1.2.3')), tlv(3, Uint8Array.of(0, 1))) } },
  ],
  ['e_spki_rsa_encryption_parameter_not_null', 'leaf', rsaSpki(odd, f4, new Uint8Array())],
  ['e_sub_cert_or_sub_ca_using_sha1', 'ca', { hash: 'sha1' }],
  [
    'e_signature_algorithm_not_supported',
    'leaf',
    { replace: { algorithm: sequence(oid('1.2.3')), outerAlgorithm: sequence(oid('1.2.3')) } },
  ],
  [
    'e_cert_sig_alg_not_match_tbs_sig_alg',
    'leaf',
    { replace: { outerAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) } },
  ],
  [
    'cfy_key_unreadable',
    'leaf',
    {
      keyIds: false,
      replace: {
        spki: sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), tlv(3, Uint8Array.of(0, 9))),
      },
    },
  ],
  ['e_invalid_certificate_version', 'leaf', { replace: { version: tlv(0xa0, integer(1)) } }],
  ['e_cert_extensions_version_not_3', 'leaf', { replace: { version: tlv(0xa0, integer(1)) } }],
  ['e_cert_contains_unique_identifier', 'leaf', { replace: { extensions: tlv(0x81, Uint8Array.of(0, 1)) } }],
  ['e_serial_number_longer_than_20_octets', 'leaf', { serial: 1n << 160n }],
  ['e_serial_number_not_positive', 'leaf', { serial: -1n }],
  ['cfy_serial_number_short', 'leaf', { serial: 12345n }],
  ['e_issuer_field_empty', 'leaf', { issuerName: '' }],
  ['e_ca_subject_field_empty', 'ca', { subject: '' }],
  ['e_validity_time_not_positive', 'leaf', { notBefore: until(3), notAfter: until(2) }],
  ['e_tls_server_cert_valid_time_longer_than_398_days', 'leaf', { notBefore: start, notAfter: until(399) }],
  ['e_sub_cert_valid_time_longer_than_825_days', 'leaf', { notBefore: start, notAfter: until(826) }],
  ['cfy_ca_valid_time_longer_than_25_years', 'ca', { notBefore: start, notAfter: until(9200) }],
  ['e_wrong_time_format_pre2050', 'leaf', general('20250101000000Z')],
  ['e_utc_time_not_in_zulu', 'leaf', utc('250101000000+0100')],
  ['e_utc_time_does_not_include_seconds', 'leaf', utc('2501010000Z')],
  ['e_generalized_time_not_in_zulu', 'leaf', general('20250101000000')],
  ['e_generalized_time_does_not_include_seconds', 'leaf', general('202501010000Z')],
  ['e_generalized_time_includes_fraction_seconds', 'leaf', general('20250101000000.5Z')],
  ['cfy_time_invalid', 'leaf', utc('251301000000Z')],
  ['e_subject_common_name_max_length', 'leaf', attribute('2.5.4.3', 'x'.repeat(65))],
  ['e_subject_organization_name_max_length', 'leaf', attribute('2.5.4.10', 'x'.repeat(65))],
  ['e_subject_organizational_unit_name_max_length', 'leaf', attribute('2.5.4.11', 'x'.repeat(65))],
  ['e_subject_locality_name_max_length', 'leaf', attribute('2.5.4.7', 'x'.repeat(129))],
  ['e_subject_state_name_max_length', 'leaf', attribute('2.5.4.8', 'x'.repeat(129))],
  ['e_subject_email_max_length', 'leaf', attribute('1.2.840.113549.1.9.1', 'x'.repeat(256))],
  ['e_subject_dn_serial_number_max_length', 'leaf', attribute('2.5.4.5', 'x'.repeat(65))],
  ['e_subject_dn_country_not_printable_string', 'leaf', attribute('2.5.4.6', 'DE')],
  ['cfy_subject_country_not_two_letters', 'leaf', attribute('2.5.4.6', 'Germany', 0x13)],
  ['e_subject_dn_not_printable_characters', 'leaf', attribute('2.5.4.3', 'a\u0007b')],
  ['w_subject_dn_leading_whitespace', 'leaf', attribute('2.5.4.3', ' a')],
  ['w_subject_dn_trailing_whitespace', 'leaf', attribute('2.5.4.3', 'a ')],
  ['w_issuer_dn_leading_whitespace', 'leaf', { issuerName: 'CN= a' }],
  ['w_issuer_dn_trailing_whitespace', 'leaf', { issuerName: 'CN=a ' }],
  [
    'w_multiple_subject_rdn',
    'leaf',
    {
      replace: {
        subject: sequence(set(sequence(oid('2.5.4.3'), utf8('a')), sequence(oid('2.5.4.11'), utf8('b')))),
      },
    },
  ],
  ['cfy_der_length', 'leaf', { replace: { serial: Uint8Array.of(2, 0x81, 1, 5) } }],
  ['cfy_der_value', 'leaf', { replace: { serial: Uint8Array.of(2, 2, 0, 5) } }],
  ['cfy_der_default', 'leaf', ext('2.5.29.19', sequence(boolean(false)))],
  ['cfy_der_trailing_data', 'leaf', ext('2.5.29.19', Buffer.concat([sequence(), nothing()]))],
  ['e_ext_duplicate_extension', 'leaf', ext('2.5.29.15', tlv(3, Uint8Array.of(7, 0x80)), true)],
  ['cfy_ext_unreadable', 'leaf', ext('2.5.29.30', integer(1))],
  ['cfy_ext_unknown_critical', 'leaf', ext('1.2.3', nothing(), true)],
  ['e_basic_constraints_not_critical', 'ca', { ca: { ca: true, critical: false } }],
  ['cfy_ca_basic_constraints_missing', 'ca', { ca: undefined }],
  ['e_ca_key_usage_missing', 'ca', { keyUsage: undefined }],
  ['e_ca_key_cert_sign_not_set', 'ca', { keyUsage: ['cRLSign'] }],
  ['e_ca_crl_sign_not_set', 'ca', { keyUsage: ['keyCertSign'] }],
  [
    'e_root_ca_key_usage_must_be_critical',
    'root',
    { keyUsage: undefined, ...ext('2.5.29.15', tlv(3, Uint8Array.of(1, 6))) },
  ],
  [
    'w_ext_key_usage_not_critical',
    'leaf',
    { keyUsage: undefined, ...ext('2.5.29.15', tlv(3, Uint8Array.of(7, 0x80))) },
  ],
  ['e_ext_key_usage_without_bits', 'leaf', { keyUsage: [] }],
  ['e_ext_key_usage_cert_sign_without_ca', 'leaf', { keyUsage: ['keyCertSign'] }],
  ['e_sub_cert_key_usage_cert_sign_bit_set', 'leaf', { keyUsage: ['keyCertSign'] }],
  ['e_sub_cert_key_usage_crl_sign_bit_set', 'leaf', { keyUsage: ['cRLSign'] }],
  ['e_path_len_constraint_improperly_included', 'leaf', { ca: { ca: false, pathLength: 0 } }],
  [
    'w_root_ca_basic_constraints_path_len_constraint_field_present',
    'root',
    { ca: { ca: true, pathLength: 3 } },
  ],
  ['e_sub_cert_eku_missing', 'leaf', { extendedKeyUsage: undefined }],
  ['e_sub_cert_eku_server_auth_client_auth_missing', 'leaf', { extendedKeyUsage: ['1.2.3'] }],
  ['cfy_sub_cert_any_purpose', 'leaf', { extendedKeyUsage: ['serverAuth', 'anyExtendedKeyUsage'] }],
  ['w_sub_cert_eku_extra_values', 'leaf', { extendedKeyUsage: ['serverAuth', '1.2.3'] }],
  [
    'w_eku_critical_improperly',
    'leaf',
    { extendedKeyUsage: undefined, ...ext('2.5.29.37', sequence(oid('2.5.29.37.0')), true) },
  ],
  ['e_root_ca_extended_key_usage_present', 'root', { extendedKeyUsage: ['serverAuth'] }],
  [
    'e_ext_authority_key_identifier_critical',
    'leaf',
    { keyIds: false, ...ext('2.5.29.35', sequence(), true) },
  ],
  ['e_ext_authority_key_identifier_missing', 'leaf', { keyIds: false }],
  [
    'e_ext_authority_key_identifier_no_key_identifier',
    'leaf',
    { keyIds: false, ...ext('2.5.29.35', sequence()) },
  ],
  [
    'e_ext_subject_key_identifier_critical',
    'leaf',
    { keyIds: false, ...ext('2.5.29.14', tlv(4, Uint8Array.of(1)), true) },
  ],
  ['e_ext_subject_key_identifier_missing_ca', 'ca', { keyIds: false }],
  ['w_ext_subject_key_identifier_missing_sub_cert', 'leaf', { keyIds: false }],
  ['e_ext_aia_marked_critical', 'leaf', ext('1.3.6.1.5.5.7.1.1', aia, true)],
  ['e_subject_info_access_marked_critical', 'leaf', ext('1.3.6.1.5.5.7.1.11', aia, true)],
  ['w_ext_crl_distribution_marked_critical', 'leaf', ext('2.5.29.31', point, true)],
  ['e_ext_freshest_crl_marked_critical', 'leaf', ext('2.5.29.46', point, true)],
  [
    'e_ext_name_constraints_not_critical',
    'ca',
    { nameConstraints: { permitted: { dns: ['a'] }, critical: false } },
  ],
  ['e_ext_name_constraints_not_in_ca', 'leaf', { nameConstraints: { permitted: { dns: ['example.com'] } } }],
  ['e_name_constraint_empty', 'ca', ext('2.5.29.30', sequence(), true)],
  [
    'cfy_name_constraint_bounded',
    'ca',
    ext(
      '2.5.29.30',
      sequence(tlv(0xa0, sequence(tlv(0x82, utf8('a').subarray(2)), tlv(0x81, Uint8Array.of(1))))),
      true,
    ),
  ],
  ['e_ext_cert_policy_duplicate', 'leaf', ext('2.5.29.32', sequence(policy, policy))],
  ['e_ext_policy_constraints_empty', 'ca', ext('2.5.29.36', sequence(), true)],
  ['e_ext_policy_constraints_not_critical', 'ca', ext('2.5.29.36', sequence(tlv(0x80, Uint8Array.of(0))))],
  [
    'e_ext_policy_map_any_policy',
    'ca',
    ext('2.5.29.33', sequence(sequence(oid('2.5.29.32.0'), oid('1.2.3'))), true),
  ],
  ['w_ext_policy_map_not_critical', 'ca', ext('2.5.29.33', sequence(sequence(oid('1.2.4'), oid('1.2.3'))))],
  ['e_inhibit_any_policy_not_critical', 'ca', ext('2.5.29.54', integer(0))],
  ['e_ext_san_missing', 'leaf', { san: undefined }],
  ['e_ext_san_no_entries', 'leaf', { san: {} }],
  ['e_ext_san_empty_name', 'leaf', dns('')],
  ['e_ext_san_not_critical_without_subject', 'leaf', { subject: '' }],
  ['w_ext_san_critical_with_subject_dn', 'leaf', { san: { dns: ['host.example.com'], critical: true } }],
  [
    'cfy_san_ip_only_as_dns_name',
    'leaf',
    { san: { dns: ['host.example.com', '10.0.0.1', '10.0.0.2'], ip: ['10.0.0.1'] } },
  ],
  ['cfy_san_ip_as_dns_name', 'leaf', { san: { dns: ['host.example.com', '10.0.0.1'], ip: ['10.0.0.1'] } }],
  [
    'cfy_san_ip_malformed',
    'leaf',
    { san: { dns: ['host.example.com'], raw: [tlv(0x87, Uint8Array.of(1, 2, 3))] } },
  ],
  ['e_dnsname_bad_character_in_label', 'leaf', dns('a!b.example.com')],
  ['e_dnsname_label_too_long', 'leaf', dns(`${'x'.repeat(64)}.example.com`)],
  ['e_dnsname_empty_label', 'leaf', dns('a..example.com')],
  ['e_san_dns_name_starts_with_period', 'leaf', dns('.example.com')],
  ['e_ext_san_dns_name_too_long', 'leaf', dns(`${'abcdefg.'.repeat(32)}com`)],
  ['e_san_dns_name_includes_null_char', 'leaf', dns('evil.com\0.example.com')],
  ['e_ext_san_space_dns_name', 'leaf', dns(' ')],
  ['e_ext_san_dns_not_ia5_string', 'leaf', dns('b\u00fccher.example.com')],
  ['e_underscore_not_permissible_in_dnsname', 'leaf', dns('a_b.example.com')],
  ['cfy_dnsname_hyphen_at_edge', 'leaf', dns('-a.example.com')],
  ['e_san_bare_wildcard', 'leaf', dns('*')],
  ['e_san_wildcard_not_first', 'leaf', dns('a*.example.com')],
  ['e_dnsname_wildcard_only_in_left_label', 'leaf', dns('a.*.example.com')],
  ['e_dnsname_left_label_wildcard_correct', 'leaf', dns('a*.example.com')],
  ['w_dnsname_wildcard_left_of_public_suffix', 'leaf', dns('*.co.uk')],
  ['cfy_san_wildcard', 'leaf', dns('*.example.com')],
  ['n_san_dns_name_duplicate', 'leaf', dns('HOST.example.com')],
  ['e_ext_san_rfc822_name_present', 'leaf', { san: { dns: ['host.example.com'], email: ['a@example.com'] } }],
  ['e_ext_san_uri_name_present', 'leaf', { san: { dns: ['host.example.com'], uri: ['http://h/'] } }],
  ['e_ext_san_directory_name_present', 'leaf', { san: { dns: ['host.example.com'], directory: ['CN=a'] } }],
  [
    'e_ext_san_other_name_present',
    'leaf',
    { san: { dns: ['host.example.com'], raw: [tlv(0xa0, oid('1.2.3'), tlv(0xa0, nothing()))] } },
  ],
  [
    'e_ext_san_registered_id_present',
    'leaf',
    { san: { dns: ['host.example.com'], raw: [tlv(0x88, Uint8Array.of(42))] } },
  ],
  [
    'e_ext_san_edi_party_name_present',
    'leaf',
    { san: { dns: ['host.example.com'], raw: [tlv(0xa5, tlv(0xa1, utf8('a')))] } },
  ],
  ['e_ext_san_rfc822_format_invalid', 'leaf', { san: { dns: ['host.example.com'], email: ['nobody'] } }],
  ['e_ext_san_uri_relative', 'leaf', { san: { dns: ['host.example.com'], uri: ['/path'] } }],
  ['e_subject_common_name_not_from_san', 'leaf', { subject: 'CN=other.example.com' }],
  ['cfy_common_name_repeated', 'leaf', { subject: 'CN=host.example.com,CN=host.example.com' }],
  ['cfy_generated_by_cloudify', 'ca', { subject: 'CN=Cloudify generated certificate aBcDeFgH' }],
];

const offered: Change = ext(
  '1.3.6.1.5.5.7.1.1',
  sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), tlv(0x86, Buffer.from('http://ocsp/')))),
);
const root = issueCa('root');

function issue(place: Place, change: Change): Issued {
  if (place === 'leaf') return issueLeaf(root, { extensions: offered.extensions, ...change });
  return issueCa(place, place === 'ca' ? root : undefined, change);
}

const broken = (issued: Issued): string[] =>
  lintCertificate(parseCertificate(issued.der)).map(({ name }) => name);

test.each(['root', 'ca', 'leaf'] as const)('a well-made %s breaks none', (place) => {
  expect(broken(issue(place, {}))).toEqual([]);
  for (const kind of ['rsa', 'ed25519'] as const)
    expect(broken(issue(place, { key: createKey({ kind }) }))).toEqual([]);
});

test.each(rows)('%s is found in a %s that breaks it', (name, place, change) => {
  expect(broken(issue(place, change))).toContain(name);
});

test('every lint has a certificate that breaks it', () => {
  expect(lints.length).toBeGreaterThanOrEqual(70);
  expect(new Set(lints.map(({ name }) => name)).size).toBe(lints.length);
  const shown = new Set([...rows.map(([name]) => name), 'cfy_revocation_not_offered']);
  expect(lints.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  expect(broken(issueLeaf(root))).toEqual(['cfy_revocation_not_offered']);
});

test('what Cloudify generates breaks what it is known to break', () => {
  const key = createKey({ kind: 'rsa' });
  const years = { notBefore: start, notAfter: until(3651), keyIds: false, keyUsage: undefined };
  const ca = issueCa('Cloudify generated certificate abcdefgh', undefined, {
    ...years,
    key,
    ca: { ca: true, critical: false },
  });
  const leaf = issueLeaf(ca, {
    ...years,
    subject: 'CN=manager',
    extendedKeyUsage: undefined,
    san: { dns: ['manager', '10.0.0.1'], ip: ['10.0.0.1'] },
  });
  expect(broken(ca)).toEqual([
    'e_basic_constraints_not_critical',
    'e_ca_key_usage_missing',
    'e_ext_subject_key_identifier_missing_ca',
    'cfy_generated_by_cloudify',
  ]);
  expect(broken(leaf)).toEqual([
    'e_tls_server_cert_valid_time_longer_than_398_days',
    'e_sub_cert_valid_time_longer_than_825_days',
    'e_sub_cert_eku_missing',
    'e_ext_authority_key_identifier_missing',
    'w_ext_subject_key_identifier_missing_sub_cert',
    'cfy_revocation_not_offered',
    'cfy_san_ip_as_dns_name',
    'cfy_generated_by_cloudify',
  ]);
});

test('weak keys: found where they are, not in keys that node makes, and at once', () => {
  const strong = Array.from(
    { length: 5 },
    () => createKey({ kind: 'rsa', bits: 1024 }).publicKey.export({ format: 'jwk' }).n ?? '',
  );
  for (const n of strong) {
    const modulus = toNumber(Buffer.from(n, 'base64url'));
    expect([hasSmallFactor(modulus), isFermatWeak(modulus), isRoca(modulus)]).toEqual([false, false, false]);
  }
  expect(isFermatWeak(15n * 17n)).toBe(true);
  expect(isFermatWeak((1n << 61n) - 1n)).toBe(false);
  const modulus = rocaModulus();
  // The goal is 2 ms; ten times that leaves room for a busy machine.
  expect(
    cost(() => [isRoca(modulus), hasSmallFactor(modulus), isFermatWeak(modulus)].includes(true)),
  ).toBeLessThan(20);
  const huge = (1n << 7_000_000n) + 1n;
  expect(cost(() => [hasSmallFactor(huge), isFermatWeak(huge), isRoca(huge)].includes(true))).toBeLessThan(
    1000,
  );
});

/** CPU milliseconds of one call, the mean of three. */
function cost(work: () => boolean): number {
  const begin = process.cpuUsage();
  for (let i = 0; i < 3; i += 1) work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 3000;
}
