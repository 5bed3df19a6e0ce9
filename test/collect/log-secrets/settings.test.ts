import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readAudit } from '../../../src/collect/log-secrets/settings/audit-log';
import { attributesOf } from '../../../src/collect/log-secrets/settings/attributes';
import { countLevels } from '../../../src/collect/log-secrets/settings/levels';
import { readLogrotate } from '../../../src/collect/log-secrets/settings/logrotate';
import { openTree } from '../../../src/collect/log-secrets/settings/tree';
import { makeFolder, removeFolders, search, observed } from './context';

afterAll(removeFolders);

test.each([
  ['22/11/2026 02:55:17 [DEBUG] [manager_rest.server] GET', 1],
  ['2026-11-22 02:14:50,773 - [RESTSERVICE] - DEBUG - Running', 1],
  ['2026-11-22 02:14:50:DEBUG:worker.dispatch - x', 1],
  ['2026-11-22 02:55:17.125+00:00 [debug] <0.1878.0> x', 1],
  ['< 2026-11-22 02:55:19.753 UTC >DEBUG:  parse <unnamed>', 1],
  ['ts=2026-11-22T02:55:19Z caller=main.go level=debug msg=x', 1],
  ['22/11/2026 02:55:17 [INFO] [manager_rest.server] level DEBUG was asked for', 0],
  ['2026-11-22 02:14:50,773 - [DEBUGGER] - INFO - Running', 0],
])('%s', (line, debugLines) => {
  expect(countLevels([line])).toEqual({ lines: 1, debugLines });
});

test('lines that name no level are not counted', () => {
  expect(countLevels(['Booting worker with pid: 15804', 'DEBUG=1 in a variable', ''])).toEqual({
    lines: 0,
    debugLines: 0,
  });
});

test('logrotate: names on lines of their own, quotes, scripts, and rotate outside of stanzas', () => {
  const rotations = readLogrotate([
    'weekly\nrotate 4\n# rotate 9\n/var/log/a.log {\n  rotate 7\n}\n',
    '"/var/log/with blank.log"\n/var/log/b*.log\n{\n  postrotate\n    rotate 99 }\n  endscript\n}\n/var/log/none.log { \n rotate 0\n}\n',
  ]);
  const paths = ['a.log', 'b1.log', 'with blank.log', 'none.log', 'c.log'];
  expect(paths.map((name) => rotations(`/var/log/${name}`)?.keeps)).toEqual([7, 4, 4, 0, undefined]);
});

const at = (day: number, user: string): string =>
  `[${String(day)}/Nov/2026:02:55:17 +0000] 127.0.0.1 ${user} tenant_a http_basic "GET /api/v3.1/x HTTP/1.1" 200 1`;
const asked = (day: number): string =>
  `10.0.0.9 - - [${String(day)}/Nov/2026:02:55:17 +0000] "GET /api/v3.1/x HTTP/1.1" 200 1`;
const rest = { path: '/var/log/cloudify/rest/cloudify-rest-service.log', lines: ['x'] };
const audit = (...lines: string[]): { path: string; lines: string[] } => ({
  path: '/var/log/cloudify/rest/audit.log',
  lines,
});
const access = (...lines: string[]): { path: string; lines: string[] } => ({
  path: '/var/log/cloudify/nginx/cloudify.access.log',
  lines,
});

test('the audit log: there, missing, unknown; who is named; how far behind', () => {
  expect(readAudit([]).state).toBe('unknown');
  expect(readAudit([rest]).state).toBe('missing');
  expect(readAudit([rest, { ...audit(), lines: null }]).state).toBe('unknown');
  expect(readAudit([rest, audit(at(22, 'alice'), at(22, '-'))])).toMatchObject({ entries: 2, named: 1 });
  expect(readAudit([audit(at(20, 'alice')), access(asked(22))]).behindHours).toBe(48);
  expect(readAudit([audit(at(22, 'alice')), access(asked(20))]).behindHours).toBe(0);
  expect(readAudit([audit(at(22, 'alice')), access('no request')]).behindHours).toBeUndefined();
});

async function attributes(mode: number, folderMode: number, passwd: string | null): Promise<unknown> {
  const root = makeFolder();
  const path = join(root, 'var/log/cloudify/rest/x.log');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'x\n');
  chmodSync(path, mode);
  chmodSync(dirname(path), folderMode);
  if (passwd !== null) {
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/passwd'), passwd.replaceAll('UID', String(process.getuid?.() ?? 0)));
  }
  const tree = await openTree([join(root, 'var/log/cloudify')]);
  expect(tree.root).toBe(root);
  const { readableByAll, writableByAll, owner, ownerKind } = await attributesOf(path, tree);
  return [readableByAll, writableByAll, owner, ownerKind];
}

test.each([
  [
    'open file in an open folder',
    0o644,
    0o755,
    'cfyuser:x:UID:1::/:/bin/false',
    [true, false, 'cfyuser', 'service'],
  ],
  [
    'open file in a closed folder',
    0o666,
    0o750,
    'cfyuser:x:UID:1::/:/bin/false',
    [false, false, 'cfyuser', 'service'],
  ],
  ['writable file', 0o662, 0o755, 'cfyuser:x:UID:1::/:/bin/false', [false, true, 'cfyuser', 'service']],
  ['no account of that id', 0o640, 0o755, 'nobody:x:65534:1::/:/bin/false', [false, false, 'UID', 'unknown']],
  ['a plain copy', 0o644, 0o755, null, [null, null, null, 'unknown']],
] as const)('%s', async (_name, mode, folderMode, passwd, wanted) => {
  const uid = `uid ${String(process.getuid?.() ?? 0)}`;
  expect(await attributes(mode, folderMode, passwd)).toEqual(
    wanted.map((each) => (each === 'UID' ? uid : each)),
  );
});

test('a copy below /tmp is not taken for the node itself', async () => {
  expect((await openTree(['/tmp/x/var/log/cloudify'])).root).toBe('/tmp/x');
  expect((await openTree(['/tmp/x/logs'])).root).toBeNull();
  expect((await openTree(['/var/log/cloudify'])).root).toBe('');
  expect((await openTree(['/mnt/a/var/log', '/mnt/b/var/log'])).root).toBeNull();
});

test('the export of a journal is searched, binary fields included', async () => {
  const folder = makeFolder();
  const message = 'line one\nlogin with password: Tr0ub4dor+3';
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(message.length));
  writeFileSync(
    join(folder, 'journal.export'),
    Buffer.concat([
      Buffer.from(
        '__REALTIME_TIMESTAMP=1\nPRIORITY=6\nMESSAGE=PGPASSWORD=kX82hdkq psql\n\n__REALTIME_TIMESTAMP=2\nMESSAGE\n',
      ),
      size,
      Buffer.from(`${message}\n\n`),
    ]),
  );
  writeFileSync(join(folder, 'journal.json'), `${JSON.stringify({ MESSAGE: message, PRIORITY: '6' })}\n`);
  const evidence = await search([folder]);
  expect(observed(evidence, 'journal.export').leaks).toHaveLength(2);
  expect(observed(evidence, 'journal.json').leaks).toHaveLength(1);
});
