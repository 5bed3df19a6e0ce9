import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { EvidenceBundle } from '../../src/model/evidence';
import { makeFolder, run } from './binary';

const secret = 'Tr0ub4dor&3';
const entry = (unit: string, message: string): string =>
  `__CURSOR=s=5f3a;i=1\n__REALTIME_TIMESTAMP=1763776490000000\n_SYSTEMD_UNIT=${unit}\nMESSAGE=${message}\n\n`;
const journal =
  entry('sshd.service', 'Started session').repeat(3000) +
  entry('cloudify-restservice.service', `connecting with password: ${secret}`);

test.each([
  ['a journal', Buffer.from(journal)],
  ['the same, packed', gzipSync(journal)],
])('what is piped in is searched where the target says "-": %s', async (_what, input) => {
  const folder = makeFolder();
  const target = `name: t\nmanagers:\n  - { name: m, address: 127.77.3.9 }\nlogs:\n  - { node: m, paths: ['-'] }\n`;
  writeFileSync(join(folder, 't.yaml'), target);
  const { code, out, err } = await run(['collect', 't.yaml', '-o', 'b.json'], { cwd: folder, input });
  expect(code).toBe(0);
  const text = readFileSync(join(folder, 'b.json'), 'utf8');
  const logs = (JSON.parse(text) as EvidenceBundle).evidence.filter(({ type }) => type === 'log.secrets');
  expect(logs).toMatchObject([
    {
      subject: { id: 'logs:m:/dev/stdin' },
      state: 'observed',
      data: {
        files: [{ complete: true }],
        notRead: [],
        leaks: [{ detector: 'password-field', unit: 'cloudify-restservice.service', count: 1 }],
      },
    },
  ]);
  expect(`${text}${out}${err}`).not.toContain(secret);
});
