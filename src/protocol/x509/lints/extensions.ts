import type { Certificate } from '../certificate';
import { extensionOids as oids, anyPolicy } from '../oids';
import { isSelfSigned } from '../signature';
import { criticality, hasUsage, isCa, lintsOf, type Row } from './lint';

const list = (c: Certificate, field: 'permitted' | 'excluded'): readonly unknown[] | null =>
  c.extensions.nameConstraints?.value[field] ?? null;
const hasFault = ({ faults }: Certificate, code: string): boolean =>
  faults.some((fault) => fault.code === code);
const mapped = ({ extensions }: Certificate): readonly string[] =>
  (extensions.policyMappings?.value ?? []).flat();
const keyId = ({ extensions }: Certificate): string | null => extensions.authorityKeyId?.value.keyId ?? null;

// prettier-ignore
const rows: readonly Row[] = [
  ['e_ext_duplicate_extension', 'high', 'any', (c) => hasFault(c, 'duplicate-extension'), 'has an extension twice'],
  ['cfy_ext_unreadable', 'high', 'any', ({ extensions: e }) => e.unreadable.length > 0, 'has an extension whose value cannot be read'],
  ['cfy_ext_unknown_critical', 'high', 'any', ({ extensions: e }) => e.unknownCritical.length > 0, 'has a critical extension that clients do not know'],
  // basicConstraints and keyUsage.
  ['e_basic_constraints_not_critical', 'medium', 'ca', (c) => criticality(c, oids.basicConstraints) === false, 'is a CA whose basicConstraints is not critical'],
  ['cfy_ca_basic_constraints_missing', 'high', 'any', (c) => hasUsage(c, 'keyCertSign') === true && c.extensions.basicConstraints === null, 'may sign certificates but has no basicConstraints'],
  ['e_ca_key_usage_missing', 'medium', 'ca', ({ extensions: e }) => e.keyUsage === null, 'is a CA without keyUsage'],
  ['e_ca_key_cert_sign_not_set', 'high', 'ca', (c) => hasUsage(c, 'keyCertSign') === false, 'is a CA whose keyUsage lacks keyCertSign'],
  ['e_ca_crl_sign_not_set', 'low', 'ca', (c) => hasUsage(c, 'cRLSign') === false, 'is a CA whose keyUsage lacks cRLSign'],
  ['e_root_ca_key_usage_must_be_critical', 'low', 'root', (c) => criticality(c, oids.keyUsage) === false, 'is a root whose keyUsage is not critical'],
  ['w_ext_key_usage_not_critical', 'low', 'any', (c) => criticality(c, oids.keyUsage) === false, 'has a keyUsage that is not critical'],
  ['e_ext_key_usage_without_bits', 'medium', 'any', ({ extensions: e }) => e.keyUsage?.value.length === 0, 'has a keyUsage without a single bit'],
  ['e_ext_key_usage_cert_sign_without_ca', 'high', 'any', (c) => hasUsage(c, 'keyCertSign') === true && !isCa(c), 'may sign certificates but is no CA'],
  ['e_sub_cert_key_usage_cert_sign_bit_set', 'high', 'server', (c) => hasUsage(c, 'keyCertSign') === true, 'is a server certificate that may sign certificates'],
  ['e_sub_cert_key_usage_crl_sign_bit_set', 'medium', 'server', (c) => hasUsage(c, 'cRLSign') === true, 'is a server certificate that may sign CRLs'],
  ['e_path_len_constraint_improperly_included', 'medium', 'any', (c) => typeof c.extensions.basicConstraints?.value.pathLength === 'number' && !(isCa(c) && hasUsage(c, 'keyCertSign') !== false), 'has a path length but is no CA that signs certificates'],
  ['w_root_ca_basic_constraints_path_len_constraint_field_present', 'info', 'root', ({ extensions: e }) => typeof e.basicConstraints?.value.pathLength === 'number', 'is a root with a path length'],
  // extendedKeyUsage.
  ['e_sub_cert_eku_missing', 'medium', 'leaf', ({ extensions: e }) => e.extendedKeyUsage === null, 'has no extendedKeyUsage: it may be used for anything'],
  ['e_sub_cert_eku_server_auth_client_auth_missing', 'medium', 'leaf', ({ extensions: e }) => e.extendedKeyUsage !== null && !e.extendedKeyUsage.value.some((p) => p === 'serverAuth' || p === 'clientAuth'), 'is for neither servers nor clients'],
  ['cfy_sub_cert_any_purpose', 'medium', 'leaf', ({ extensions: e }) => e.extendedKeyUsage?.value.includes('anyExtendedKeyUsage') ?? false, 'is for any purpose'],
  ['w_sub_cert_eku_extra_values', 'low', 'server', ({ extensions: e }) => e.extendedKeyUsage?.value.some((p) => p !== 'serverAuth' && p !== 'clientAuth') ?? false, 'is for more than TLS'],
  ['w_eku_critical_improperly', 'low', 'any', ({ extensions: e }) => e.extendedKeyUsage?.critical === true && e.extendedKeyUsage.value.includes('anyExtendedKeyUsage'), 'has a critical extendedKeyUsage that allows anything'],
  ['e_root_ca_extended_key_usage_present', 'low', 'root', ({ extensions: e }) => e.extendedKeyUsage !== null, 'is a root with extendedKeyUsage'],
  // Key identifiers.
  ['e_ext_authority_key_identifier_critical', 'medium', 'any', (c) => criticality(c, oids.authorityKeyId) === true, 'has a critical authorityKeyIdentifier, which OpenSSL refuses'],
  ['e_ext_authority_key_identifier_missing', 'medium', 'any', (c) => c.extensions.authorityKeyId === null && !isSelfSigned(c), 'has no authorityKeyIdentifier, which Python 3.13 refuses'],
  ['e_ext_authority_key_identifier_no_key_identifier', 'medium', 'any', (c) => c.extensions.authorityKeyId !== null && keyId(c) === null && !isSelfSigned(c), 'has an authorityKeyIdentifier without key identifier'],
  ['e_ext_subject_key_identifier_critical', 'medium', 'any', (c) => criticality(c, oids.subjectKeyId) === true, 'has a critical subjectKeyIdentifier, which OpenSSL refuses'],
  ['e_ext_subject_key_identifier_missing_ca', 'medium', 'ca', ({ extensions: e }) => e.subjectKeyId === null, 'is a CA without subjectKeyIdentifier'],
  ['w_ext_subject_key_identifier_missing_sub_cert', 'info', 'leaf', ({ extensions: e }) => e.subjectKeyId === null, 'has no subjectKeyIdentifier'],
  // Where to ask.
  ['e_ext_aia_marked_critical', 'medium', 'any', (c) => criticality(c, oids.authorityInfoAccess) === true, 'has a critical authorityInfoAccess'],
  ['e_subject_info_access_marked_critical', 'medium', 'any', (c) => criticality(c, oids.subjectInfoAccess) === true, 'has a critical subjectInfoAccess'],
  ['w_ext_crl_distribution_marked_critical', 'low', 'any', (c) => criticality(c, oids.crlDistributionPoints) === true, 'has critical cRLDistributionPoints'],
  ['e_ext_freshest_crl_marked_critical', 'low', 'any', (c) => criticality(c, oids.freshestCrl) === true, 'has a critical freshestCRL'],
  ['cfy_revocation_not_offered', 'info', 'leaf', ({ extensions: e }) => e.crlDistributionPoints === null && (e.authorityInfoAccess?.value.ocsp.length ?? 0) === 0, 'names neither a CRL nor an OCSP service: it cannot be revoked'],
  // Name constraints and policies.
  ['e_ext_name_constraints_not_critical', 'medium', 'any', ({ extensions: e }) => e.nameConstraints?.critical === false, 'has name constraints that are not critical'],
  ['e_ext_name_constraints_not_in_ca', 'medium', 'any', (c) => c.extensions.nameConstraints !== null && !isCa(c), 'has name constraints but is no CA'],
  ['e_name_constraint_empty', 'medium', 'any', (c) => c.extensions.nameConstraints !== null && (list(c, 'permitted') ?? []).length + (list(c, 'excluded') ?? []).length === 0, 'has empty name constraints'],
  ['cfy_name_constraint_bounded', 'low', 'any', ({ extensions: e }) => e.nameConstraints?.value.bounded ?? false, 'has name constraints with a minimum or maximum'],
  ['e_ext_cert_policy_duplicate', 'low', 'any', ({ extensions: e }) => e.policies !== null && new Set(e.policies.value).size !== e.policies.value.length, 'lists a policy twice'],
  ['e_ext_policy_constraints_empty', 'low', 'any', ({ extensions: e }) => e.policyConstraints !== null && e.policyConstraints.value.requireExplicit === null && e.policyConstraints.value.inhibitMapping === null, 'has empty policyConstraints'],
  ['e_ext_policy_constraints_not_critical', 'low', 'any', ({ extensions: e }) => e.policyConstraints?.critical === false, 'has policyConstraints that are not critical'],
  ['e_ext_policy_map_any_policy', 'medium', 'any', (c) => mapped(c).includes(anyPolicy), 'maps anyPolicy'],
  ['w_ext_policy_map_not_critical', 'low', 'any', ({ extensions: e }) => e.policyMappings?.critical === false, 'has policyMappings that are not critical'],
  ['e_inhibit_any_policy_not_critical', 'low', 'any', ({ extensions: e }) => e.inhibitAnyPolicy?.critical === false, 'has an inhibitAnyPolicy that is not critical'],
];

/** Lints of extensions other than the subjectAltName. */
export const extensionLints = lintsOf(rows);
