import { type Element, expectTag, readAll, type Reading, readOne, tags } from './der';
import { readOid } from './values';

const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** The certificates of a PKCS#7 bundle (SignedData, RFC 5652 §5.1) in their order; null when it is none. */
export function readPkcs7(bytes: Uint8Array): readonly Uint8Array[] | null {
  const reading: Reading = { faults: [], where: 'PKCS#7' };
  try {
    const [type, content] = readAll(
      expectTag(readOne(bytes, reading), tags.sequence, reading).content,
      reading,
    );
    if (type === undefined || readOid(type, reading) !== SIGNED_DATA || content === undefined) return null;
    const data = expectTag(readOne(content.content, reading), tags.sequence, reading);
    const set = readAll(data.content, reading).find(({ tag }) => tag === 0xa0);
    return set === undefined ? [] : readAll(set.content, reading).flatMap(certificateOf);
  } catch {
    return null;
  }
}

/** CertificateChoices: attribute certificates and others carry context tags. */
const certificateOf = ({ tag, bytes }: Element): readonly Uint8Array[] =>
  tag === tags.sequence ? [bytes] : [];
