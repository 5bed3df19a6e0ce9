import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, observed, removeFolders, search } from './context';

afterAll(removeFolders);

const leak = '2026-11-22 [DEBUG] password: Tr0ub4dor&3\n';

test.each([
  ['x.7z', '377abcaf271c0004', '7z'],
  ['x.rar', '526172211a0701', 'rar'],
  ['x.log.lz4', '04224d186440a7', 'lz4'],
  ['x.log.Z', '1f9d90', '.Z'],
  ['x.log.lz', '4c5a495001', 'lzip'],
  ['x.log.lzo', '894c5a4f000d0a1a0a', 'lzop'],
  ['x.log.lzma', '5d00008000ffffffffffffffff', 'lzma'],
  ['x.cpio', '303730373031', 'cpio'],
  ['x.deb', '213c617263683e0a', 'ar archive'],
  ['x.rpm', 'edabeedb', 'rpm'],
  ['x.log.enc', '53616c7465645f5f', 'openssl'],
  ['x.log.age', Buffer.from('age-encryption.org/v1\n').toString('hex'), 'age'],
  ['x.log.pzst', '502a4d1804000000', 'skipped'],
])('%s is named as not read, and no pass comes of it', async (name, magic, word) => {
  const folder = makeFolder();
  writeFileSync(join(folder, name), Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(4096, 0x41)]));
  expect(await search([folder])).toEqual([
    expect.objectContaining({ state: 'unavailable', reason: expect.stringContaining(word) as string }),
  ]);
});

test('text that begins with such letters is text', async () => {
  for (const start of ['7zip was run\n', 'Rar! said\n', 'LZI\n', 'MSC F\n', '07070 rows\n', ']\0\0x\n']) {
    const folder = makeFolder();
    writeFileSync(join(folder, 'x.log'), start + leak);
    expect(observed(await search([folder]), 'x.log')).toMatchObject({ leaks: [{ count: 1 }], notRead: [] });
  }
});

test("journald's own files are searched, and not taken for searched", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'system.journal'), `LPKSHHRH\0\0\0\0${'\0'.repeat(200)}MESSAGE=${leak}`);
  expect(observed(await search([folder]), 'system.journal')).toMatchObject({
    leaks: [{ count: 1 }],
    files: [{ complete: false }],
    notRead: [{ reason: expect.stringContaining('journalctl -o export') as string }],
  });
});

const needsTar = (): boolean => spawnSync('tar', ['--help']).error === undefined;

/** A header of a member, with whatever type, and its content in whole blocks. */
function member(name: string, type: string, content: string, size = content.length): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

async function leaksOf(...members: readonly Buffer[]): Promise<readonly string[]> {
  const folder = makeFolder();
  writeFileSync(join(folder, 'b.tar'), Buffer.concat([...members, Buffer.alloc(1024)]));
  return (await search([folder])).flatMap((each) =>
    each.state === 'observed' && each.data.leaks.length > 0 ? [each.data.path.replace(/^.*!/s, '')] : [],
  );
}

test('content hides behind no type of member', async () => {
  const found = await leaksOf(
    ...['5', '2', 'Z', 'M', '4', '7'].map((type) => member(`of-${type}.log`, type, leak)),
  );
  expect(found).toHaveLength(6);
});

test('a size that only the pax header holds is believed', async () => {
  const pax = member(
    'x',
    'x',
    `${String(11 + String(leak.length).length - 1)} size=${String(leak.length)}\n`,
  );
  expect(await leaksOf(pax, member('big.log', '0', leak, 0), member('after.log', '0', leak))).toEqual([
    'big.log',
    'after.log',
  ]);
});

test.each(['gnu', 'pax'])(
  'a sparse file in a %s archive is searched, and what is behind it',
  async (format) => {
    if (!needsTar()) return;
    const folder = makeFolder();
    execFileSync(
      'bash',
      [
        '-c',
        // Many holes: more than the places that fit into one header.
        `for i in $(seq 0 40); do printf 'line %s\\n' $i | dd of=s.log bs=1 seek=$((i*65536)) conv=notrunc status=none; done
       printf '%s' "$LEAK" | dd of=s.log bs=1 seek=$((41*65536)) conv=notrunc status=none
       printf '%s' "$LEAK" > after.log; mkdir out
       tar --format=${format} -S -cf out/b.tar s.log after.log; rm s.log after.log`,
      ],
      { cwd: folder, env: { ...process.env, LEAK: leak } },
    );
    const evidence = await search([join(folder, 'out')]);
    expect(evidence.filter(({ state }) => state !== 'observed')).toEqual([]);
    const leaks = evidence.flatMap((each) => (each.state === 'observed' ? each.data.leaks : []));
    expect(leaks).toHaveLength(2);
  },
);
