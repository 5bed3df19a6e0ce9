import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createKey, issueCertificate, keyPem } from '../../fixtures/pki/write-certificate';
import { makeFolder, run } from './binary';

const markup = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';
const steering = '\u001b[2J\u001b]0;owned\u0007\u009b31m';
const bidi = '\u202egnp.exe\u2066';
const lines = 'one\r\nGATE PASSED\n';

/** Controls other than the line breaks of our own layout, bidi controls, and line separators. */
// eslint-disable-next-line no-control-regex
const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

test('names that strangers chose are inert in the report, on the terminal and in errors', async () => {
  const home = makeFolder();
  const evil = `${markup}${steering}${bidi}${lines}`;
  const key = createKey({ kind: 'ec' });
  const certificate = issueCertificate({
    subject: `CN=x${evil}`.replaceAll(',', ';'),
    key,
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    san: { dns: [`san${evil}`], ip: ['127.0.0.1'] },
  });
  const server = createServer({ key: keyPem(key), cert: certificate.pem }, (_request, response) => {
    response.writeHead(200, `OK`, {
      server: `nginx/1.0 ${markup}\u009b`,
      'content-type': `text/html; x="${markup}"`,
      'set-cookie': `c<script>=1`,
    });
    response.end(evil);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const logs = join(home, 'logs');
  mkdirSync(logs);
  const name = `a${markup.replaceAll('/', '_')}${steering}${bidi}${lines}.log`;
  writeFileSync(join(logs, name), `password: hunter2-${'x9K'.repeat(4)}\n${evil}\n`);
  writeFileSync(
    join(home, 't.yaml'),
    `name: ${JSON.stringify(`t${markup}${bidi}`)}
managers:
  - { name: m, address: 127.0.0.1, ports: { https: ${port} }, networks: { ${JSON.stringify(markup)}: 10.0.0.1 } }
tenants: [${JSON.stringify(`tenant${markup}${bidi}`)}]
users: [{ username: ${JSON.stringify(`user${markup}${bidi}`)}, password: '\${PW}' }]
logs: [{ node: m, paths: [logs] }]
limits: { requestsPerSecond: 1000, connectTimeout: 2, subjectTimeout: 5 }
`,
  );
  const env = { PW: 'Zxcv-2938-plain' };
  const scan = await run(['scan', 't.yaml', '-o', 'out', '--vantage', 'network'], { cwd: home, env });
  const plan = await run(['plan', 't.yaml'], { cwd: home, env });
  server.close();
  server.closeAllConnections();
  expect(scan.code).toBe(3);
  expect(plan.code).toBe(0);
  const html = readFileSync(join(home, 'out', 'report.html'), 'utf8');
  const json = readFileSync(join(home, 'out', 'report.json'), 'utf8');
  expect(html).toContain('alert(1)');
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('<img src=x');
  for (const text of [scan.out, scan.err, plan.out, plan.err, html, json])
    expect(acting.exec(text)).toBeNull();
  for (const text of [scan.out, plan.out]) expect(text).not.toMatch(/^GATE PASSED/m);
  // Nothing of it was lost either: it is shown as what it is.
  expect(json).toContain('u202e');
});

test('an error that quotes an argument or a file name steers no terminal', async () => {
  const folder = makeFolder();
  const file = `x${steering}${bidi}.yaml`;
  writeFileSync(join(folder, file), `name: t\n"k\\e[2J": 1\nmanagers: []\n`);
  const evil = `x${steering}${bidi}${lines}`;
  const calls = [
    ['scan', file],
    ['scan', evil],
    ['explain', evil],
    ['rules', '--profile', evil],
    ['evaluate', evil],
    ['scan', `https://${evil}`],
    ['demo', '--weakness', evil],
    ['demo', '--serve', `--${evil}`],
    [evil],
    ['scan', 't.yaml', '--format', evil],
    ['scan', 't.yaml', '--fail-on', evil],
  ];
  for (const args of calls) {
    const { code, out, err } = await run(args, { cwd: folder });
    expect({ args, code }).toEqual({ args, code: 2 });
    expect({ args, acts: acting.exec(out + err) }).toEqual({ args, acts: null });
  }
});
