import type { Certificate } from '../certificate';
import { isSelfSigned } from '../signature';
import { lintsOf, type Row } from './lint';
import { type KeyWeakness, weaknessesOf } from '../weaknesses';
import { toNumber } from './weak-key';

const modulus = ({ key }: Certificate): bigint => toNumber(key.modulus ?? new Uint8Array());
const exponent = ({ key }: Certificate): bigint => toNumber(key.exponent ?? new Uint8Array());
const isNegative = (bytes: Uint8Array | null): boolean => ((bytes ?? [])[0] ?? 0) >= 0x80;
const hasFault = ({ faults }: Certificate, code: string, where?: string): boolean =>
  faults.some((fault) => fault.code === code && (where === undefined || fault.where === where));

const weak =
  (weakness: KeyWeakness) =>
  ({ key }: Certificate): boolean =>
    weaknessesOf(key).found.includes(weakness);

// prettier-ignore
const rows: readonly Row[] = [
  ['e_rsa_mod_less_than_2048_bits', 'high', 'rsa', ({ key }) => (key.bits ?? 0) < 2048, 'has an RSA key of less than 2048 bits'],
  ['e_rsa_public_exponent_too_small', 'high', 'rsa', (c) => exponent(c) < 3n, 'has an RSA exponent below 3'],
  ['e_rsa_public_exponent_not_odd', 'high', 'rsa', (c) => exponent(c) % 2n === 0n, 'has an even RSA exponent'],
  ['w_rsa_public_exponent_not_in_range', 'low', 'rsa', (c) => exponent(c) <= 65536n || exponent(c) >= 1n << 256n, 'has an RSA exponent outside 2^16+1 to 2^256-1'],
  ['e_rsa_exp_negative', 'high', 'rsa', ({ key }) => isNegative(key.exponent), 'has a negative RSA exponent'],
  ['w_rsa_mod_not_odd', 'high', 'rsa', (c) => modulus(c) % 2n === 0n, 'has an even RSA modulus'],
  ['w_rsa_mod_factors_smaller_than_752', 'high', 'rsa', weak('small-factor'), 'has an RSA modulus with a factor below 752'],
  ['e_rsa_fermat_factorization', 'high', 'rsa', weak('close-primes'), 'has an RSA modulus of two close primes, which Fermat\'s method factors at once'],
  ['cfy_rsa_roca', 'high', 'rsa', weak('roca'), 'has an RSA key of the generator behind ROCA (CVE-2017-15361)'],
  ['cfy_rsa_mod_not_whole_octets', 'info', 'rsa', ({ key }) => (key.bits ?? 0) % 8 !== 0, 'has an RSA modulus whose length is not a multiple of 8 bits'],
  ['e_ec_improper_curves', 'high', 'any', ({ key }) => key.algorithm === 'ec' && !['P-256', 'P-384', 'P-521'].includes(key.curve ?? ''), 'has an EC key that is not on P-256, P-384 or P-521'],
  ['cfy_ec_explicit_parameters', 'high', 'any', ({ key }) => key.curve === 'explicit', 'writes its curve out instead of naming it (CVE-2020-0601)'],
  ['e_public_key_type_not_allowed', 'high', 'any', ({ key }) => key.algorithm === 'dsa' || key.algorithm === 'other', 'has a DSA key or one of an unknown algorithm'],
  ['e_spki_rsa_encryption_parameter_not_null', 'low', 'rsa', hasOddRsaParameters, 'has an RSA key whose parameters are not NULL'],
  ['e_sub_cert_or_sub_ca_using_sha1', 'high', 'any', (c) => c.signature.hash === 'sha1' && !isSelfSigned(c), 'is signed with SHA-1'],
  ['e_signature_algorithm_not_supported', 'high', 'any', ({ signature }) => signature.unusable !== null || signature.hash === 'md5', 'is signed with an algorithm that is broken or not supported'],
  ['e_cert_sig_alg_not_match_tbs_sig_alg', 'high', 'any', (c) => hasFault(c, 'algorithm-mismatch'), 'names two different signature algorithms'],
  ['cfy_key_unreadable', 'high', 'any', (c) => hasFault(c, 'key') && c.key.curve !== 'explicit', 'has a key that cannot be read'],
];

/** Lints of keys and signatures. */
export const keyLints = lintsOf(rows);

/** RFC 3279 §2.3.1: NULL, and present. */
function hasOddRsaParameters({ key }: Certificate): boolean {
  const identifier = '06092a864886f70d010101';
  const hex = Buffer.from(key.spki.subarray(0, 40)).toString('hex');
  const at = hex.indexOf(identifier);
  return at >= 0 && !hex.startsWith('0500', at + identifier.length);
}
