import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A throw-away CA and a server certificate of it for `localhost` and 127.0.0.1, made by openssl. */
export interface Pki {
  readonly caDer: Uint8Array;
  readonly caPem: string;
  readonly key: string;
  readonly cert: string;
  readonly directory: string;
  remove(): void;
}

export function makePki(caName = 'test CA'): Pki {
  const directory = mkdtempSync(join(tmpdir(), 'cfy-audit-http-'));
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    `/CN=${caName}`,
    '-days',
    '2',
  );
  openssl('req', ...ec, '-keyout', 'key.pem', '-out', 'csr.pem', '-subj', '/CN=localhost');
  writeFileSync(at('ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    ...['x509', '-req', '-in', 'csr.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-days', '2', '-extfile', 'ext', '-out', 'cert.pem'],
  );
  openssl('x509', '-in', 'ca.pem', '-outform', 'DER', '-out', 'ca.der');
  return {
    caDer: readFileSync(at('ca.der')),
    caPem: readFileSync(at('ca.pem'), 'utf8'),
    key: readFileSync(at('key.pem'), 'utf8'),
    cert: readFileSync(at('cert.pem'), 'utf8'),
    directory,
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
