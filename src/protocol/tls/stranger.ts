import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { tlv } from '../x509/write-der';

/** A client certificate that nobody vouches for, with its key, as PEM. */
export interface Stranger {
  readonly cert: string;
  readonly key: string;
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

let keys: Promise<Keys> | null = null;

/**
 * A certificate that claims to come from `issuer` (a DER Name; null: from itself) and is signed by a key of our own, made
 * for this process. Whoever takes it verifies no signature. RSA, because every server that asks takes that.
 */
export async function makeStranger(issuer: Uint8Array | null): Promise<Stranger> {
  keys ??= createKeys();
  const { publicKey, privateKey } = await keys;
  const own = tlv(
    0x30,
    tlv(0x31, tlv(0x30, commonName, tlv(0x0c, Buffer.from('cfy-audit, unknown to everybody')))),
  );
  const body = tlv(
    0x30,
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    sha256WithRsa,
    issuer ?? own,
    tlv(0x30, time(-1), time(1)),
    own,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const der = tlv(0x30, body, sha256WithRsa, signature).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function createKeys(): Promise<Keys> {
  return new Promise((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: 2048 }, (error, publicKey, privateKey) => {
      if (error === null) resolve({ publicKey, privateKey });
      else reject(error);
    });
  });
}

const commonName = Buffer.from('0603550403', 'hex');
const sha256WithRsa = Buffer.from('300d06092a864886f70d01010b0500', 'hex');

/** That many days from now, as UTCTime. */
function time(days: number): Buffer {
  const text = new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tlv(0x17, Buffer.from(text.slice(2)));
}
