import { addFault, type Element, expectTag, readAll, type Reading, readOne, tags } from './der';
import { hashes, signatures, type SignatureScheme } from './oids';
import { readOid, readSmallInteger, toHex } from './values';

/** A signature algorithm with its parameters. */
export interface SignatureAlgorithm {
  readonly oid: string;
  /** As OpenSSL prints it, or the OID. */
  readonly name: string;
  readonly scheme: SignatureScheme;
  /** null: none of its own (EdDSA) or unknown. */
  readonly hash: string | null;
  /** Octets of salt; 0 where the scheme has none. */
  readonly saltLength: number;
  /** Why it cannot be verified; null when it can. */
  readonly unusable: string | null;
}

const MGF1 = '1.2.840.113549.1.1.8';

/** Reads a signature AlgorithmIdentifier. */
export function readSignatureAlgorithm(element: Element | undefined, reading: Reading): SignatureAlgorithm {
  const sequence = expectTag(element, tags.sequence, reading);
  const [type, parameters, extra] = readAll(sequence.content, reading);
  const oid = readOid(expectTag(type, tags.oid, reading), reading);
  if (extra !== undefined) addFault(reading, 'unexpected-field', 'algorithm has further fields');
  const known = signatures[oid];
  if (known === undefined) {
    return {
      oid,
      name: oid,
      scheme: 'unknown',
      hash: null,
      saltLength: 0,
      unusable: `unknown algorithm ${oid}`,
    };
  }
  const [name, scheme, hash] = known;
  if (scheme === 'rsa-pss') return { oid, name, scheme, ...readPss(parameters, reading) };
  // RFC 4055 §5: NULL for RSA; RFC 5758 §3 and RFC 8410 §3: absent for the others.
  const fits = scheme === 'rsa-pkcs1' ? parameters?.tag === tags.null : parameters === undefined;
  if (!fits) addFault(reading, 'algorithm-parameters', `${name} with unexpected parameters`);
  const unusable = scheme === 'dsa' ? 'DSA is not supported' : hash === 'md2' ? 'MD2 is not supported' : null;
  return { oid, name, scheme, hash, saltLength: 0, unusable };
}

/** RSASSA-PSS-params (RFC 4055 §3.1); every field has a default. */
function readPss(
  element: Element | undefined,
  reading: Reading,
): Pick<SignatureAlgorithm, 'hash' | 'saltLength' | 'unusable'> {
  let hash: string | undefined = 'sha1';
  let maskHash: string | undefined = 'sha1';
  let saltLength: number | null = 20;
  let unusable: string | null = null;
  if (element?.tag === tags.sequence) {
    for (const field of readAll(element.content, reading)) {
      const inner = readOne(field.content, reading);
      if (field.tag === 0xa0) hash = readHash(inner, reading);
      else if (field.tag === 0xa1) {
        const [type, parameters] = readAll(inner.content, reading);
        if (type === undefined || readOid(type, reading) !== MGF1)
          unusable = 'mask generation other than MGF1';
        maskHash = parameters === undefined ? 'sha1' : readHash(parameters, reading);
      } else if (field.tag === 0xa2) saltLength = readSmallInteger(inner, reading);
      else if (field.tag !== 0xa3 || toHex(inner.content) !== '01') unusable = 'unknown PSS trailer';
    }
  } else {
    unusable = 'PSS without parameters';
  }
  if (hash === undefined || hash !== maskHash) unusable = 'PSS with two different or unknown hashes';
  if (saltLength === null || saltLength > 512) unusable = 'PSS with an impossible salt length';
  return { hash: hash ?? null, saltLength: saltLength ?? 0, unusable };
}

function readHash(element: Element, reading: Reading): string | undefined {
  const [type] = readAll(expectTag(element, tags.sequence, reading).content, reading);
  return type === undefined ? undefined : hashes[readOid(type, reading)];
}
