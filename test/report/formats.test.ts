import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleReport } from '../../fixtures/report/report';
import type * as Registry from '../../src/report';
import { formatIds, isFormatId, loadFormat, type FormatId } from '../../src/report';
import { packageRoot } from '../../src/schema/package-root';

const folder = join(packageRoot(), 'reports/sample');
/** Set to write the golden files anew; then read the difference before you commit it. */
const update = process.env.CFY_AUDIT_UPDATE_GOLDEN === '1';

test.each(formatIds)('%s: the sample report is the golden file, byte for byte', (id) => {
  const format = loadFormat(id);
  const rendered = format.render(sampleReport());
  const file = join(folder, format.fileName);
  if (update) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, rendered);
  }
  const golden = existsSync(file) ? readFileSync(file, 'utf8') : '';
  expect(firstDifference(rendered, golden)).toBeNull();
});

test.each(formatIds)('%s: neither clock, zone, environment nor a second call changes a byte', (id) => {
  const { render } = loadFormat(id);
  const before = render(sampleReport());
  const { env } = process;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => {
    throw new Error('a format asked for the time');
  });
  process.env = { TZ: 'Asia/Kathmandu', LANG: 'ar_EG.UTF-8', FORCE_COLOR: '1', COLUMNS: '20', NO_COLOR: '' };
  try {
    expect(firstDifference(render(sampleReport()), before)).toBeNull();
  } finally {
    process.env = env;
    clock.mockRestore();
  }
});

test('a format’s code is loaded when it is used, and not before', () => {
  jest.isolateModules(() => {
    const broken = (): never => {
      throw new Error('loaded');
    };
    jest.doMock('../../src/report/html', broken);
    jest.doMock('../../src/report/terminal', broken);
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const registry = require('../../src/report') as typeof Registry;
    expect(registry.formatIds).toEqual(formatIds);
    expect(registry.loadFormat('json').id).toBe('json');
    expect(() => registry.loadFormat('html')).toThrow('loaded');
    expect(() => registry.loadFormat('terminal')).toThrow('loaded');
    jest.dontMock('../../src/report/html').dontMock('../../src/report/terminal');
  });
});

test('formats are known by their ids and write to different files', () => {
  expect(formatIds.map((id) => loadFormat(id).id)).toEqual(formatIds);
  expect(new Set(formatIds.map((id: FormatId) => loadFormat(id).fileName)).size).toBe(formatIds.length);
  expect(['html', 'toString', '__proto__', 'pdf'].map(isFormatId)).toEqual([true, false, false, false]);
});

/** The first line that differs, instead of a difference of thousands of lines. */
function firstDifference(actual: string, expected: string): object | null {
  if (actual === expected) return null;
  const [left, right] = [actual.split('\n'), expected.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at < 0 ? left.length : at;
  return { line: line + 1, actual: left[line]?.slice(0, 300), expected: right[line]?.slice(0, 300) };
}
