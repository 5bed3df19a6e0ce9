import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import { compileScanner, type Scan } from '../../../src/collect/log-secrets/scan';

const block = 4096;
/** More than the scanner keeps around a block. */
const kept = 32 * 1024;
const scanner = compileScanner(shippedDetectors(), { blockBytes: block });

function find(feed: (scan: Scan) => void): { found: string[]; lines: number } {
  const found: string[] = [];
  const scan = scanner.start(({ detector, secret, line }) =>
    found.push(`${String(line)} ${detector.id} ${secret}`),
  );
  feed(scan);
  scan.end();
  return { found, lines: scan.lines() };
}

const filler = (length: number): string =>
  'x 2026-11-22 02:14:50 [INFO] nothing to see here\n'.repeat(Math.ceil(length / 49)).slice(0, length - 1) +
  '\n';

const planted = [
  { text: 'body: {"password": "Tr0ub4dor&3"}\n', expected: 'password-field Tr0ub4dor&3' },
  { text: 'amqps://cloudify:Zx9-kf02Lw@10.0.0.5:5671/\n', expected: 'url-password Zx9-kf02Lw' },
  {
    text: 'cfy_manager install --verbose --admin-password Hq7xW2pLm end\n',
    expected: 'password-option Hq7xW2pLm',
  },
  {
    text: 'a\n-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n',
    expected: 'private-key MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF',
  },
];

test.each(planted)('borders at every offset change nothing: $expected', ({ text, expected }) => {
  // The period has no divisor in common with a block or a cell, so that in time every offset meets a border.
  const record = text + filler(1009 - (text.length % 2));
  const period = record.length % 2 === 0 ? `${record}\n` : record;
  const times = 3000;
  const lines = period.split('\n').length - 1;
  const { found, lines: counted } = find((scan) => {
    scan.push(Buffer.from(period.repeat(times)));
  });
  const first = text.startsWith('a\n') ? 2 : 1;
  expect(counted).toBe(lines * times);
  expect(found).toEqual(Array.from({ length: times }, (_, n) => `${String(n * lines + first)} ${expected}`));
});

test.each(planted)('pieces of every size change nothing: $expected', ({ text, expected }) => {
  for (let size = 1; size <= text.length; size++) {
    const data = Buffer.from(text);
    const { found } = find((scan) => {
      for (let at = 0; at < data.length; at += size) scan.push(data.subarray(at, at + size));
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  }
});

test('a line longer than every buffer is searched to its end', () => {
  const secret = ' password="Tr0ub4dor&3" ';
  for (const at of [0, block - 5, kept, kept + block - 10, 5 * block + 1, 200_000]) {
    const data = Buffer.from(`${'y'.repeat(at)}${secret}${'z'.repeat(100_000)}`);
    const { found, lines } = find((scan) => {
      scan.push(data);
    });
    expect(found).toEqual(['1 password-field Tr0ub4dor&3']);
    expect(lines).toBe(1);
  }
});

test.each(['utf16le', 'utf16be'])('%s text is read, whole or in pieces or after other text', (encoding) => {
  const wide = Buffer.from('\uFEFFfirst\npassword: Lm9-77qa\nlast\n', 'utf16le');
  if (encoding === 'utf16be') wide.swap16();
  const bare = Buffer.from('password: Lm9-77qa\nlast\n', 'utf16le');
  if (encoding === 'utf16be') bare.swap16();
  for (const [head, text] of [
    ['', wide],
    ['one\n', wide],
    ['three\n\n', wide],
    ['', bare],
    ['one\n', bare],
  ] as const) {
    for (let size = 1; size <= text.length; size++) {
      const data = Buffer.concat([Buffer.from(head), text]);
      const { found } = find((scan) => {
        for (let at = 0; at < data.length; at += size) scan.push(data.subarray(at, at + size));
      });
      expect(found.map((entry) => entry.replace(/^\d+ /, ''))).toEqual(['password-field Lm9-77qa']);
    }
  }
});

test('a NUL on its own separates, wherever pieces end', () => {
  const data = Buffer.from('HOME=/root\0PGPASSWORD=Kd-81x0z\0LANG=C\0');
  for (let size = 1; size <= data.length; size++) {
    const { found } = find((scan) => {
      for (let at = 0; at < data.length; at += size) scan.push(data.subarray(at, at + size));
    });
    expect(found).toEqual(['1 pgpassword Kd-81x0z']);
  }
});

test('lines are counted, with and without a last newline', () => {
  for (const [text, count] of [
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['\n\n', 2],
  ] as const) {
    expect(
      find((scan) => {
        scan.push(Buffer.from(text));
      }).lines,
    ).toBe(count);
  }
  expect(
    find((scan) => {
      scan.push(Buffer.from('a line\n'.repeat(100_000)));
    }).lines,
  ).toBe(100_000);
});

test('of two detectors that catch the same characters the more telling one speaks', () => {
  const { found } = find((scan) => {
    scan.push(
      Buffer.from('Authorization: Bearer ctok-a1B2c3D4e5-Zk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2Gh0Jj7Kl5Mz3X\n'),
    );
  });
  expect(found).toEqual(['1 cloudify-token ctok-a1B2c3D4e5-Zk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2Gh0Jj7Kl5Mz3X']);
});

test('a line of nothing but look-alikes is cut short, and that is told', () => {
  for (const [text, cut] of [
    ['token='.repeat(20_000), true],
    [filler(100_000), false],
  ] as const) {
    const scan = scanner.start(() => undefined);
    scan.push(Buffer.from(text));
    scan.end();
    expect(scan.skipped()).toBe(cut);
  }
});

test('lines below a cell are cut short as well, and leaks alone are read to their end', () => {
  const skips = (text: string): boolean => {
    const scan = scanner.start(() => undefined);
    scan.push(Buffer.from(text, 'latin1'));
    scan.end();
    return scan.skipped();
  };
  const cell = (line: string): string => `${line}\n`.repeat(20_000 / line.length);
  expect(skips(cell(`-A1bpassword 'md5gAAAAA<api_key='${' and so on'.repeat(3)}`.repeat(8)))).toBe(true);
  const examples = shippedDetectors().flatMap((detector) => detector.examples.map(({ text }) => text));
  expect(skips(examples.join('\n'))).toBe(false);
  const joined = examples.join(' ').replaceAll('\n', ' ');
  expect(skips(joined.replace(/.{3800} /g, '$&\n'))).toBe(false);
  expect(examples.filter((text) => skips(cell(text)))).toEqual([]);
});

const lines = shippedDetectors().filter(({ shape }) => shape !== 'pem');
const sources = new Set(lines.map(({ pattern }) => new RegExp(pattern.source).source));

test.each(lines.map(({ id, examples }) => [id, examples[0]?.text ?? ''] as const))(
  'a line of nothing but what %s finds costs a bounded number of attempts',
  (_id, example) => {
    const text = `${example.replaceAll('\n', ' ')} `;
    const line = Buffer.from(text.repeat((64 * 1024) / text.length + 1), 'latin1');
    const spy = jest.spyOn(RegExp.prototype, 'exec');
    find((scan) => {
      scan.push(line);
    });
    const attempts = (spy.mock.contexts as RegExp[]).filter(({ source }) => sources.has(source)).length;
    spy.mockRestore();
    // 24 KiB may be spent in a cell of 8 KiB, and an attempt costs 48: one for each 16 bytes, and one more a cell.
    expect(attempts).toBeGreaterThan(0);
    expect(attempts).toBeLessThan(line.length / 15);
  },
);
