import type { Report } from '../../model/report';
import { observed } from '../reading';
import { markup, type Insert } from './markup';
import { table } from './parts';

/** What only all certificates together show: nodes that differ, serials given twice, primes in common. */
export function comparison(report: Report): Insert {
  return observed(report, 'tls.deployment').map(({ data: { drift, repeatedSerials, sharedPrimes } }) => {
    const rows: (readonly Insert[])[] = [
      ...sharedPrimes.map((pair) => [
        'Keys with a prime in common',
        markup`<code>${pair.join(' and ')}</code>`,
      ]),
      ...repeatedSerials.map(({ issuer, serial, certificates }) => [
        'Serial number given twice',
        markup`${serial} by ${issuer}: <code>${certificates.join(', ')}</code>`,
      ]),
      ...drift.map(({ service, attribute, values }) => [
        `${service}: ${attribute} differs`,
        values.map(({ value, nodes }) => `${value} on ${nodes.join(', ')}`).join('; '),
      ]),
    ];
    return (
      rows.length > 0 &&
      markup`<h3 id="certificates-compared">Compared with each other</h3>
        ${table('What differs, or must not be equal', ['What', ['Where', 'wide']], rows, 80)}`
    );
  });
}
