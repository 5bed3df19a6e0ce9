import { visible } from '../../../model/visible';
import {
  type Certificate,
  type Crl,
  DerError,
  ocspRequest,
  type OcspResponse,
  parseCrl,
  parseOcsp,
  readCrls,
} from '../../../protocol/x509';
import type { CollectContext } from '../../collector';
import { fetchFrom, readServiceUrl } from './fetch';

/** What was asked of one service, and what came of it. */
export interface Asked {
  readonly certificate: string;
  readonly kind: 'crl' | 'ocsp';
  /** Made harmless, and cut. */
  readonly url: string;
  /** It was asked: what it said counts, or that it said nothing does. */
  readonly asked: boolean;
  readonly answer: string;
  readonly crls: readonly Crl[];
  readonly ocsp: readonly OcspResponse[];
}

/** The CRL and OCSP services that certificates name and the target allows; each question is put once in a run. */
export interface RevocationServices {
  ask(path: readonly Certificate[], context: CollectContext): Promise<readonly Asked[]>;
}

/** Questions that one path causes at most: each is a connection and a request. */
export const mostQuestions = 8;
const MOST_OF_A_KIND = 2;

/** `hosts`: `name` or `name:port`, as ca.online has them. */
export function openServices(hosts: readonly string[]): RevocationServices {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  const put = new Map<string, Promise<Asked>>();
  const once = (key: string, ask: () => Promise<Asked>): Promise<Asked> => {
    const known = put.get(key) ?? ask();
    put.set(key, known);
    return known;
  };
  return {
    ask: (path, context) => {
      const questions = path.slice(0, -1).flatMap((certificate, i) => {
        const issuer = path[i + 1];
        if (issuer === undefined) return [];
        const { sha256 } = certificate;
        return [
          ...ocspUrls(certificate).map((url) => () => {
            const key = `${sha256} ${issuer.key.spkiSha256} ${url}`;
            return once(key, () => askOcspService(url, certificate, issuer, allowed, context));
          }),
          ...crlUrls(certificate).map((url) => async () => ({
            ...(await once(url, () => fetchCrl(url, certificate, allowed, context))),
            certificate: sha256,
          })),
        ];
      });
      return Promise.all(questions.slice(0, mostQuestions).map((ask) => ask()));
    },
  };
}

const ocspUrls = ({ extensions }: Certificate): readonly string[] =>
  [...new Set(extensions.authorityInfoAccess?.value.ocsp)].slice(0, MOST_OF_A_KIND);

const crlUrls = ({ extensions }: Certificate): readonly string[] =>
  [...new Set(extensions.crlDistributionPoints?.value.flatMap(({ name }) => name?.uris ?? []))].slice(
    0,
    MOST_OF_A_KIND,
  );

async function askOcspService(
  url: string,
  certificate: Certificate,
  issuer: Certificate,
  allowed: ReadonlySet<string>,
  context: CollectContext,
): Promise<Asked> {
  const nothing = base(certificate, 'ocsp', url);
  const place = readServiceUrl(url, allowed);
  if ('refusal' in place) return { ...nothing, asked: false, answer: place.refusal };
  const body = ocspRequest(certificate, issuer);
  if (body === null)
    return { ...nothing, asked: false, answer: 'no OCSP request can name such a serial number' };
  const got = await fetchFrom(place, { body, limit: 1 << 20 }, context);
  if (typeof got === 'string') return { ...nothing, asked: true, answer: got };
  return read(nothing, () => ({ ocsp: [parseOcsp(got)], answer: 'an OCSP response' }));
}

async function fetchCrl(
  url: string,
  certificate: Certificate,
  allowed: ReadonlySet<string>,
  context: CollectContext,
): Promise<Asked> {
  const nothing = base(certificate, 'crl', url);
  const place = readServiceUrl(url, allowed);
  if ('refusal' in place) return { ...nothing, asked: false, answer: place.refusal };
  const got = await fetchFrom(place, { body: null, limit: 8 << 20 }, context);
  if (typeof got === 'string') return { ...nothing, asked: true, answer: got };
  return read(nothing, () => {
    const { crls, problems } = readCrls(got);
    const parsed = crls.slice(0, 4).map((der) => parseCrl(der));
    return parsed.length === 0
      ? { answer: problems[0] ?? 'no CRL' }
      : {
          crls: parsed,
          answer: `a CRL of ${String(parsed.reduce((sum, crl) => sum + crl.revoked.size, 0))} entries`,
        };
  });
}

function read(nothing: Asked, parse: () => Partial<Asked>): Asked {
  try {
    return { ...nothing, asked: true, ...parse() };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { ...nothing, asked: true, answer: error.message };
  }
}

const base = ({ sha256 }: Certificate, kind: Asked['kind'], url: string): Asked => ({
  certificate: sha256,
  kind,
  url: visible(url.slice(0, 200)),
  asked: false,
  answer: '',
  crls: [],
  ocsp: [],
});
