import { createHash } from 'node:crypto';
import type { Report } from '../../model/report';
import type { ReportFormat } from '../format';
import { readRules } from '../reading';
import { canarySection } from './canaries';
import { certificateSection } from './certificates';
import { gapSection, waiverSection } from './gaps';
import { isolationSection } from './isolation';
import { leakSection } from './leaks';
import { htmlString, markup, plain, trusted, type Markup } from './markup';
import { integritySection, methodSection } from './method';
import { listenerSection, surfaceSection } from './network';
import { masthead, overview } from './overview';
import { evidenceLinks, ruleSection } from './rules';
import { style } from './style';

/** One file that needs nothing else: no script, no network, no font; it prints with everything open. */
export const html: ReportFormat = {
  id: 'html',
  fileName: 'report.html',
  render: (report) => htmlString(page(report)),
};

/*
 * The policy lets this one style sheet through by its hash and nothing else: no script, no connection, no form. Hashing
 * is pure, which is why node:crypto may be used on this side of the seam.
 */
const styleHash = createHash('sha256').update(style).digest('base64');
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'`;

function page(report: Report): Markup {
  const rules = readRules(report);
  const links = evidenceLinks(report);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${report.tool.name} ${report.tool.version}">
<title>${plain(report.target.name, 120)} · cfy-audit report</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
${masthead(report)}
<div class="frame">
<nav aria-label="Contents">
<ul>${contents.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul>
</nav>
<main id="main">
${overview(report, rules)}
${ruleSection(report, rules, links)}
${certificateSection(report, links)}
${listenerSection(report)}
${surfaceSection(report)}
${isolationSection(report)}
${leakSection(report)}
${waiverSection(report)}
${gapSection(report, rules)}
${canarySection(report)}${methodSection(report)}
${integritySection(report)}
</main>
</div>
<footer><p>Written by ${report.tool.name} ${report.tool.version} for ${report.target.name}. Evidence bundle <code>${report.bundleDigest}</code></p></footer>
</body>
</html>
`;
}

const contents: readonly (readonly [id: string, title: string])[] = [
  ['overview', 'Overview'],
  ['rules', 'Rules'],
  ['certificates', 'Certificates'],
  ['listeners', 'Listeners'],
  ['surface', 'HTTP surface'],
  ['isolation', 'Tenant isolation'],
  ['leaks', 'Log leaks'],
  ['waivers', 'Waivers'],
  ['gaps', 'Not looked at'],
  ['method', 'Method'],
  ['integrity', 'Integrity'],
];
