import { sampleReport } from '../../fixtures/report/report';
import type { Report } from '../../src/model/report';
import { loadFormat } from '../../src/report';
import { parseHtml } from './parse-html';

const html = loadFormat('html');
const section = (report: Report): string =>
  /<section id="isolation"[^]*?<\/section>/.exec(html.render(report))?.[0] ?? '';

test('every pair of tenants leads to its own table, the worst state first', () => {
  const elements = parseHtml(html.render(sampleReport()));
  const links = elements
    .map(({ attributes }) => attributes.get('href') ?? '')
    .filter((href) => href.startsWith('#pair-'));
  expect(links.length).toBe(6);
  const ids = new Set(elements.map(({ attributes }) => attributes.get('id')));
  for (const link of links) expect(ids).toContain(link.slice(1));
  const text = section(sampleReport()).replace(/\s+/g, ' ');
  expect(text).toMatch(/#pair-manager-1_2f_orion_2f_lyra"><span class="badge fail"/);
  expect(text).toMatch(/#pair-manager-1_2f_lyra_2f_orion"><span class="badge unknown"/);
  expect(text).toMatch(/#pair-manager-1_2f_orion_2f_default_5f_tenant"><span class="badge notApplicable"/);
});

test('a leak stands with its proof and the command that repeats it, and with no credential', () => {
  const text = section(sampleReport());
  expect(text).toContain('/resources//blueprints/lyra/network/blueprint.yaml');
  expect(text).toContain('$CFY_USER:$CFY_PASSWORD');
  expect(text).toContain('the owner’s bytes');
});

test('what was not tried is said, and is no table of passes', () => {
  const report = sampleReport();
  const without = {
    ...report,
    evidence: report.evidence.filter(({ type }) => type !== 'api.isolation' && type !== 'api.tenancy'),
  };
  const text = section(without);
  expect(text).toContain('Isolation was not tried.');
  expect(text).not.toContain('badge');
});

test('fifty tenants do not make a page that nobody can open', () => {
  const report = sampleReport();
  const names = Array.from({ length: 50 }, (_, at) => `tenant-${at}`);
  const evidence = report.evidence.map((e) => {
    if (e.type !== 'api.tenancy' || e.state !== 'observed') return e;
    const cells = names.flatMap((from) =>
      names
        .filter((to) => to !== from)
        .map(
          (to) =>
            ({ from, to, class: 'secrets', state: 'isolated', actors: ['alice'], reason: null }) as const,
        ),
    );
    return { ...e, data: { ...e.data, tenants: names, cells, pairs: cells.length } };
  });
  const text = section({ ...report, evidence });
  expect(text.length).toBeLessThan(1_500_000);
  expect(text).toContain('more entries not shown here');
});
