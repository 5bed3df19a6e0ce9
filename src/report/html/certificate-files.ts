import type { CertificateFile } from '../../model/certificate-files';
import type { Report } from '../../model/report';
import type { TlsEndpoint } from '../../model/tls-endpoint';
import { observed } from '../reading';
import { markup, type Insert } from './markup';
import { badge, date, table, unobserved } from './parts';

/** The certificates and keys that nodes, agents and CLI profiles have on disk. */
export function certificateFiles(report: Report): Insert {
  const sources = observed(report, 'certificate.file');
  const rows = sources.flatMap(({ data, subject }) => [
    ...data.files.map((file) => [
      markup`<code>${file.path}</code><br><span class="muted">${subject.title}</span>`,
      contents(file),
      [`${file.mode}, ${file.readableBy}`],
      file.problems.join('; '),
    ]),
    ...data.profiles.map((profile) => [
      markup`<code>${profile.path}</code><br><span class="muted">${subject.title}</span>`,
      `profile of ${profile.manager ?? 'an unnamed manager'}${profile.port === null ? '' : `, port ${profile.port}`}, trusts ${profile.certificate ?? 'no file that was found'}`,
      profile.protocol === 'http' ? badge('fail', 'plain HTTP') : '',
      profile.problem ?? '',
    ]),
    ...data.notRead.map(({ path, reason }) => [
      markup`<code>${path}</code>`,
      badge('unknown', 'not read'),
      '',
      reason,
    ]),
  ]);
  return (
    sources.length > 0 &&
    markup`<h3 id="certificate-files">On disk</h3>
      ${unobserved(report, 'certificate.file')}
      ${table('Certificate and key files as declared', [['File', 'wide'], ['Holds', 'wide'], 'Mode, readable by', 'Odd'], rows, 200)}`
  );
}

function contents({ certificates, moreCertificates, privateKeys, format }: CertificateFile): Insert {
  const lines: Insert[] = [
    ...certificates
      .slice(0, 3)
      .map(
        ({ subject, notAfter, basicConstraintsCa }) =>
          markup`${basicConstraintsCa === true ? 'CA ' : ''}<strong>${subject}</strong> until ${date(notAfter)}<br>`,
      ),
    certificates.length + moreCertificates > 3 &&
      `and ${certificates.length + moreCertificates - 3} more certificates`,
    ...privateKeys.map(({ algorithm, encrypted, certificates: of, ofCa }) => {
      if (encrypted) return 'a private key, encrypted and left shut';
      const owner = of === null || of.length === 0 ? 'of no certificate here' : `of ${of.join(', ')}`;
      return `${ofCa ? 'the private key of a CA' : `a private ${algorithm ?? ''} key`}, ${owner}`;
    }),
  ];
  return certificates.length + privateKeys.length === 0 ? `nothing that can be read (${format})` : lines;
}

const diskWords: Readonly<Record<TlsEndpoint['disk']['state'], string>> = {
  same: 'is the one on disk',
  other: 'is not the one on disk',
  ambiguous: 'is in some of the files of that name, not in all',
  unreadable: 'could not be compared: the file on disk cannot be read',
  'not-found': 'could not be compared: the declared files have none for this service',
  'not-declared': 'was not compared with a file: the target declares none of this node',
};

const revocationWords = {
  good: 'not revoked',
  revoked: 'revoked',
  'not-offered': 'not offered by this CA',
  'not-checked': 'offered by its CA, and not checked: declare its CRL as ca.crls, or its host as ca.online',
  undetermined: 'could not be established',
} as const;

/** Revocation of the path, certificate by certificate. */
export function revocation({ revocation: facts, revocationServices, staple }: TlsEndpoint): Insert {
  return (
    facts.length > 0 &&
    markup`<p class="trace">
      Revocation:
      ${facts.map(({ subject, state, reason }, i) => markup`${i > 0 && '; '}${subject}: ${state === 'revoked' ? badge('fail', 'revoked') : revocationWords[state]}${state !== 'not-offered' && ` (${reason})`}`)}
      · OCSP response ${staple.state === 'none' ? 'not stapled' : staple.state === 'used' ? 'stapled and used' : `stapled and of no use: ${staple.reason ?? ''}`}
      ${revocationServices.map(({ kind, url, answer }) => markup`· ${kind === 'crl' ? 'CRL' : 'OCSP'} ${url}: ${answer} `)}
    </p>`
  );
}

const askedWords = {
  no: 'not asked for',
  yes: 'asked for',
  inconclusive: 'could not be established whether they are asked for',
} as const;

/** Whether clients are asked for a certificate, and what becomes of one that nobody vouches for. */
export function clientCertificates({ clientCertificates: facts }: TlsEndpoint): Insert {
  const { asked, stranger, authorities, note } = facts;
  return markup`<p class="trace">
    Client certificates: ${askedWords[asked]}${authorities !== null && authorities.length > 0 && markup` (of ${authorities.map((name, i) => markup`${i > 0 && '; '}${name}`)})`}${stranger === 'accepted' && markup`, and one that nobody vouches for is ${badge('fail', 'accepted')}`}${stranger === 'refused' && ', and one that nobody vouches for is refused'}${note !== null && `: ${note}`}
  </p>`;
}

/** How a listener's certificate relates to files: on its node, at agents, in CLI profiles. */
export function diskAndPins({ disk, pins }: TlsEndpoint): Insert {
  return markup`<p class="trace">
      On disk: the certificate ${diskWords[disk.state]}${disk.files.length > 0 && ` (${disk.files.join(', ')})`}${disk.key === 'matches' && ', and the key beside it belongs to it'}${disk.key === 'encrypted' && ', and the key beside it is encrypted'}${disk.testCa !== null && markup`; <strong>the CA of generate-test-cert in ${disk.testCa} has signed it</strong>`}
    </p>
    ${disk.mismatch !== null && markup`<p class="note"><strong>${disk.mismatch}</strong></p>`}
    ${pins.map(
      ({ holder, node, path, verifies, refusal }) => markup`<p class="trace">
      ${holder === 'agent' ? 'Agent' : 'CLI profile'} ${node ?? ''} (${path}): ${verifies === null ? badge('unknown', 'no certificate to compare with') : verifies ? badge('pass', 'trusts what is served') : badge('fail', 'refuses what is served')} ${refusal ?? ''}
    </p>`,
    )}`;
}
