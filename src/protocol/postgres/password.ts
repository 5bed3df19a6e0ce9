import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/** The two messages of the client in SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. */
export interface Scram {
  /** Body of SASLInitialResponse. */
  readonly first: Buffer;
  /** Body of SASLResponse for the server's first message; null when that makes no sense. */
  answer(serverFirst: string): Promise<Buffer | null>;
}

/** PostgreSQL's md5: `md5` + md5(md5(password + user) + salt), in hex. */
export function hashMd5(username: string, password: string, salt: Uint8Array): string {
  const md5 = (...parts: readonly (string | Uint8Array)[]): string =>
    parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex');
  return `md5${md5(md5(password, username), salt)}`;
}

/** Begins SCRAM with a fresh nonce. The user name stays empty: PostgreSQL takes that of the start-up message. */
export function beginScram(password: string): Scram {
  const nonce = randomBytes(18).toString('base64');
  const bare = `n=,r=${nonce}`;
  const initial = Buffer.from(`n,,${bare}`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(initial.length);
  return {
    first: Buffer.concat([Buffer.from('SCRAM-SHA-256\0', 'latin1'), length, initial]),
    answer: async (serverFirst) => {
      const [, serverNonce = '', salt = '', rounds = ''] =
        /^r=([^,]+),s=([A-Za-z0-9+/=]+),i=(\d{1,7})$/.exec(serverFirst) ?? [];
      const iterations = Number(rounds);
      // The number is the server's: unbounded, it could keep us busy for hours.
      if (!serverNonce.startsWith(nonce) || iterations < 1 || iterations > 1_000_000) return null;
      const salted = await derive(password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
      const key = hmac(salted, 'Client Key');
      const unproved = `c=biws,r=${serverNonce}`;
      const stored = createHash('sha256').update(key).digest();
      const signature = hmac(stored, `${bare},${serverFirst},${unproved}`);
      const proof = Buffer.from(key.map((byte, i) => byte ^ (signature[i] ?? 0)));
      return Buffer.from(`${unproved},p=${proof.toString('base64')}`, 'latin1');
    },
  };
}

const derive = promisify(pbkdf2);

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
