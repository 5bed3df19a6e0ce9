import type { Certificate } from '../certificate';
import { attributeValues, type Name } from '../name';
import { tags } from '../der';
import { lintsOf, type Row } from './lint';

const DAY = 86_400_000;
const longerThan =
  (days: number) =>
  (c: Certificate): boolean =>
    c.notAfter - c.notBefore + 1000 > days * DAY;
const tooLong =
  (oid: string, most: number) =>
  (c: Certificate): boolean =>
    attributeValues(c.subject, oid).some((value) => value.length > most);
const someValue = (name: Name, fits: (value: string, tag: number, oid: string) => boolean): boolean =>
  name.rdns.flat().some(({ value, tag, oid }) => fits(value, tag, oid));
const timeFault = ({ faults }: Certificate, form: RegExp): boolean =>
  faults.some(({ code, detail }) => code === 'time' && form.test(detail));
const hasFault = ({ faults }: Certificate, code: string): boolean =>
  faults.some((fault) => fault.code === code);

// prettier-ignore
const rows: readonly Row[] = [
  ['e_invalid_certificate_version', 'medium', 'any', ({ version }) => version !== 3, 'is not a version 3 certificate'],
  ['e_cert_extensions_version_not_3', 'medium', 'any', (c) => hasFault(c, 'extension-not-allowed'), 'has extensions without being version 3'],
  ['e_cert_contains_unique_identifier', 'low', 'any', (c) => hasFault(c, 'unique-identifier'), 'has a unique identifier'],
  ['e_serial_number_longer_than_20_octets', 'medium', 'any', ({ serialLength }) => serialLength > 20, 'has a serial number of more than 20 octets'],
  ['e_serial_number_not_positive', 'medium', 'any', ({ serial }) => serial.startsWith('-') || !/[1-9a-f]/.test(serial), 'has a serial number that is not positive'],
  ['cfy_serial_number_short', 'low', 'any', ({ serial }) => serial.replace(/^[-0]+/, '').length < 16, 'has a serial number with less than 64 bits: it was counted, not drawn at random'],
  ['e_issuer_field_empty', 'high', 'any', ({ issuer }) => issuer.keys.length === 0, 'has an empty issuer'],
  ['e_ca_subject_field_empty', 'high', 'ca', ({ subject }) => subject.keys.length === 0, 'is a CA with an empty subject'],
  ['e_validity_time_not_positive', 'high', 'any', ({ notBefore, notAfter }) => notBefore > notAfter, 'ends before it starts'],
  ['e_tls_server_cert_valid_time_longer_than_398_days', 'medium', 'server', longerThan(398), 'is valid for more than 398 days'],
  ['e_sub_cert_valid_time_longer_than_825_days', 'medium', 'server', longerThan(825), 'is valid for more than 825 days, which Apple\'s clients refuse even from private CAs'],
  ['cfy_ca_valid_time_longer_than_25_years', 'low', 'ca', longerThan(9132), 'is a CA valid for more than 25 years'],
  ['e_wrong_time_format_pre2050', 'low', 'any', (c) => hasFault(c, 'time-form'), 'writes a year before 2050 as GeneralizedTime'],
  ['e_utc_time_not_in_zulu', 'medium', 'any', (c) => timeFault(c, /^UTCTime \d+(?!\d|Z)/), 'has a UTCTime that does not end in Z'],
  ['e_utc_time_does_not_include_seconds', 'medium', 'any', (c) => timeFault(c, /^UTCTime \d{10}(?!\d)/), 'has a UTCTime without seconds'],
  ['e_generalized_time_not_in_zulu', 'medium', 'any', (c) => timeFault(c, /^GeneralizedTime [\d.]+(?![\d.]|Z)/), 'has a GeneralizedTime that does not end in Z'],
  ['e_generalized_time_does_not_include_seconds', 'medium', 'any', (c) => timeFault(c, /^GeneralizedTime \d{12}(?!\d)/), 'has a GeneralizedTime without seconds'],
  ['e_generalized_time_includes_fraction_seconds', 'medium', 'any', (c) => timeFault(c, /^GeneralizedTime \d+\./), 'has a GeneralizedTime with a fraction'],
  ['cfy_time_invalid', 'high', 'any', (c) => timeFault(c, /is not a time$/), 'has a date that does not exist'],
  ['e_subject_common_name_max_length', 'low', 'any', tooLong('2.5.4.3', 64), 'has a common name of more than 64 characters'],
  ['e_subject_organization_name_max_length', 'low', 'any', tooLong('2.5.4.10', 64), 'has an organization of more than 64 characters'],
  ['e_subject_organizational_unit_name_max_length', 'low', 'any', tooLong('2.5.4.11', 64), 'has an organizational unit of more than 64 characters'],
  ['e_subject_locality_name_max_length', 'low', 'any', tooLong('2.5.4.7', 128), 'has a locality of more than 128 characters'],
  ['e_subject_state_name_max_length', 'low', 'any', tooLong('2.5.4.8', 128), 'has a state of more than 128 characters'],
  ['e_subject_email_max_length', 'low', 'any', tooLong('1.2.840.113549.1.9.1', 255), 'has a mail address of more than 255 characters'],
  ['e_subject_dn_serial_number_max_length', 'low', 'any', tooLong('2.5.4.5', 64), 'has a serialNumber attribute of more than 64 characters'],
  ['e_subject_dn_country_not_printable_string', 'low', 'any', ({ subject }) => someValue(subject, (_, tag, oid) => oid === '2.5.4.6' && tag !== tags.printableString), 'has a country that is no PrintableString'],
  ['cfy_subject_country_not_two_letters', 'low', 'any', ({ subject }) => someValue(subject, (value, _, oid) => oid === '2.5.4.6' && !/^[A-Z]{2}$/.test(value)), 'has a country that is no two-letter code'],
  ['e_subject_dn_not_printable_characters', 'medium', 'any', ({ subject }) => someValue(subject, (value) => /[\p{Cc}]/u.test(value)), 'has control characters in the subject'],
  ['w_subject_dn_leading_whitespace', 'low', 'any', ({ subject }) => someValue(subject, (value) => /^\s/.test(value)), 'has white space before a subject attribute'],
  ['w_subject_dn_trailing_whitespace', 'low', 'any', ({ subject }) => someValue(subject, (value) => /\s$/.test(value)), 'has white space after a subject attribute'],
  ['w_issuer_dn_leading_whitespace', 'low', 'any', ({ issuer }) => someValue(issuer, (value) => /^\s/.test(value)), 'has white space before an issuer attribute'],
  ['w_issuer_dn_trailing_whitespace', 'low', 'any', ({ issuer }) => someValue(issuer, (value) => /\s$/.test(value)), 'has white space after an issuer attribute'],
  ['w_multiple_subject_rdn', 'info', 'any', ({ subject }) => subject.rdns.some((rdn) => rdn.length > 1), 'has a subject RDN of several attributes'],
  ['cfy_der_length', 'low', 'any', (c) => hasFault(c, 'non-minimal-length') || hasFault(c, 'indefinite-length'), 'is encoded with lengths that DER forbids'],
  ['cfy_der_value', 'low', 'any', (c) => ['boolean-encoding', 'integer-encoding', 'bit-string-encoding', 'oid-encoding'].some((code) => hasFault(c, code)), 'has values that are not encoded as DER wants'],
  ['cfy_der_default', 'info', 'any', (c) => hasFault(c, 'default-encoded'), 'writes a default value out, which DER forbids'],
  ['cfy_der_trailing_data', 'low', 'any', (c) => hasFault(c, 'trailing-data'), 'is followed by data that belong to nothing'],
];

/** Lints of version, serial number, validity, names and encoding. */
export const fieldLints = lintsOf(rows);
