/** Protocol versions that a hello can ask for, oldest first, with their number on the wire. */
export const tlsVersions = {
  SSLv3: 0x0300,
  TLSv1: 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
} as const;

export type TlsVersion = keyof typeof tlsVersions;

/** Name of a version number; hex when it is none of ours. */
export function nameVersion(wire: number): string {
  const found = Object.entries(tlsVersions).find(([, value]) => value === wire);
  return found ? found[0] : `0x${wire.toString(16).padStart(4, '0')}`;
}

/** Alert descriptions, RFC 8446 §6 and RFC 5246 §7.2. */
const alerts: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
};

/** `handshake_failure (40)`. */
export function nameAlert(description: number): string {
  return `${alerts[description] ?? 'alert'} (${description})`;
}
