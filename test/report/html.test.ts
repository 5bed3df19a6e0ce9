import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { payloads, poison } from '../../fixtures/report/hostile';
import { sampleReport } from '../../fixtures/report/report';
import type { Report } from '../../src/model/report';
import { loadFormat } from '../../src/report';
import { htmlString, markup, trusted } from '../../src/report/html/markup';
import { anchor } from '../../src/report/html/parts';
import { visible } from '../../src/model/visible';
import { parseHtml } from './parse-html';

const html = loadFormat('html');
const pages: readonly (readonly [string, Report])[] = [
  ['the sample', sampleReport()],
  ['a hostile report', poison(sampleReport())],
  ['an empty report', empty(sampleReport())],
];

describe.each(pages)('%s', (_name, report) => {
  const source = html.render(report);
  const elements = parseHtml(source);
  const values = (attribute: string): string[] =>
    elements.flatMap(({ attributes }) => attributes.get(attribute) ?? []);

  test('holds no script and nothing that loads, sends or runs', () => {
    const names = new Set(elements.map(({ name }) => name));
    for (const name of [
      'script',
      'img',
      'iframe',
      'object',
      'embed',
      'form',
      'base',
      'video',
      'audio',
      'use',
      'image',
    ])
      expect(names).not.toContain(name);
    const attributes = new Set(elements.flatMap((element) => [...element.attributes.keys()]));
    expect(
      [...attributes].filter((name) => /^on|^style$|^src|^srcset$|^xlink|^action$|^formaction$/.test(name)),
    ).toEqual([]);
    expect(values('href').filter((href) => !href.startsWith('#'))).toEqual(['data:,']);
  });

  test('lets exactly its own style sheet through its policy', () => {
    const [style, ...others] = elements.filter(({ name }) => name === 'style');
    expect(others).toEqual([]);
    expect(style?.text).not.toMatch(/@import|url\(|expression\(/);
    const hash = createHash('sha256')
      .update(style?.text ?? '')
      .digest('base64');
    expect(values('content')).toContain(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    const policy = elements.findIndex(
      ({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy',
    );
    expect(policy).toBeLessThan(elements.findIndex(({ name }) => name === 'style'));
  });

  test('has unique ids, and every link and label leads to one', () => {
    const ids = values('id');
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    for (const href of values('href').filter((value) => value.startsWith('#')))
      expect(ids).toContain(href.slice(1));
    for (const label of values('aria-labelledby')) expect(ids).toContain(label);
  });

  test('has the landmarks, one h1, and a caption and scopes for every table', () => {
    const count = (wanted: string): number =>
      elements.filter(({ name, parent }) => name === wanted && parent?.name !== 'svg').length;
    for (const name of ['h1', 'main', 'header', 'footer', 'nav', 'title'])
      expect([name, count(name)]).toEqual([name, 1]);
    expect(count('caption')).toBe(count('table'));
    for (const { name, attributes } of elements)
      if (name === 'th') expect(attributes.has('scope')).toBe(true);
    expect(values('class')).toContain('skip');
  });

  test('shows no character that acts on the reader', () => {
    expect(source.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
  });
});

test('hostile text is inert and visible, and its cut is announced', () => {
  const report = sampleReport();
  for (const payload of payloads) {
    const page = html.render({ ...report, target: { ...report.target, name: payload } });
    const [title] = parseHtml(page).filter(({ name }) => name === 'h1');
    const shown = title?.text;
    if (payload.length > 1200) expect(shown).toMatch(/… 18800 more characters in the JSON report/);
    else expect(shown).toBe(visible(payload));
  }
  const bidi = html.render({ ...report, target: { ...report.target, name: 'a\u202Eb\u001b[2J\nc' } });
  expect(bidi).toContain(
    'a<span class="esc">\\u{202e}</span>b<span class="esc">\\x1b</span>[2J<span class="esc">\\n</span>c',
  );
});

test('the template escapes whatever is not markup', () => {
  const sharp = fc.constantFrom(...Array.from(`<>"'&=/ ;#x1\`\n\u202E\uD800\u0000`));
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: sharp }), fc.string({ unit: 'binary', maxLength: 60 })),
      (text) => {
        const [p, ...inside] = parseHtml(htmlString(markup`<p title="${text}">${text}</p>`));
        expect(p?.name).toBe('p');
        expect([...(p?.attributes.keys() ?? [])]).toEqual(['title']);
        expect(inside.every(({ name }) => name === 'span' || name === 'bdi')).toBe(true);
      },
    ),
  );
  expect(() => markup`<p ${'onclick=x'}>`).toThrow(/cannot be made safe/);
  expect(htmlString(markup`<b>${trusted('<i></i>')}${null}${false}${[1, '<']}</b>`)).toBe(
    '<b><i></i>1&lt;</b>',
  );
});

test('different names have different ids, each fit for a link', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'A', '_', '-', ' ', '#', 'é', '5f') });
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(anchor('x', a) === anchor('x', b)).toBe(a === b);
      expect(anchor('x', a)).toMatch(/^x-[A-Za-z0-9._-]*$/);
    }),
  );
  expect(anchor('x', 'y'.repeat(9000))).not.toBe(anchor('x', 'y'.repeat(9001)));
  expect(anchor('x', 'y'.repeat(9000)).length).toBeLessThan(80);
  expect(anchor('rule', 'CFY-CRT-02')).toBe('rule-CFY-CRT-02');
});

test('long lists are cut with their count and the place of the rest', () => {
  const report = sampleReport();
  const [finding] = report.findings.filter((f) => f.outcome === 'fail' && f.waiver === null);
  if (finding?.outcome !== 'fail') throw new Error('the sample has no failure');
  const many = Array.from({ length: 5000 }, (_, i) => ({
    ...finding,
    subject: { ...finding.subject, id: `s${i}` },
  }));
  const page = html.render({ ...report, findings: many });
  expect(page).toContain('4,940 more entries not shown here.');
  expect(page.length).toBeLessThan(500 * 1024);
});

test('a normal deployment stays below 500 KiB', () => {
  expect(Buffer.byteLength(html.render(sampleReport()))).toBeLessThan(500 * 1024);
});

test('gaps never hide failures, and a failure is never shown as passed', () => {
  const heading = (gate: Report['gate']): string | undefined => {
    const page = parseHtml(html.render({ ...sampleReport(), gate }));
    return page.find(({ attributes }) => attributes.get('class') === 'word')?.text;
  };
  expect(heading({ outcome: 'incomplete', reasons: ['x'], incomplete: ['y'] })).toContain(
    'Failed, and incomplete',
  );
  expect(heading({ outcome: 'incomplete', reasons: [], incomplete: ['y'] })).toContain('Incomplete');
  expect(heading({ outcome: 'failed', reasons: ['x'], incomplete: [] })).toContain('Gate failed');
  expect(heading({ outcome: 'passed', reasons: [], incomplete: [] })).toContain('Gate passed');
});

test('a number that was not computed is said to be none, never shown as one', () => {
  const nothing = { score: null, scoreAfterWaivers: null, floor: null, coverage: null, grade: null };
  const report = sampleReport();
  const page = html.render({
    ...report,
    score: { ...report.score, ...nothing, gradeReason: 'no grade: nothing was decided' },
  });
  expect(page).toContain('No grade');
  expect(page.match(/<span class="number">none<\/span>/g)).toHaveLength(3);
});

/** A report of a run that found nothing to look at. */
function empty(report: Report): Report {
  return {
    ...report,
    target: { ...report.target, version: null, nodes: [], identities: [] },
    run: { ...report.run, interrupted: true, vantage: 'same-host' },
    selection: { ...report.selection, rules: [], uncovered: [], deselected: [] },
    findings: [],
    results: [],
    waivers: { active: [], expired: [], unused: [] },
    notLookedAt: [],
    traffic: [],
    evidence: [],
    gate: { outcome: 'incomplete', reasons: [], incomplete: ['nothing was decided'] },
  };
}
