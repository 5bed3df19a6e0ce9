import { poison } from '../../fixtures/report/hostile';
import { sampleReport } from '../../fixtures/report/report';
import { loadFormat } from '../../src/report';

const terminal = loadFormat('terminal');
const plain = (width = 80): string => terminal.render(sampleReport(), { width });

test.each([40, 44, 61, 80, 120, 200])('every line fits into %i columns', (width) => {
  const lines = plain(width).split('\n');
  expect(lines.filter((line) => Array.from(line).length > width)).toEqual([]);
  expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(width * 0.8);
});

test('a width that makes no sense is taken as the narrowest', () => {
  for (const width of [0, -5, 10, NaN]) expect(plain(width)).toBe(plain(40));
});

test('the answer comes first, and says what it rests on', () => {
  const head = plain().split('\n').slice(0, 24).join('\n');
  expect(head).toContain('✕ FAILED, AND INCOMPLETE');
  expect(head).toMatch(/grade +score +coverage +floor +after waivers\n +F +75\.7 +90\.1 % +68\.3 +77\.2/);
  expect(head).toContain('capped at F: CFY-CRT-06 fails');
});

test('failures stand before gaps, gaps before waivers, and waived failures are not among the failures', () => {
  const text = plain();
  const places = ['Failures: ', 'Not established: ', 'Waivers: ', 'Exit'].map((title) =>
    text.indexOf(`\n${title}`),
  );
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  const failures = text.slice(places[0], places[1]);
  expect(failures).toMatch(/critical +CFY-LOG-01/);
  expect(failures).not.toContain('CFY-AUT-06');
  expect(text).toMatch(/Of the failures, 4 are waived/);
});

test('waivers that are over, end soon or match nothing are named with their owner', () => {
  const text = plain(120);
  expect(text).toMatch(/expired +2026-10-31 +CFY-TLS-09/);
  expect(text).toMatch(/25 days left +2026-12-15 +CFY-AUT-06/);
  expect(text).toMatch(/unused +2027-01-31 +CFY-HDR-02/);
  expect(text).toMatch(/active +2027-06-30 +CFY-CRT-07/);
  expect(text).toContain('agents@orion.example');
});

test('the last line says what the run exits with', () => {
  expect(plain().trimEnd().split('\nExit\n').at(-1)).toMatch(/^ {2}3: failed, and incomplete/);
  const passed = { outcome: 'passed', reasons: [], incomplete: [] } as const;
  expect(terminal.render({ ...sampleReport(), gate: passed })).toContain('0: gate passed');
  const failed = { outcome: 'failed', reasons: ['x'], incomplete: [] } as const;
  expect(terminal.render({ ...sampleReport(), gate: failed })).toContain('1: gate failed');
  const stopped = { ...sampleReport().run, interrupted: true };
  expect(terminal.render({ ...sampleReport(), run: stopped })).toContain('130: interrupted');
});

test('colour adds sequences and changes nothing else', () => {
  const coloured = terminal.render(sampleReport(), { color: true });
  expect(coloured).toContain('\u001b[31m');
  // eslint-disable-next-line no-control-regex
  expect(coloured.replace(/\u001b\[\d+m/g, '').replace(/ +$/gm, '')).toBe(plain());
  expect(plain()).not.toContain('\u001b');
});

test('a stranger’s text never acts: no control character but our own newlines', () => {
  const text = terminal.render(poison(sampleReport()), { width: 100 });
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
  expect(text).toContain('\\x1b]0;owned\\x07');
  for (const line of text.split('\n')) expect(line.trim()).not.toBe('GATE PASSED');
});

test('numbers that were not computed are none', () => {
  const nothing = { score: null, scoreAfterWaivers: null, floor: null, coverage: null, grade: null };
  const report = sampleReport();
  const text = terminal.render({ ...report, score: { ...report.score, ...nothing } });
  expect(text).toMatch(/grade +score +coverage +floor +after waivers\n +none +none +none +none +none/);
});
