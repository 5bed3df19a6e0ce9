import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { toPem } from '../fixtures/pki/der-writer';
import { DerError, parseCertificate } from '../src/protocol/x509';
import { concerns } from '../src/protocol/x509/lints/lint';
import { lints } from '../src/protocol/x509/lints';

/**
 * Compares the lints that carry a name of zlint's with what zlint says of the same certificates:
 * npx tsc && node dist/bench/lints.js ZLINT FILE... (x509-limbo files or PEM bundles, .gz or not).
 * Only where zlint applies a lint (not NA, NE) is there something to compare; NE is zlint's date of effect.
 */
const [zlint = 'zlint', ...files] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-lints-'));

interface Count {
  both: number;
  neither: number;
  ours: string[];
  theirs: string[];
}
const counts = new Map<string, Count>();
const named = lints.filter(({ name }) => /^[ewn]_/.test(name));
let compared = 0;
let unreadable = 0;

try {
  const ders = new Map<string, Uint8Array>();
  for (const file of files)
    for (const der of certificatesIn(file)) ders.set(Buffer.from(der).toString('base64'), der);
  for (const der of ders.values()) compare(der);
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { both, neither, ours, theirs }] of rows)
    console.log(
      `| ${name} | ${String(both)} | ${String(neither)} | ${String(ours.length)} | ${String(theirs.length)} |${process.env.SHOW ? ` ${[...ours, '/', ...theirs].slice(0, 8).join(' ')}` : ''}`,
    );
  const sum = (pick: (count: Count) => number): number =>
    rows.reduce((all, [, count]) => all + pick(count), 0);
  const agree = sum(({ both, neither }) => both + neither);
  const differ = sum(({ ours, theirs }) => ours.length + theirs.length);
  console.log(
    `${String(ders.size)} certificates (${String(unreadable)} that one of both cannot read), ${String(compared)} compared`,
  );
  console.log(
    `${String(named.length)} lints of a name of zlint's, ${String(rows.length)} of them applied by both, ${String(rows.filter(([, c]) => c.both > 0).length)} with a certificate that breaks them`,
  );
  console.log(
    `${String(agree)} of ${String(agree + differ)} answers agree (${((100 * agree) / (agree + differ)).toFixed(2)} %)`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

function certificatesIn(file: string): readonly Uint8Array[] {
  const raw = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8');
  const blocks = text
    .replaceAll('\\n', '\n')
    .matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, body = '']) => new Uint8Array(Buffer.from(body, 'base64')));
}

function compare(der: Uint8Array): void {
  const file = join(folder, 'certificate.pem');
  writeFileSync(file, toPem(der));
  const { stdout, status } = spawnSync(zlint, [file], { encoding: 'utf8', maxBuffer: 1 << 24 });
  let certificate;
  try {
    certificate = parseCertificate(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
  }
  if (status !== 0 || certificate === undefined) {
    unreadable += 1;
    return;
  }
  compared += 1;
  const answers = JSON.parse(stdout) as Readonly<Record<string, { readonly result: string }>>;
  for (const { name, scope, broken } of named) {
    const result = answers[name]?.result;
    if (result === undefined || result === 'NA' || result === 'NE') continue;
    const theirs = result !== 'pass';
    const ours = concerns(scope, certificate) && broken(certificate);
    const count = counts.get(name) ?? { both: 0, neither: 0, ours: [], theirs: [] };
    counts.set(name, count);
    if (ours === theirs) count[ours ? 'both' : 'neither'] += 1;
    else count[ours ? 'ours' : 'theirs'].push(certificate.sha256.slice(0, 12));
  }
}
