/** Extension identifiers (RFC 5280 §4.2). */
export const extensionOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyId: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  subjectInfoAccess: '1.3.6.1.5.5.7.1.11',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
} as const;

/** The special policy anyPolicy (RFC 5280 §4.2.1.4). */
export const anyPolicy = '2.5.29.32.0';

/** Key usage bits in their order (RFC 5280 §4.2.1.3). */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** Extended key usages with a common name; others stand as OIDs. */
export const purposes: Readonly<Record<string, string>> = {
  '2.5.29.37.0': 'anyExtendedKeyUsage',
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning',
};

/** Attribute types with a short name: RFC 4514 §3, and OpenSSL's names for others often seen. */
export const attributes: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** Named curves: field size in bits. */
export const curves: Readonly<Record<string, { readonly name: string; readonly bits: number }>> = {
  '1.2.840.10045.3.1.1': { name: 'P-192', bits: 192 },
  '1.3.132.0.33': { name: 'P-224', bits: 224 },
  '1.2.840.10045.3.1.7': { name: 'P-256', bits: 256 },
  '1.3.132.0.34': { name: 'P-384', bits: 384 },
  '1.3.132.0.35': { name: 'P-521', bits: 521 },
  '1.3.132.0.10': { name: 'secp256k1', bits: 256 },
  '1.3.36.3.3.2.8.1.1.7': { name: 'brainpoolP256r1', bits: 256 },
  '1.3.36.3.3.2.8.1.1.11': { name: 'brainpoolP384r1', bits: 384 },
  '1.3.36.3.3.2.8.1.1.13': { name: 'brainpoolP512r1', bits: 512 },
};

/** Hash functions. */
export const hashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** How a signature is made. */
export type SignatureScheme = 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'ed25519' | 'ed448' | 'dsa' | 'unknown';

/** Signature algorithms: name as OpenSSL prints it, scheme, hash (null: none, or in the parameters). */
export const signatures: Readonly<Record<string, readonly [string, SignatureScheme, string | null]>> = {
  '1.2.840.113549.1.1.2': ['md2WithRSAEncryption', 'rsa-pkcs1', 'md2'],
  '1.2.840.113549.1.1.4': ['md5WithRSAEncryption', 'rsa-pkcs1', 'md5'],
  '1.2.840.113549.1.1.5': ['sha1WithRSAEncryption', 'rsa-pkcs1', 'sha1'],
  '1.2.840.113549.1.1.14': ['sha224WithRSAEncryption', 'rsa-pkcs1', 'sha224'],
  '1.2.840.113549.1.1.11': ['sha256WithRSAEncryption', 'rsa-pkcs1', 'sha256'],
  '1.2.840.113549.1.1.12': ['sha384WithRSAEncryption', 'rsa-pkcs1', 'sha384'],
  '1.2.840.113549.1.1.13': ['sha512WithRSAEncryption', 'rsa-pkcs1', 'sha512'],
  '1.2.840.113549.1.1.10': ['rsassaPss', 'rsa-pss', null],
  '1.2.840.10045.4.1': ['ecdsa-with-SHA1', 'ecdsa', 'sha1'],
  '1.2.840.10045.4.3.1': ['ecdsa-with-SHA224', 'ecdsa', 'sha224'],
  '1.2.840.10045.4.3.2': ['ecdsa-with-SHA256', 'ecdsa', 'sha256'],
  '1.2.840.10045.4.3.3': ['ecdsa-with-SHA384', 'ecdsa', 'sha384'],
  '1.2.840.10045.4.3.4': ['ecdsa-with-SHA512', 'ecdsa', 'sha512'],
  '1.2.840.10040.4.3': ['dsa-with-SHA1', 'dsa', 'sha1'],
  '2.16.840.1.101.3.4.3.2': ['dsa-with-SHA256', 'dsa', 'sha256'],
  '1.3.101.112': ['ED25519', 'ed25519', null],
  '1.3.101.113': ['ED448', 'ed448', null],
};
