import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { LogSecrets } from '../../../src/model/log-secrets';
import { readJournal, type JournalKind } from '../../../src/collect/log-secrets/journal';
import { makeFolder, observed, removeFolders, search } from './context';

afterAll(removeFolders);

type Entry = Readonly<Record<string, string | Buffer>>;
const cursor = 's=5f3a;i=1;b=77;m=1;t=1;x=1';
const base = { __CURSOR: cursor, __REALTIME_TIMESTAMP: '1763776490000000', _TRANSPORT: 'stdout' };

/** The Journal Export Format: text fields as NAME=value, others as name, length and bytes. */
function asExport(entries: readonly Entry[]): Buffer {
  const field = ([name, value]: readonly [string, string | Buffer]): Buffer => {
    const bytes = Buffer.from(value);
    if (typeof value === 'string' && !value.includes('\n')) return Buffer.from(`${name}=${value}\n`);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(bytes.length));
    return Buffer.concat([Buffer.from(`${name}\n`), size, bytes, Buffer.from('\n')]);
  };
  return Buffer.concat(
    entries.flatMap((entry) => [...Object.entries({ ...base, ...entry }).map(field), Buffer.from('\n')]),
  );
}

/** What is no text as an array of byte values; `indent`: as json-pretty. */
function asJson(entries: readonly Entry[], indent?: string): Buffer {
  const lines = entries.map((entry) => {
    const fields = Object.entries({ ...base, ...entry }).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ]);
    return JSON.stringify(Object.fromEntries(fields), null, indent);
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}

async function read(bytes: Buffer, name = 'journal.log'): Promise<LogSecrets> {
  const folder = makeFolder();
  writeFileSync(join(folder, name), bytes);
  return observed(await search([folder]), name.replace('.gz', ''));
}

const quiet: Entry = { MESSAGE: 'Started session', _SYSTEMD_UNIT: 'sshd.service' };
/** A colour, as programs write it to a terminal they think they have, and several lines. */
const coloured = Buffer.from('\x1b[31mfailed\x1b[0m\nwith password: Tr0ub4dor&3\nthen more');
const forms: readonly (readonly [string, (entries: readonly Entry[]) => Buffer])[] = [
  ['export', asExport],
  ['json', asJson],
  ['json-pretty', (entries) => asJson(entries, '\t')],
];

describe.each(forms)('journalctl -o %s', (form, write) => {
  test.each<[string, string | Buffer]>([
    ['text', 'connecting with password: Tr0ub4dor&3'],
    ['bytes with a colour and several lines', coloured],
    ['bytes that begin with the secret', Buffer.from('password: Tr0ub4dor&3\n\x01')],
    ['bytes with NULs', Buffer.from('\0\0x\0password: Tr0ub4dor&3\0\0')],
    // 65 bytes: the length reads as the letter A.
    ['bytes whose length is a letter', Buffer.from('password: Tr0ub4dor&3 '.padEnd(64, '.') + '\x01')],
    // 10 bytes more than 256: the length holds a newline.
    ['bytes whose length is a newline', Buffer.from('password: Tr0ub4dor&3 '.padEnd(266, '\x02'))],
  ])('a leak in %s is found, with its unit', async (_what, message) => {
    const entry = { MESSAGE: message, _SYSTEMD_UNIT: 'cloudify-restservice.service' };
    const bytes = write([quiet, entry, quiet]);
    const data = await read(bytes);
    expect(data.leaks).toMatchObject([
      { detector: 'password-field', count: 1, unit: 'cloudify-restservice.service' },
    ]);
    expect(data.notRead).toEqual([]);
    const text = bytes.toString('latin1');
    expect(data.files).toMatchObject([{ lines: text.split('\n').length - 1, complete: true }]);
    // The place is a line of the file: within the entry.
    const { firstLine = 0 } = data.leaks[0] ?? {};
    const before = write([quiet]).toString('latin1').split('\n').length - 1;
    const upTo = write([quiet, entry]).toString('latin1').split('\n').length - 1;
    expect(firstLine).toBeGreaterThan(before);
    expect(firstLine).toBeLessThanOrEqual(upTo);
  });

  test('of many entries each leak has the unit of its own, packed as well', async () => {
    const entries = Array.from({ length: 5000 }, (_, n) =>
      n % 1000 === 500
        ? {
            MESSAGE: Buffer.from(`\x01token=x password: S3cret-${String(n)}-abc`),
            _SYSTEMD_UNIT: `unit-${String(n)}.service`,
          }
        : quiet,
    );
    const data = await read(gzipSync(write(entries)), 'journal.log.gz');
    expect(data.leaks.map(({ unit }) => unit)).toEqual(
      [500, 1500, 2500, 3500, 4500].map((n) => `unit-${String(n)}.service`),
    );
  });

  test('what is found does not depend on where the pieces end', () => {
    const bytes = write([quiet, { MESSAGE: coloured, _SYSTEMD_UNIT: 'a.service' }, quiet]);
    const kind: JournalKind = form === 'export' ? 'export' : 'json';
    const readIn = (size: number): string => {
      const out: string[] = [];
      const entries: string[] = [];
      const leaf = readJournal(kind, {
        write: (piece) => void out.push(Buffer.from(piece).toString('latin1')),
        entry: (unit, line) => void entries.push(`<${String(unit)} ${String(line)}>`),
        end: (reason) => void out.push(String(reason)),
      });
      for (let at = 0; at < bytes.length; at += size) leaf.write(bytes.subarray(at, at + size));
      leaf.end(null);
      return [...out, ...entries].join('');
    };
    const whole = readIn(bytes.length);
    expect(whole).toContain('a.service');
    for (const size of [1, 2, 3, 7, 64]) expect(readIn(size)).toBe(whole);
  });
});

test('fields that journalctl leaves out for their length are told', async () => {
  const line = `{"__CURSOR":"${cursor}","MESSAGE":null,"_SYSTEMD_UNIT":"a.service"}\n`;
  const data = await read(Buffer.from(line.repeat(3)));
  expect(data.notRead).toMatchObject([{ reason: expect.stringContaining('--all') as string }]);
  expect(data.files).toMatchObject([{ complete: false }]);
});

test('arrays of other things stay as they are', async () => {
  const line = `{"__CURSOR":"${cursor}","A":[1,2,999],"B":["password=Tr0ub4dor&3x"],"C":[[1],[2]],"D":[]}\n`;
  const data = await read(Buffer.from(line));
  expect(data.leaks).toHaveLength(1);
  expect(data.notRead).toEqual([]);
});

test('a journal that ends within a field is not complete, and one that only begins like it is text', async () => {
  const whole = asExport([quiet, { MESSAGE: coloured, _SYSTEMD_UNIT: 'a.service' }]);
  const cut = await read(whole.subarray(0, whole.indexOf('then more')));
  expect(cut.leaks).toHaveLength(1);
  expect(cut.notRead).toMatchObject([{ reason: expect.stringContaining('middle of a field') as string }]);
  const text = await read(Buffer.from(`__CURSOR=s=1\nHEADING\npassword: Tr0ub4dor&3\n`));
  expect(text).toMatchObject({ leaks: [{ firstLine: 3 }], notRead: [] });
});

test('the unit is printed safely', async () => {
  const data = await read(
    asExport([{ MESSAGE: 'password: Tr0ub4dor&3', _SYSTEMD_UNIT: 'a\x1b[31m.service' }]),
  );
  expect(data.leaks[0]?.unit).not.toMatch(/\p{Cc}/u);
});
