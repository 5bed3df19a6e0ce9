import { validate } from './chain';
import { build, rows } from './changes';
import { openSslIsMissing, verifyByOpenSsl } from './verify-openssl';

// Where the profile of OpenSSL's clients differs from `openssl verify`, and why it stands.
const differences: Readonly<Record<string, string>> = {
  'root without basicConstraints':
    'OpenSSL takes a trusted root by its keyUsage alone; RFC 5280 §6.1.4 k wants CA:TRUE, and so do Go and GnuTLS.',
  'not after this second': 'OpenSSL counts the second of notAfter as past; RFC 5280 §4.1.2.5 counts it in.',
  'no SAN, only a common name':
    "OpenSSL falls back to the common name; Python since 3.7 and Go do not (RFC 9525 §6.1), and Cloudify's agents are Python.",
};

describe.each(rows)('%s (%s)', (name, place, change) => {
  (openSslIsMissing ? test.skip : test)('private-pki says what openssl verify says', () => {
    const chain = build(place, change);
    const ours = validate(chain, 'private-pki');
    const [leaf, ca, root] = chain;
    const theirs = verifyByOpenSsl({ leaf, sent: [ca], trusted: [root], host: 'host.example.com' });
    const agrees = ours.anchored === theirs.accepted;
    if (agrees === !(name in differences)) return;
    throw new Error(`${name}: OpenSSL ${theirs.output}; here: ${ours.detail ?? 'accepted'}`);
  });
});
