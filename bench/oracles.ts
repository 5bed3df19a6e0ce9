import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DerError, parseCertificate, type Profile, validatePath } from '../src/protocol/x509';
import { type ChainCase, makeCase } from './chain-cases';

// Generated chains, judged here, by `openssl verify` and by Go: npx tsc && node dist/bench/oracles.js [count] [seed]
const count = Number(process.argv[2] ?? '2000');
const seed = Number(process.argv[3] ?? '1');
const at = new Date(Math.floor(Date.now() / 1000) * 1000);
const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-oracles-'));

/** '' accepts; else why not. */
function ours({ leaf, sent, anchors, host }: ChainCase, profile: Profile): string {
  try {
    const read = (list: typeof sent): ReturnType<typeof parseCertificate>[] =>
      list.flatMap(({ der }) => {
        try {
          return [parseCertificate(der)];
        } catch (error) {
          if (error instanceof DerError) return [];
          throw error;
        }
      });
    const { anchored, code, detail } = validatePath({
      leaf: parseCertificate(leaf.der),
      intermediates: read(sent),
      anchors: read(anchors),
      at,
      host,
      purpose: 'serverAuth',
      profile,
    });
    return anchored ? '' : `${code ?? ''}: ${detail ?? ''}`;
  } catch (error) {
    if (error instanceof DerError) return error.message;
    throw error;
  }
}

function openssl({ changes, leaf, sent, anchors, host }: ChainCase): string {
  const put = (name: string, list: typeof sent): string => {
    writeFileSync(join(folder, name), list.map(({ pem }) => pem).join(''));
    return join(folder, name);
  };
  const named = isIP(host) === 0 ? ['-verify_hostname', host] : ['-verify_ip', host];
  const { status, stdout, stderr } = spawnSync(
    'openssl',
    [
      ...['verify', '-purpose', 'sslserver', '-auth_level', '1', '-no-CApath', '-no-CAstore'],
      ...(changes[0] === 'intermediate anchor' ? ['-partial_chain'] : []),
      ...['-attime', String(at.getTime() / 1000), ...named, '-CAfile', put('anchors', anchors)],
      ...(sent.length > 0 ? ['-untrusted', put('sent', sent)] : []),
      put('leaf', [leaf]),
    ],
    { encoding: 'utf8' },
  );
  return status === 0 ? '' : `${stdout}${stderr}`.replace(/\s+/g, ' ');
}

function go(cases: readonly ChainCase[]): readonly string[] {
  const base64 = (list: ChainCase['sent']): string[] =>
    list.map(({ der }) => Buffer.from(der).toString('base64'));
  const lines = cases.map(({ leaf, sent, anchors, host }) =>
    JSON.stringify({
      Leaf: base64([leaf])[0],
      Sent: base64(sent),
      Anchors: base64(anchors),
      Host: host,
      At: at.getTime() / 1000,
    }),
  );
  const { stdout, stderr } = spawnSync('go', ['run', join(__dirname, '../../bench/oracle.go')], {
    input: lines.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const answers = stdout.trim().split('\n');
  if (answers.length !== cases.length)
    throw new Error(`Go stopped after ${String(answers.length)} chains: ${stderr.slice(0, 500)}`);
  return answers.map((line) => JSON.parse(line) as string);
}

try {
  const cases = Array.from({ length: count }, (_, i) => makeCase(seed, i, at));
  const told = { openssl: cases.map(openssl), go: go(cases) };
  for (const [oracle, profile] of [
    ['openssl', 'private-pki'],
    ['go', 'path'],
  ] as const) {
    const verdicts = cases.map((item) => ours(item, profile));
    const both = { accepted: 0, refused: 0 };
    const kinds = new Map<string, number[]>();
    verdicts.forEach((verdict, i) => {
      const theirs = told[oracle][i] ?? '';
      if ((verdict === '') === (theirs === '')) both[verdict === '' ? 'accepted' : 'refused'] += 1;
      else {
        const kind =
          verdict === ''
            ? `accepted here; ${oracle}: ${theirs.replace(/^.*?error \d+ at/, 'error at').slice(0, 130)}`
            : `refused here, ${verdict.slice(0, 110)}`;
        kinds.set(kind, [...(kinds.get(kind) ?? []), i]);
      }
    });
    process.stdout.write(
      `\n${oracle} beside ${profile}: ${String(both.accepted)} accepted, ${String(both.refused)} refused by both\n`,
    );
    for (const [kind, list] of [...kinds].sort((a, b) => b[1].length - a[1].length))
      process.stdout.write(
        `${String(list.length).padStart(5)}  ${kind}\n         #${String(list[0])} ${cases[list[0] ?? 0]?.changes.join(', ') ?? ''} [${cases[list[0] ?? 0]?.host ?? ''}]\n`,
      );
  }
} finally {
  rmSync(folder, { recursive: true });
}
