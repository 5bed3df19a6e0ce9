import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { poison } from '../../fixtures/report/hostile';
import { sampleReport } from '../../fixtures/report/report';
import { loadFormat } from '../../src/report';
import { packageRoot } from '../../src/schema/package-root';
import { chromiumPath, startChromium, type Browser, type Tab } from './chromium';

const required = process.env.CFY_AUDIT_REQUIRE_SERVERS === '1';
if (chromiumPath === null && !required)
  process.stderr.write('skipped: the HTML report in a browser (Chromium is not installed)\n');

const describeBrowser = chromiumPath === null && !required ? describe.skip : describe;
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

describeBrowser('the HTML report in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let sample: string;
  let hostile: string;

  beforeAll(() => {
    if (chromiumPath === null) throw new Error('CFY_AUDIT_REQUIRE_SERVERS=1, but Chromium is not installed');
    browser = startChromium(chromiumPath);
    folder = mkdtempSync(join(tmpdir(), 'cfy-audit-report-'));
    const { render } = loadFormat('html');
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return pathToFileURL(join(folder, name)).href;
    };
    sample = write('sample.html', render(sampleReport()));
    hostile = write('hostile.html', render(poison(sampleReport())));
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function show(url: string, width: number, media: Media = {}): Promise<Tab> {
    const tab = await browser.tab();
    await tab.send('Emulation.setDeviceMetricsOverride', {
      width,
      height: 800,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await tab.send('Emulation.setEmulatedMedia', {
      media: media.type ?? 'screen',
      features: [
        { name: 'prefers-color-scheme', value: media.scheme ?? 'light' },
        { name: 'forced-colors', value: media.forced ? 'active' : 'none' },
      ],
    });
    await tab.open(url);
    return tab;
  }

  test.each<[string, number, Media]>([
    ['light', 1280, { scheme: 'light' }],
    ['dark', 1280, { scheme: 'dark' }],
    ['narrow', 360, { scheme: 'light' }],
    ['narrow and dark', 360, { scheme: 'dark' }],
    ['printed', 800, { type: 'print' }],
    ['forced colours', 1280, { forced: true }],
  ])('axe finds no violation: %s', async (_name, width, media) => {
    const tab = await show(sample, width, media);
    await tab.evaluate('document.querySelectorAll("details").forEach((d) => { d.open = true; })');
    await tab.evaluate(`${axe};0`);
    const result = (await tab.evaluate(
      `axe.run(document, { resultTypes: ['violations', 'passes'] }).then((r) => ({
        violations: r.violations.map((v) => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary]),
        contrast: (r.passes.find((p) => p.id === 'color-contrast') ?? { nodes: [] }).nodes.length,
      }))`,
    )) as { violations: unknown[]; contrast: number };
    expect(result.violations).toEqual([]);
    // Proof that contrast was measured at all: forced colours have the system's.
    if (media.forced !== true) expect(result.contrast).toBeGreaterThan(200);
  });

  test('the first screen answers: passed or not, how sure, what first, what not', async () => {
    const tab = await show(sample, 1280);
    const bottoms = (await tab.evaluate(
      `['.verdict', '.certainty', '.risks li:last-child', '.tally', '.attention a[href="#gaps"]', '.attention a[href="#uncovered"]']
        .map((s) => Math.round(document.querySelector(s).getBoundingClientRect().bottom))`,
    )) as number[];
    for (const bottom of bottoms) expect(bottom).toBeLessThanOrEqual(800);
    // The picture in the README: made anew with the golden files, never compared, because fonts differ by machine.
    if (process.env.CFY_AUDIT_UPDATE_GOLDEN === '1') {
      const size = { width: 1280, height: 800, deviceScaleFactor: 1.25, mobile: false };
      await tab.send('Emulation.setDeviceMetricsOverride', size);
      await tab.send('Emulation.setScrollbarsHidden', { hidden: true });
      const { data } = await tab.send('Page.captureScreenshot', { format: 'png' });
      writeFileSync(join(packageRoot(), 'reports/sample/report.png'), Buffer.from(String(data), 'base64'));
    }
  });

  test.each([320, 390, 768, 1280, 1920])(
    'the page itself never scrolls sideways at %i pixels',
    async (width) => {
      for (const url of [sample, hostile]) {
        const tab = await show(url, width);
        const wide = await tab.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(wide).toBe(0);
      }
    },
  );

  test('nothing runs, nothing is fetched, and hostile text made no element', async () => {
    const tab = await show(hostile, 1280);
    expect(
      await tab.evaluate(`({
        scripts: document.scripts.length,
        images: document.images.length,
        loaded: performance.getEntriesByType('resource').map((r) => r.name),
        h1: document.querySelectorAll('h1').length,
        styled: getComputedStyle(document.body).marginTop,
        events: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on') || a.name === 'style')).length,
      })`),
    ).toEqual({ scripts: 0, images: 0, loaded: [], h1: 1, styled: '0px', events: 0 });
  });

  test('the choice above the rules narrows them without a script', async () => {
    const tab = await show(sample, 1280);
    const visible = `[...document.querySelectorAll('.rule')].filter((r) => r.checkVisibility()).map((r) => r.className)`;
    const all = (await tab.evaluate(visible)) as string[];
    await tab.evaluate('document.getElementById("show-failed").click()');
    const failed = (await tab.evaluate(visible)) as string[];
    expect(failed.length).toBeGreaterThan(0);
    expect(failed).toEqual(all.filter((name) => /s-fail|s-waived/.test(name)));
    await tab.evaluate('document.getElementById("show-passed").click()');
    expect(await tab.evaluate(visible)).toEqual(all.filter((name) => name.includes('s-pass')));
  });

  test('a link to a folded rule unfolds it', async () => {
    const tab = await show(sample, 1280);
    const open = 'document.getElementById("rule-CFY-TLS-02").closest("details").open';
    expect(await tab.evaluate(open)).toBe(false);
    await tab.evaluate(
      'location.hash = "rule-CFY-TLS-02"; new Promise((r) => requestAnimationFrame(() => r(0)))',
    );
    expect(await tab.evaluate(open)).toBe(true);
  });

  // 688 pixels are the 182 mm that margins of 14 mm leave of A4.
  test.each(['sample', 'hostile'])('nothing is cut off at the edge of a printed page: %s', async (name) => {
    const tab = await show(name === 'sample' ? sample : hostile, 688, { type: 'print' });
    expect(
      await tab.evaluate(
        `[...document.querySelectorAll('td, th, p, code, li')].filter((e) => !e.closest('.hidden') && e.getBoundingClientRect().right > 689).map((e) => e.outerHTML.slice(0, 150)).slice(0, 5)`,
      ),
    ).toEqual([]);
  });

  test('printing shows what is folded, and makes a document of pages', async () => {
    const tab = await show(sample, 800, { type: 'print' });
    await tab.evaluate('document.getElementById("show-passed").click()');
    const hidden = await tab.evaluate(
      `[...document.querySelectorAll('details > :not(summary)')].filter((e) => !e.checkVisibility({ contentVisibilityAuto: true }) || e.getBoundingClientRect().height === 0).length`,
    );
    expect(hidden).toBe(0);
    expect(await tab.evaluate('document.querySelectorAll("details:not([open])").length')).toBeGreaterThan(10);
    const { data } = await tab.send('Page.printToPDF', { preferCSSPageSize: true });
    const pdf = Buffer.from(String(data), 'base64').toString('latin1');
    expect(pdf.startsWith('%PDF-')).toBe(true);
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0).toBeGreaterThan(5);
  });
});

interface Media {
  readonly type?: 'screen' | 'print';
  readonly scheme?: 'light' | 'dark';
  readonly forced?: boolean;
}
