import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issued } from '../../../fixtures/pki/write-certificate';
import { now } from './chain';

const found = spawnSync('openssl', ['version'], { encoding: 'utf8' });

/** Whether there is no openssl to ask; said once a test file. */
export const openSslIsMissing = found.status !== 0;
if (openSslIsMissing && process.env.CFY_AUDIT_REQUIRE_SERVERS === '1')
  throw new Error('openssl is not installed');
if (openSslIsMissing) process.stdout.write('skipped: openssl is not installed\n');

/** What is given to `openssl verify`. */
export interface Given {
  readonly leaf: Issued;
  readonly sent: readonly Issued[];
  readonly trusted: readonly Issued[];
  readonly host: string;
}

/** Security level 1 is what OpenSSL 3.0's clients use unless a distribution raises it. */
export function verifyByOpenSsl({ leaf, sent, trusted, host }: Given): { accepted: boolean; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-x509-'));
  try {
    const write = (name: string, certificates: readonly Issued[]): string => {
      const file = join(folder, name);
      writeFileSync(file, certificates.map(({ pem }) => pem).join(''));
      return file;
    };
    const options = ['-purpose', 'sslserver', '-auth_level', '1'];
    const time = ['-attime', String(Math.floor(now.getTime() / 1000))];
    const name = [isIP(host) === 0 ? '-verify_hostname' : '-verify_ip', host];
    const trust = ['-no-CApath', '-no-CAstore', '-CAfile', write('trusted.pem', trusted)];
    const untrusted = sent.length === 0 ? [] : ['-untrusted', write('sent.pem', sent)];
    const { status, stdout, stderr } = spawnSync(
      'openssl',
      ['verify', ...options, ...time, ...name, ...trust, ...untrusted, write('leaf.pem', [leaf])],
      { encoding: 'utf8' },
    );
    return { accepted: status === 0, output: `${stdout} ${stderr}`.replace(/\s+/g, ' ') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
