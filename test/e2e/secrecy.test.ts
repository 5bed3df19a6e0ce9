import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { shippedDetectors } from '../../src/collect/log-secrets/detector';
import { makeFolder, run } from './binary';

/** Every input of an audit with a value of its own that must not come out anywhere. */
const canaries = {
  environmentPassword: 'Envpw-7Qx-canary-one',
  filePassword: 'Filepw-9Kz-canary-two',
  fileToken: 'Filetok-4Wd-canary-three',
  knownSecret: 'Known-5Tr-canary-four!"<&',
  body: 'Body-8Lm-canary-five',
  header: 'Header-3Gb-canary-six',
  cookie: 'Cookie-6Yn-canary-seven',
  location: 'Location-2Hs-canary-eight',
  bearer: 'ctok-ABCDEFGH-canary0123456789canary0123456789nine',
  unrelatedEnvironment: 'Other-1Vc-canary-ten',
};

/** The values, and the forms in which protocols and formats would carry them. */
function formsOf(value: string): readonly string[] {
  return [
    value,
    Buffer.from(value).toString('base64'),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    Buffer.from(value).toString('hex'),
  ];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('what is secret in any input comes out nowhere', async () => {
  const home = makeFolder();
  const temporary = makeFolder();
  const logs = join(home, 'logs', 'var', 'log', 'cloudify', 'rest');
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(home, 'pw'), canaries.filePassword, { mode: 0o600 });
  writeFileSync(join(home, 'token'), canaries.fileToken, { mode: 0o600 });

  // One leak of each detector, plain and compressed; and the known secret, plain and encoded.
  const examples = shippedDetectors().flatMap((detector) => detector.examples);
  const lines = examples.map(({ text }) => `2026-11-22 02:14:50 [DEBUG] [rest] ${text}`);
  const known = Buffer.from(canaries.knownSecret).toString('base64');
  writeFileSync(
    join(logs, 'cloudify-rest-service.log'),
    [...lines, `sent ${canaries.knownSecret} as ${known}`, ''].join('\n'),
  );
  writeFileSync(join(logs, 'cloudify-rest-service.log.1.gz'), gzipSync(lines.join('\n')));

  const openssl = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const key = join(home, 'server.key');
  const certificate = join(home, 'server.crt');
  execFileSync(
    'openssl',
    [...openssl, '-keyout', key, '-out', certificate, '-days', '30', '-subj', '/CN=m'],
    {
      stdio: 'ignore',
    },
  );
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (request, response) => {
      const broken = request.url?.includes('status') === true;
      response.writeHead(broken ? 500 : 200, {
        'content-type': 'application/json',
        'set-cookie': [`session=${canaries.cookie}; Path=/`, `other="${canaries.cookie}"`],
        'x-auth-token': canaries.header,
        'x-session-id': canaries.header,
        authorization: canaries.header,
        'x-debug': `token ${canaries.bearer}`,
        location: `https://admin:${canaries.location}@10.0.0.1/?x=1`,
      });
      response.end(
        JSON.stringify({
          password: canaries.body,
          error_code: canaries.body,
          message: canaries.body,
          items: [],
        }),
      );
    },
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  writeFileSync(
    join(home, 'target.yaml'),
    `name: canaries
managers:
  - { name: m, address: 127.0.0.1, ports: { https: ${port}, internal: ${port + 1} } }
ca: { internal: server.crt, external: server.crt }
users:
  - { username: one, password: '\${CANARY_PASSWORD}' }
  - { username: two, password: { file: pw }, token: { file: token } }
secrets:
  - { name: broker password, value: '\${CANARY_KNOWN}' }
logs:
  - { node: m, paths: [logs] }
limits: { requestsPerSecond: 200, connectTimeout: 2, subjectTimeout: 5, concurrency: 8 }
`,
  );

  const arguments_: string[] = [];
  const seen = new Map<string, string>();
  let watching: NodeJS.Timeout | undefined;
  const ran = await run(['scan', 'target.yaml', '--output', 'out', '--vantage', 'network'], {
    cwd: home,
    env: {
      CANARY_PASSWORD: canaries.environmentPassword,
      CANARY_KNOWN: canaries.knownSecret,
      CANARY_OTHER: canaries.unrelatedEnvironment,
      TMPDIR: temporary,
    },
    watch: (child, said) => {
      if (said !== '') return;
      watching = setInterval(() => {
        try {
          for (const line of [child.pid ?? 0, ...childrenOf(child.pid ?? 0)])
            arguments_.push(readFileSync(`/proc/${line}/cmdline`, 'utf8'));
          for (const file of filesBelow(temporary)) seen.set(file, readFileSync(file, 'latin1'));
        } catch {
          // The process or a file was gone before it could be read.
        }
      }, 10);
    },
  });
  clearInterval(watching);
  server.close();
  server.closeAllConnections();

  expect(ran.err).toMatch(/^cfy-audit: warning: .*beyond 10 requests a second.*\n$/);
  expect(ran.code).toBe(3);
  const formats = ['html', 'json', 'terminal'];
  const rendered = await Promise.all(
    formats.map((format) => run(['report', 'out/report.json', '--format', format], { cwd: home })),
  );
  const out = join(home, 'out');
  const files = filesBelow(out);
  expect(files.length).toBe(3);
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(arguments_.length).toBeGreaterThan(3);
  expect(filesBelow(temporary)).toEqual([]);

  const outputs: Readonly<Record<string, string>> = {
    stdout: ran.out,
    stderr: ran.err,
    arguments: arguments_.join('\n'),
    temporary: [...seen.values()].join('\n'),
    ...Object.fromEntries(files.map((file) => [file, readFileSync(file, 'utf8')])),
    ...Object.fromEntries(rendered.map((r, i) => [`report --format ${formats[i] ?? ''}`, r.out + r.err])),
  };
  const found: string[] = [];
  // Examples are secrets as well, but one that is an ordinary word (of a default account) may stand anywhere.
  const planted = [
    ...Object.values(canaries),
    ...examples.map(({ secret }) => secret).filter((s) => s.length >= 12),
  ];
  for (const [name, text] of Object.entries(outputs))
    for (const secret of planted)
      for (const form of formsOf(secret)) if (text.includes(form)) found.push(`${form} in ${name}`);
  expect(found).toEqual([]);
  // The leaks were found, so it was not for want of looking.
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as {
    evidence: { type: string; data?: { leaks: { detector: string }[]; privateKeys: unknown[] } }[];
  };
  const leaks = report.evidence.flatMap((e) => (e.type === 'log.secrets' ? (e.data?.leaks ?? []) : []));
  expect(new Set(leaks.map((leak) => leak.detector)).size).toBeGreaterThan(30);
});

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}
