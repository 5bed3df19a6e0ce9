import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issued } from '../../../fixtures/pki/write-certificate';
import { now, validate } from './chain';
import { build, rows } from './changes';

// Where the profile of OpenSSL's clients differs from `openssl verify`, and why it stands.
const differences: Readonly<Record<string, string>> = {
  'root without basicConstraints':
    'OpenSSL takes a trusted root by its keyUsage alone; RFC 5280 §6.1.4 k wants CA:TRUE, and so do Go and GnuTLS.',
  'not after this second': 'OpenSSL counts the second of notAfter as past; RFC 5280 §4.1.2.5 counts it in.',
  'no SAN, only a common name':
    "OpenSSL falls back to the common name; Python since 3.7 and Go do not (RFC 9525 §6.1), and Cloudify's agents are Python.",
};

const found = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const missing = found.status !== 0;
if (missing && process.env.CFY_AUDIT_REQUIRE_SERVERS === '1') throw new Error('openssl is not installed');
if (missing) process.stdout.write('skipped: openssl is not installed\n');

describe.each(rows)('%s (%s)', (name, place, change) => {
  (missing ? test.skip : test)('private-pki says what openssl verify says', () => {
    const chain = build(place, change);
    const ours = validate(chain, 'private-pki');
    const theirs = verify(chain);
    const agrees = ours.anchored === theirs.accepted;
    if (agrees === !(name in differences)) return;
    throw new Error(`${name}: OpenSSL ${theirs.output}; here: ${ours.detail ?? 'accepted'}`);
  });
});

/** Security level 1 is what OpenSSL 3.0's clients use unless a distribution raises it. */
function verify(chain: readonly Issued[]): { accepted: boolean; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-x509-'));
  try {
    const files = chain.map(({ pem }, i) => {
      const file = join(folder, `${String(i)}.pem`);
      writeFileSync(file, pem);
      return file;
    });
    const [leaf = '', ca = '', root = ''] = files;
    const options = [
      '-purpose',
      'sslserver',
      '-auth_level',
      '1',
      '-attime',
      String(Math.floor(now.getTime() / 1000)),
      '-verify_hostname',
      'host.example.com',
    ];
    const trust = ['-no-CApath', '-no-CAstore', '-CAfile', root, '-untrusted', ca];
    const { status, stdout, stderr } = spawnSync('openssl', ['verify', ...options, ...trust, leaf], {
      encoding: 'utf8',
    });
    return { accepted: status === 0, output: `${stdout} ${stderr}`.replace(/\s+/g, ' ') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
